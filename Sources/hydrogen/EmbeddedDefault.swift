// swift-format-ignore-file
// Generated from config/ by scripts/embed-default. DO NOT EDIT.

/// What the binary carries, so that it serves without any file.
enum EmbeddedDefault {
    /// `config/hydrogen.json`.
    static let configuration = ##"""
        // Hydrogen's default configuration, also built into the binary: one SQLite database with a demo in it.
        // JSON with comments and trailing commas. Relative paths start at this file's folder.
        // Every key is shown in full.json, the least that flies in minimal.json.
        {
          "Server": { "Name": "hydrogen" },

          "WebServer": {
            "Host": "127.0.0.1",                          // this machine only; "0.0.0.0" listens on all addresses
            "Port": "${env.HYDROGEN_PORT:-5000}"          // from the environment if it is set there, else 5000
          },

          "Databases": {
            "Connections": [
              {
                "Name": "Demo",                           // the name in /api/query/Demo/...
                "Engine": "sqlite",
                // A file name keeps what you write; :memory: starts afresh at each launch.
                "Database": "${env.HYDROGEN_DEMO_DATABASE:-:memory:}",
                "Migrations": "demo/migrations",          // *.sql, each applied once, in the order of the numbers
                "Queries": "demo/queries"                 // *.sql, one numbered query a file
              }
            ]
          }
        }

        """##

    /// `config/minimal.json`, which `hydrogen init` writes.
    static let minimal = ##"""
        // The least that flies: one SQLite database in memory, and one query from its bootstrap. Everything else has a default.
        // Try it: curl http://127.0.0.1:5000/api/query/First/1/fast
        {
          "Databases": {
            "Connections": [
              {
                "Name": "First",                          // the name in /api/query/First/...
                "Engine": "sqlite",
                "Database": ":memory:",                   // or the path of a file, which is made when it does not exist
                // Queries come from SQL that returns one a row, from a folder of .sql files ("Queries": "queries"), or from both.
                "Bootstrap": { "SQL": "SELECT 1 AS query_id, 'SELECT sqlite_version() AS version' AS sql_template" }
              }
            ]
          }
        }

        """##

    /// The files that the default configuration names, by their paths relative to it.
    static let files: [String: String] = [
        "demo/migrations/0001_schema.sql": ##"""
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

            """##,
        "demo/migrations/0002_agencies.sql": ##"""
            -- Who flies, from where, and on what. All names are invented.

            INSERT INTO agencies (agency_id, name, short_name, country, founded, commercial, motto) VALUES
                (1, 'Northern Orbital Service',      'NOS',   'Norway',      '1974-03-01', 0, 'Steady hands, clear skies'),
                (2, 'Aurelia Launch Company',        'ALC',   'Portugal',    '2003-09-15', 1, NULL),
                (3, 'Kestrel Aerospace',             'KAERO', 'Scotland',    '2011-05-20', 1, 'Small, often, on time'),
                (4, 'Pacific Ascent Agency',         'PAA',   'New Zealand', '1989-11-02', 0, 'Up from the islands'),
                (5, 'Meridian Spaceflight',          'MERID', 'Kenya',       '1996-07-30', 1, 'The equator is a head start'),
                (6, 'Institute for High Atmosphere', 'IHA',   'Switzerland', '1968-01-12', 0, NULL),
                (7, 'Tamarack Heavy Lift',           'THL',   'Canada',      '2007-02-28', 1, 'Bring the big ones'),
                (8, 'Southern Cross Rockets',        'SCR',   'Australia',   '2015-10-09', 1, NULL);

            INSERT INTO launch_sites (site_id, name, country, latitude, longitude, pads, closed) VALUES
                (1, 'Skarvnes Range',      'Norway',       69.294,   16.021, 3, NULL),
                (2, 'Ilha do Corvo Pad',   'Portugal',     39.705,  -31.112, 2, NULL),
                (3, 'Machrie Moor',        'Scotland',     55.539,   -5.312, 1, NULL),
                (4, 'Waihora Point',       'New Zealand', -38.968,  177.902, 4, NULL),
                (5, 'Kiunga Sea Platform', 'Kenya',        -1.749,   41.492, 2, NULL),
                (6, 'Gander Ridge',        'Canada',       48.957,  -54.608, 3, NULL),
                (7, 'Woomelang Downs',     'Australia',   -35.682,  142.666, 2, NULL),
                (8, 'Old Skarvnes Pad',    'Norway',       69.301,   16.044, 1, '2009-06-30');

            -- In the order of their first flights: 0003 picks among the vehicles that fly on a given day by number.
            INSERT INTO vehicles (vehicle_id, agency_id, home_site_id, name, stages, reusable, capacity_kg, list_price,
                                  first_flight, properties) VALUES
                (1,  6, 1, 'Sonde IX',    1, 1,    60,    740000.99, '1992-10-10', '{"fuel":"solid","engines":1,"fairing":0.6}'),
                (2,  1, 1, 'Havørn 2',    2, 0,  3200,  28500000.00, '1994-04-18', '{"fuel":"kerosene","engines":5,"fairing":3.6}'),
                (3,  4, 4, 'Kahawai',     3, 0,  2100,  19900000.00, '1997-12-03', '{"fuel":"kerosene","engines":4,"fairing":2.9}'),
                (4,  5, 5, 'Simba E',     2, 0,  4100,  30000000.00, '1998-01-05', '{"fuel":"hydrogen","engines":2,"fairing":3.8}'),
                (5,  1, 1, 'Havørn 3',    3, 0,  7800,  61250000.00, '2001-08-07', '{"fuel":"kerosene","engines":9,"fairing":4.2}'),
                (6,  2, 2, 'Aurelia A',   2, 0,  1450,  12990000.50, '2006-05-23', '{"fuel":"methane","engines":3,"fairing":2.4}'),
                (7,  7, 6, 'Tamarack 9',  3, 1, 24500, 118000000.00, '2012-07-17', '{"fuel":"hydrogen","engines":11,"fairing":5.4}'),
                (8,  3, 3, 'Windhover',   2, 0,   320,   5750000.25, '2013-06-01', '{"fuel":"propane","engines":9,"fairing":1.2}'),
                (9,  2, 2, 'Aurelia B',   2, 1,  5600,  33400000.00, '2014-02-11', '{"fuel":"methane","engines":7,"fairing":3.9}'),
                (10, 4, 4, 'Toroa',       2, 1,  6400,  37600000.75, '2016-03-29', '{"fuel":"methane","engines":9,"fairing":4.2}'),
                (11, 8, 7, 'Crux',        2, 1,  1750,  14300000.00, '2018-11-22', '{"fuel":"methane","engines":5,"fairing":2.6}'),
                (12, 3, 3, 'Merlin Hill', 2, 1,   890,   8100000.00, '2019-09-14', '{"fuel":"propane","engines":9,"fairing":1.8}');

            """##,
        "demo/migrations/0003_launches.sql": ##"""
            -- Three thousand launches and five thousand payloads, the same on every machine: each figure is cut from a hash
            -- of the row's number (a quadratic one modulo 2^31 - 1), and no clock or random source is asked.

            INSERT INTO launches
                (launch_id, vehicle_id, site_id, mission, launch_date, launched_at, outcome, crewed, cost, telemetry, note)
            WITH RECURSIVE
                numbers (n) AS (
                    SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 3000
                ),
                hashed (n, h, day) AS MATERIALIZED (
                    SELECT n, (n * n * 40503 + n * 2654435761) % 2147483647, date('1998-01-05', (n * 347 / 100) || ' days')
                    FROM numbers
                ),
                flights (n, h, day, minute, vehicle, outcome) AS MATERIALIZED (
                    SELECT n, h, day, (h >> 7) % 1440,
                           (h >> 3) % (SELECT count(*) FROM vehicles WHERE first_flight <= day) + 1,
                           CASE WHEN n > 2960 THEN 'planned'
                                WHEN (h >> 5) % 100 < 4 THEN 'failure'
                                WHEN (h >> 5) % 100 < 7 THEN 'partial'
                                ELSE 'success' END
                    FROM hashed
                )
            SELECT
                n,
                vehicle_id,
                CASE WHEN home_site_id = 1 AND day <= '2009-06-30' AND h % 2 = 0 THEN 8   -- the old pad, while it was open
                     WHEN (h >> 17) % 10 = 0 THEN (h >> 19) % 7 + 1                       -- a guest flight
                     ELSE home_site_id END,
                -- A colour and a bird, cut from two lists of sixteen words of equal width.
                rtrim(substr('Amber  Bright Cobalt DistantEmber  First  Golden Hidden '
                          || 'Indigo Jade   Keen   Lunar  Marble Nimble Opal   Polar  ', 1 + 7 * ((h >> 12) & 15), 7)) || ' ' ||
                rtrim(substr('AlbatrossBittern  Curlew   Dunlin   Eider    Fulmar   Gannet   Heron    '
                          || 'Ibis     Jackdaw  KittiwakeLapwing  MerganserNightjar Osprey   Plover   ',
                             1 + 9 * ((h >> 20) & 15), 9)) || ' ' || n,
                day,
                day || printf('T%02d:%02d:%02dZ', minute / 60, minute % 60, h % 60),
                outcome,
                capacity_kg > 5000 AND (h >> 9) % 8 = 0,
                -- Near the list price, in quarters; one contract in eight is not public.
                CASE WHEN h % 8 > 0 THEN round(list_price * (850 + (h >> 2) % 400) / 250.0) / 4 END,
                CASE WHEN outcome <> 'planned'
                     THEN printf('{"apogee_km":%d,"max_g":%d.%d,"stages_recovered":%d}',
                                 180 + (h >> 4) % 1900, 3 + (h >> 6) % 3, (h >> 8) % 10, reusable * ((h >> 10) % stages)) END,
                CASE outcome WHEN 'failure' THEN 'Lost ' || (40 + h % 480) || ' s after lift-off'
                             WHEN 'partial' THEN 'Orbit lower than planned' END
            FROM flights
            JOIN vehicles ON vehicle_id = vehicle;

            INSERT INTO payloads
                (payload_id, launch_id, name, kind, orbit, mass_kg, deployed, contact_time, beacon)
            WITH RECURSIVE
                numbers (n) AS (
                    SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 5000
                ),
                hashed (n, h) AS MATERIALIZED (
                    SELECT n, (n * n * 69621 + n * 2246822519) % 2147483647 FROM numbers
                ),
                kinds (k, kind, prefix) AS (
                    VALUES (0, 'imaging', 'IRIS'), (1, 'relay', 'RELAY'), (2, 'science', 'SCIO'), (3, 'navigation', 'WAYPOINT'),
                           (4, 'cargo', 'CRATE'), (5, 'crew', 'NEST')
                )
            SELECT
                n,
                launch_id,
                prefix || '-' || n,
                kind,
                CASE WHEN kind = 'crew' THEN 'LEO' ELSE substr('LEOSSOMEOGTOGEOTLI', 1 + 3 * ((h >> 18) % 6), 3) END,
                round(capacity_kg * (30 + (h >> 5) % 150) / 1000.0, 1),
                outcome IN ('success', 'partial'),
                CASE WHEN outcome = 'success'
                     THEN printf('%02d:%02d:%02d', (h >> 3) % 24, (h >> 8) % 60, (h >> 14) % 60) END,
                CASE WHEN h % 3 > 0 THEN CAST(printf('%08X', h) AS BLOB) END
            FROM hashed
            -- Every launch carries one payload; the other two thousand are spread.
            JOIN launches ON launch_id = CASE WHEN n <= 3000 THEN n ELSE (h >> 6) % 3000 + 1 END
            JOIN vehicles USING (vehicle_id)
            JOIN kinds ON kinds.k = CASE WHEN crewed AND n <= 3000 THEN 5 ELSE (h >> 13) % 5 END;

            """##,
        "demo/migrations/0004_indexes.sql": ##"""
            -- Made after the rows, which is faster than keeping them up to date while the rows arrive.

            CREATE INDEX vehicles_by_agency ON vehicles (agency_id);
            CREATE INDEX launches_by_date ON launches (launch_date);
            CREATE INDEX launches_by_time ON launches (launched_at);
            CREATE INDEX launches_by_vehicle ON launches (vehicle_id, outcome);
            CREATE INDEX payloads_by_launch ON payloads (launch_id);
            CREATE INDEX payloads_by_orbit ON payloads (orbit, mass_kg);

            """##,
        "demo/queries/001_launch.sql": ##"""
            -- id: 1
            -- name: Launch by number
            -- parameters: id INTEGER
            -- queue: fast
            -- timeout: 5
            -- access: public
            -- tables: launches
            SELECT launch_id, vehicle_id, site_id, mission, launched_at, outcome, crewed
            FROM launches
            WHERE launch_id = :id

            """##,
        "demo/queries/002_launches.sql": ##"""
            -- id: 2
            -- name: Launches, newest first, by pages
            -- parameters: limit INTEGER = 20, offset INTEGER = 0
            -- queue: fast
            -- timeout: 5
            -- access: public
            -- tables: launches
            SELECT launch_id, mission, launch_date, outcome, crewed, cost
            FROM launches
            ORDER BY launch_date DESC, launch_id DESC
            LIMIT min(max(:limit, 0), 500) OFFSET max(:offset, 0)

            """##,
        "demo/queries/003_launch_details.sql": ##"""
            -- id: 3
            -- name: Launch with its vehicle, agency and site
            -- parameters: id INTEGER
            -- queue: fast
            -- timeout: 5
            -- access: public
            -- tables: launches, vehicles, agencies, launch_sites
            SELECT l.launch_id, l.mission, l.launched_at, l.outcome, l.crewed, l.cost, l.telemetry, l.note,
                   v.name AS vehicle, v.reusable, v.properties, a.name AS agency, s.name AS site, s.latitude, s.longitude
            FROM launches AS l
            JOIN vehicles AS v USING (vehicle_id)
            JOIN agencies AS a USING (agency_id)
            JOIN launch_sites AS s USING (site_id)
            WHERE l.launch_id = :id

            """##,
        "demo/queries/004_payloads.sql": ##"""
            -- id: 4
            -- name: Payloads of a launch
            -- parameters: launch_id INTEGER
            -- queue: fast
            -- timeout: 5
            -- access: public
            -- tables: payloads
            SELECT payload_id, name, kind, orbit, mass_kg, deployed, contact_time, beacon
            FROM payloads
            WHERE launch_id = :launch_id
            ORDER BY payload_id

            """##,
        "demo/queries/005_search.sql": ##"""
            -- id: 5
            -- name: Search missions by name, upper or lower case
            -- parameters: term STRING, limit INTEGER = 20
            -- queue: medium
            -- timeout: 5
            -- access: public
            -- tables: launches, vehicles
            SELECT l.launch_id, l.mission, l.launch_date, l.outcome, v.name AS vehicle
            FROM launches AS l
            JOIN vehicles AS v USING (vehicle_id)
            -- LIKE ignores the case of ASCII letters; % and _ in the term are taken literally.
            WHERE l.mission LIKE '%' || replace(replace(replace(:term, '\', '\\'), '%', '\%'), '_', '\_') || '%' ESCAPE '\'
            ORDER BY l.launch_id
            LIMIT min(max(:limit, 0), 500)

            """##,
        "demo/queries/006_success_by_vehicle.sql": ##"""
            -- id: 6
            -- name: Success rate and payload mass by vehicle
            -- parameters: minimum_flights INTEGER = 1
            -- queue: medium
            -- timeout: 10
            -- access: public
            -- tables: launches, vehicles, payloads
            SELECT v.name AS vehicle, v.reusable,
                   count(*) AS flights,
                   sum(l.outcome = 'success') AS successes,
                   round(100.0 * sum(l.outcome = 'success') / count(*), 1) AS success_percent,
                   round(sum(p.mass_kg), 1) AS payload_kg
            FROM launches AS l
            JOIN vehicles AS v USING (vehicle_id)
            JOIN (SELECT launch_id, sum(mass_kg) AS mass_kg FROM payloads GROUP BY launch_id) AS p USING (launch_id)
            WHERE l.outcome <> 'planned'
            GROUP BY v.vehicle_id
            HAVING count(*) >= :minimum_flights
            ORDER BY flights DESC, vehicle

            """##,
        "demo/queries/007_launches_by_year.sql": ##"""
            -- id: 7
            -- name: Launches by year
            -- queue: cache
            -- timeout: 10
            -- cache: 60
            -- access: public
            -- tables: launches
            SELECT CAST(strftime('%Y', launch_date) AS INTEGER) AS year,
                   count(*) AS launches,
                   sum(crewed) AS crewed,
                   sum(outcome = 'failure') AS failures
            FROM launches
            GROUP BY year
            ORDER BY year

            """##,
        "demo/queries/008_period.sql": ##"""
            -- id: 8
            -- name: Launches of a period, filtered
            -- parameters: from DATE = '2020-01-01', to DATE = '2020-12-31', crewed BOOLEAN = null, outcome STRING = null
            -- queue: medium
            -- timeout: 5
            -- access: public
            -- tables: launches
            SELECT launch_id, mission, launch_date, launched_at, outcome, crewed
            FROM launches
            WHERE launch_date BETWEEN :from AND :to
              -- A filter that is null lets everything pass.
              AND (:crewed IS NULL OR crewed = :crewed)
              AND (:outcome IS NULL OR outcome = :outcome)
            ORDER BY launch_date, launch_id
            LIMIT 500

            """##,
        "demo/queries/009_heavy_payloads.sql": ##"""
            -- id: 9
            -- name: Heavy payloads of an orbit
            -- parameters: minimum_kg FLOAT = 1000.0, orbit STRING = 'GEO', deployed BOOLEAN = true
            -- queue: fast
            -- timeout: 5
            -- cache: 30
            -- access: public
            -- tables: payloads, launches
            SELECT p.payload_id, p.name, p.kind, p.mass_kg, p.contact_time, l.mission, l.launch_date
            FROM payloads AS p
            JOIN launches AS l USING (launch_id)
            WHERE p.orbit = :orbit AND p.mass_kg >= :minimum_kg AND p.deployed = :deployed
            ORDER BY p.mass_kg DESC, p.payload_id
            LIMIT 100

            """##,
        "demo/queries/010_add_launch.sql": ##"""
            -- id: 10
            -- name: Add a launch
            -- parameters: vehicle_id INTEGER, mission STRING, launched_at TIMESTAMP
            -- parameters: crewed BOOLEAN = false, cost FLOAT = null, note TEXT = null
            -- queue: medium
            -- timeout: 5
            -- access: public
            -- tables: launches, vehicles
            INSERT INTO launches (vehicle_id, site_id, mission, launch_date, launched_at, outcome, crewed, cost, note)
            SELECT vehicle_id, home_site_id, :mission, date(:launched_at), strftime('%Y-%m-%dT%H:%M:%SZ', :launched_at),
                   'planned', :crewed, :cost, :note
            FROM vehicles
            WHERE vehicle_id = :vehicle_id
            RETURNING launch_id, vehicle_id, site_id, mission, launch_date, launched_at, outcome, crewed, cost, note

            """##,
        "demo/queries/011_set_outcome.sql": ##"""
            -- id: 11
            -- name: Record the outcome of a launch
            -- parameters: id INTEGER, outcome STRING, note TEXT = null
            -- queue: medium
            -- timeout: 5
            -- access: public
            -- tables: launches
            UPDATE launches
            SET outcome = :outcome, note = coalesce(:note, note)
            WHERE launch_id = :id
            RETURNING launch_id, mission, outcome, note

            """##,
        "demo/queries/012_delete_launch.sql": ##"""
            -- id: 12
            -- name: Delete a planned launch
            -- parameters: id INTEGER
            -- queue: medium
            -- timeout: 5
            -- access: public
            -- tables: launches
            DELETE FROM launches
            -- What has flown stays on record.
            WHERE launch_id = :id AND outcome = 'planned'
            RETURNING launch_id, mission

            """##,
        "demo/queries/013_count.sql": ##"""
            -- id: 13
            -- name: Count to n, slowly
            -- description: Shows what a slow query does to its queue, and what a timeout does to the query.
            -- parameters: n INTEGER = 3000000
            -- queue: slow
            -- timeout: 30
            -- access: public
            WITH RECURSIVE counted (i) AS (
                SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < :n
            )
            SELECT count(*) AS counted, sum(i) AS total FROM counted

            """##,
        "demo/queries/014_contracts.sql": ##"""
            -- id: 14
            -- name: What each agency was paid
            -- parameters: year INTEGER = 2025
            -- queue: slow
            -- timeout: 10
            -- access: protected
            -- tables: launches, vehicles, agencies
            SELECT a.name AS agency, a.commercial, count(*) AS launches, count(l.cost) AS priced,
                   sum(l.cost) AS total_cost, max(l.cost) AS dearest
            FROM launches AS l
            JOIN vehicles AS v USING (vehicle_id)
            JOIN agencies AS a USING (agency_id)
            WHERE l.launch_date BETWEEN :year || '-01-01' AND :year || '-12-31'
            GROUP BY a.agency_id
            ORDER BY total_cost DESC

            """##,
        "demo/queries/015_echo.sql": ##"""
            -- id: 15
            -- name: Every kind of parameter, sent back
            -- parameters: whole INTEGER = 42, word STRING = 'lift-off', flag BOOLEAN = true, ratio FLOAT = 0.25, story TEXT = null
            -- parameters: day DATE = '2026-01-31', hour TIME = '12:00:00', local DATETIME = '2026-01-31T12:00:00'
            -- parameters: instant TIMESTAMP = '2026-01-31T12:00:00Z'
            -- queue: fast
            -- timeout: 5
            -- access: public
            SELECT :whole AS whole, :word AS word, :flag AS flag, :ratio AS ratio, :story AS story,
                   :day AS day, :hour AS hour, :local AS local, :instant AS instant

            """##,
    ]
}
