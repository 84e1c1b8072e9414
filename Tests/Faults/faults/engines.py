"""The databases that scenarios are played on, and all that differs from one to the other beside the server itself."""

import dataclasses

from faults.calls import CAST, DIVIDE, DUPLICATE, MARKED, READ, SHORT, SLEEP, SLEEP_WRITE, WRITE
from faults.mariadb import MariaDB
from faults.postgres import Postgres


@dataclasses.dataclass(frozen=True, eq=False)
class Engine:
    """A kind of database."""

    # The class of its servers.
    server: type
    # Keys of Hydrogen's connection.
    connection: dict
    # SQL that makes what the queries need.
    tables: str
    # Files of the query folder by number: their header lines without the id, and their SQL.
    queries: dict
    # The SQLSTATE of what is to fail, by the names that `nonce` has for it.
    refusals: dict


POSTGRESQL = Engine(
    server=Postgres,
    connection={"Engine": "postgresql", "Database": "postgres", "User": "postgres", "Pass": "x"},
    tables="""
        CREATE SCHEMA app;
        CREATE TABLE app.items (id bigint PRIMARY KEY, name text NOT NULL);
        INSERT INTO app.items SELECT n, 'item ' || n FROM generate_series(1, 1000) AS n;
        CREATE TABLE app.writes (nonce text PRIMARY KEY, tries bigint NOT NULL DEFAULT 1);
    """,
    queries={
        READ: ("parameters: nonce STRING, id INTEGER",
               "SELECT CAST(:nonce AS text) AS nonce, id, name FROM app.items WHERE id = CAST(:id AS bigint)"),
        SLEEP: ("parameters: nonce STRING, seconds FLOAT",
                "SELECT CAST(:nonce AS text) AS nonce FROM pg_sleep(CAST(:seconds AS double precision))"),
        WRITE: ("parameters: nonce STRING",
                "INSERT INTO app.writes AS w (nonce) VALUES (CAST(:nonce AS text)) "
                "ON CONFLICT (nonce) DO UPDATE SET tries = w.tries + 1 RETURNING nonce, tries"),
        # Parameters do not show in pg_stat_activity; the number of an advisory lock does in pg_locks, as long as this
        # very call runs. The lock is taken before the sleep begins.
        MARKED: ("parameters: nonce INTEGER, seconds FLOAT",
                 "SELECT CAST(:nonce AS bigint) AS nonce, "
                 "CAST(pg_sleep(CAST(:seconds AS double precision)) AS text) AS slept "
                 "FROM pg_advisory_xact_lock_shared(CAST(:nonce AS bigint))"),
        DIVIDE: ("parameters: nonce STRING, zero INTEGER",
                 "SELECT CAST(:nonce AS text) AS nonce, 1 / CAST(:zero AS bigint) AS quotient"),
        CAST: ("parameters: nonce STRING",
               "SELECT CAST(CAST(:nonce AS text) AS bigint) AS nonce"),
        SHORT: ("parameters: nonce STRING, seconds FLOAT\n-- timeout: 50ms",
                "SELECT CAST(:nonce AS text) AS nonce FROM pg_sleep(CAST(:seconds AS double precision))"),
        DUPLICATE: ("parameters: nonce STRING",
                    "INSERT INTO app.items (id, name) VALUES (1, CAST(:nonce AS text)) RETURNING name AS nonce"),
        SLEEP_WRITE: ("parameters: nonce STRING, seconds FLOAT",
                      "INSERT INTO app.writes AS w (nonce) SELECT CAST(:nonce AS text) "
                      "FROM pg_sleep(CAST(:seconds AS double precision)) "
                      "ON CONFLICT (nonce) DO UPDATE SET tries = w.tries + 1 RETURNING nonce, tries"),
    },
    refusals={"divide": "22012", "cast": "22P02", "duplicate": "23505"},
)

MARIADB = Engine(
    server=MariaDB,
    connection={"Engine": "mysql", "Database": "app", "User": "app", "Pass": "x"},
    tables="""
        CREATE DATABASE app;
        CREATE TABLE app.items (id bigint PRIMARY KEY, name varchar(64) NOT NULL);
        INSERT INTO app.items SELECT seq, CONCAT('item ', seq) FROM app.seq_1_to_1000;
        CREATE TABLE app.writes (nonce varchar(64) PRIMARY KEY, tries bigint NOT NULL DEFAULT 1);
        CREATE FUNCTION app.number_of(text varchar(64)) RETURNS bigint NO SQL RETURN text;
        CREATE USER app@'127.0.0.1' IDENTIFIED BY 'x';
        GRANT ALL ON app.* TO app@'127.0.0.1';
    """,
    queries={
        READ: ("parameters: nonce STRING, id INTEGER",
               "SELECT CAST(:nonce AS char) AS nonce, id, name FROM app.items WHERE id = :id"),
        # A sleep among the columns would return 1 when it is interrupted, on some servers; a condition is an error.
        SLEEP: ("parameters: nonce STRING, seconds FLOAT",
                "SELECT CAST(:nonce AS char) AS nonce FROM dual WHERE SLEEP(:seconds) = 0"),
        WRITE: ("parameters: nonce STRING",
                "INSERT INTO app.writes (nonce) VALUES (:nonce) "
                "ON DUPLICATE KEY UPDATE tries = tries + 1 RETURNING nonce, tries"),
        # What is divided by 0 is NULL here: this is a number out of range.
        DIVIDE: ("parameters: nonce STRING, zero INTEGER",
                 "SELECT CAST(:nonce AS char) AS nonce, 9223372036854775807 - :zero + 1 AS quotient"),
        # A cast only warns; a function's result must be what it is declared as.
        CAST: ("parameters: nonce STRING",
               "SELECT app.number_of(:nonce) AS nonce"),
        SHORT: ("parameters: nonce STRING, seconds FLOAT\n-- timeout: 50ms",
                "SELECT CAST(:nonce AS char) AS nonce FROM dual WHERE SLEEP(:seconds) = 0"),
        DUPLICATE: ("parameters: nonce STRING",
                    "INSERT INTO app.items (id, name) VALUES (1, :nonce) RETURNING name AS nonce"),
        SLEEP_WRITE: ("parameters: nonce STRING, seconds FLOAT",
                      "INSERT INTO app.writes (nonce) SELECT :nonce FROM dual WHERE SLEEP(:seconds) = 0 "
                      "ON DUPLICATE KEY UPDATE tries = tries + 1 RETURNING nonce, tries"),
    },
    refusals={"divide": "22003", "cast": "22007", "duplicate": "23000"},
)
