-- The demo database: three decades of invented space launches.
--
-- Declared types matter to the gateway: BOOLEAN columns answer as true and false, JSON columns as JSON,
-- DECIMAL as exact numbers, DATE and TIMESTAMP as ISO 8601 text (every TIMESTAMP here is UTC and ends in Z),
-- BLOB as base64.

CREATE TABLE agencies (
    agency_id     INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL UNIQUE,
    short_name    TEXT    NOT NULL UNIQUE CHECK (length(short_name) BETWEEN 2 AND 8),
    country       TEXT    NOT NULL,
    founded       DATE    NOT NULL,
    commercial    BOOLEAN NOT NULL CHECK (commercial IN (0, 1)),
    motto         TEXT
);

CREATE TABLE launch_sites (
    site_id       INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL UNIQUE,
    country       TEXT    NOT NULL,
    latitude      REAL    NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude     REAL    NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    pads          INTEGER NOT NULL CHECK (pads > 0),
    closed        DATE
);

CREATE TABLE vehicles (
    vehicle_id    INTEGER PRIMARY KEY,
    agency_id     INTEGER NOT NULL REFERENCES agencies (agency_id),
    home_site_id  INTEGER NOT NULL REFERENCES launch_sites (site_id),
    name          TEXT    NOT NULL UNIQUE,
    stages        INTEGER NOT NULL CHECK (stages BETWEEN 1 AND 4),
    reusable      BOOLEAN NOT NULL CHECK (reusable IN (0, 1)),
    capacity_kg   INTEGER NOT NULL CHECK (capacity_kg > 0),
    list_price    DECIMAL(12, 2) NOT NULL CHECK (list_price > 0),
    first_flight  DATE    NOT NULL,
    properties    JSON    NOT NULL
);

CREATE TABLE launches (
    launch_id     INTEGER PRIMARY KEY,
    vehicle_id    INTEGER NOT NULL REFERENCES vehicles (vehicle_id),
    site_id       INTEGER NOT NULL REFERENCES launch_sites (site_id),
    mission       TEXT    NOT NULL CHECK (length(mission) BETWEEN 1 AND 80),
    launch_date   DATE    NOT NULL,
    launched_at   TIMESTAMP NOT NULL,
    outcome       TEXT    NOT NULL CHECK (outcome IN ('success', 'partial', 'failure', 'planned')),
    crewed        BOOLEAN NOT NULL DEFAULT 0 CHECK (crewed IN (0, 1)),
    cost          DECIMAL(12, 2) CHECK (cost > 0),
    telemetry     JSON,
    note          TEXT
);

CREATE TABLE payloads (
    payload_id    INTEGER PRIMARY KEY,
    launch_id     INTEGER NOT NULL REFERENCES launches (launch_id) ON DELETE CASCADE,
    name          TEXT    NOT NULL UNIQUE,
    kind          TEXT    NOT NULL CHECK (kind IN ('imaging', 'relay', 'science', 'navigation', 'cargo', 'crew')),
    orbit         TEXT    NOT NULL CHECK (orbit GLOB '[A-Z][A-Z][A-Z]'),
    mass_kg       REAL    NOT NULL CHECK (mass_kg > 0),
    deployed      BOOLEAN NOT NULL CHECK (deployed IN (0, 1)),
    contact_time  TIME,
    beacon        BLOB
);
