"""The PostgreSQL server that everyone asks: its programs, its CPU, and pgbench's tables in it."""

import json
import os
import pathlib
import subprocess

from bench.accounts import ACCOUNTS, SCALE
from bench.driver import Missing, run_tool
from bench.server import tree_cpu_seconds

# What HYDROGEN_PG_* are called by libpq, which psql, pgbench and asyncpg follow.
LIBPQ = {"HOST": "PGHOST", "PORT": "PGPORT", "DATABASE": "PGDATABASE", "USER": "PGUSER", "PASS": "PGPASSWORD"}
# All of pgbench's accounts fit, so that no contender reads from files what another finds in memory.
SHARED_MEMORY_MB = 256
SETTINGS = f"-c max_connections=400 -c shared_buffers={SHARED_MEMORY_MB}MB"
START = f"HYDROGEN_PG_SETTINGS='{SETTINGS}' scripts/with-postgresql python3 Benchmarks/postgresql.py"


class PostgreSQL:
    """The server that HYDROGEN_PG_* in the environment name, as scripts/with-postgresql sets them."""

    def __init__(self):
        try:
            libpq = {name: os.environ[f"HYDROGEN_PG_{part}"] for part, name in LIBPQ.items()}
            self.programs = pathlib.Path(os.environ["HYDROGEN_PG_BIN"])
            data = pathlib.Path(os.environ["HYDROGEN_PG_DATA"])
        except KeyError as absent:
            raise Missing(f"{absent} is not set; start it as\n  {START}") from absent
        self.environment = {**os.environ, **libpq}
        self.process = int((data / "postmaster.pid").read_text().splitlines()[0])

    def program(self, name):
        """The path of one of its programs, as text."""
        return str(self.programs / name)

    def psql(self, sql):
        """What psql prints for one statement: values alone, or nothing."""
        command = [self.program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql]
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment, check=False)
        if done.returncode != 0:
            raise Missing(f"{sql}: {done.stderr}")
        return done.stdout.strip()

    def rows(self, sql):
        """The rows of a SELECT: {column: value}."""
        return json.loads(self.psql(f"SELECT coalesce(json_agg(r), '[]') FROM ({sql}) AS r"))

    def cpu_seconds(self):
        """CPU seconds of all its processes so far."""
        return tree_cpu_seconds(self.process)

    def need(self, connections, memory):
        """Raises Missing unless it takes so many connections, and has `memory` MB of shared buffers."""
        for setting, unit, least, sql in [
            ("max_connections", "", connections, "SHOW max_connections"),
            ("shared_buffers", "MB", memory, "SELECT pg_size_bytes(current_setting('shared_buffers')) >> 20"),
        ]:
            if (has := int(self.psql(sql))) < least:
                raise Missing(f"PostgreSQL has {setting} {has}{unit}, {least}{unit} are needed; start it as\n  {START}")

    def make_accounts(self):
        """Makes pgbench's tables unless they are there; balances vary, so that a wrong row shows."""
        if self.psql("SELECT to_regclass('pgbench_accounts')"):
            if (count := int(self.psql("SELECT count(*) FROM pgbench_accounts"))) != ACCOUNTS:
                raise Missing(f"pgbench_accounts holds {count:,} rows, not {ACCOUNTS:,}: use a database of its own")
            return
        print(f"making pgbench's tables, {ACCOUNTS:,} accounts ...", flush=True)
        run_tool([self.program("pgbench"), "-i", "-s", str(SCALE), "-I", "dtgvp", "-q"], env=self.environment)
        self.psql("UPDATE pgbench_accounts SET abalance = aid::bigint * 7919 % 200001 - 100000")
        self.psql("VACUUM (FULL, ANALYZE) pgbench_accounts")
        self.psql("CHECKPOINT")
