"""Who is measured on PostgreSQL, in the manner of contenders.py: two web servers, and pgbench without any."""

import json

from bench.accounts import account_sql, accounts_sql
from bench.contenders import START_LIMIT, Contender, Gateway
from bench.driver import HERE
from bench.server import Server, free_port

DATABASE = "Bench"
SLOW_CONNECTIONS = 4
STREAM_SECONDS = 120
GIBIBYTE = 1 << 30


def query_file(number, queue, parameter, sql, timeout=30):
    """The text of a query's file: one INTEGER parameter, one statement."""
    return (f"-- id: {number}\n-- parameters: {parameter} INTEGER\n-- queue: {queue}\n-- timeout: {timeout}\n"
            f"{sql(':' + parameter)}\n")


class HydrogenPostgreSQL(Gateway):
    """Hydrogen with three queries: one account, the first thousand, and any number of them on the slow queue."""

    def __init__(self, binary, folder, accounts, fast_connections):
        super().__init__(binary, folder)
        self.accounts = accounts
        self.fast_connections = fast_connections
        self.queries = {
            1: query_file(1, "fast", "aid", account_sql),
            2: query_file(2, "fast", "n", accounts_sql),
            3: query_file(3, "slow", "n", accounts_sql, STREAM_SECONDS),
        }

    def start(self):
        queries = self.folder / "queries"
        queries.mkdir()
        for number, text in self.queries.items():
            (queries / f"{number}.sql").write_text(text)
        counts = {"Slow": SLOW_CONNECTIONS, "Medium": 0, "Fast": self.fast_connections, "Cache": 0}
        children = sum(counts.values())
        return self.launch({
            "MaxChildQueues": children,
            "MaxConnectionsPerPool": children + 1,  # the Lead has one as well
            "Connections": [{
                "Name": DATABASE, "Engine": "postgresql", "Host": "${env.HYDROGEN_PG_HOST}",
                "Port": "${env.HYDROGEN_PG_PORT}", "Database": "${env.HYDROGEN_PG_DATABASE}",
                "User": "${env.HYDROGEN_PG_USER}", "Pass": "${env.HYDROGEN_PG_PASS}", "MaxResultBytes": GIBIBYTE,
                "Queues": {name: {"Min": count, "Max": count} for name, count in counts.items()},
                "Queries": str(queries),
            }],
        }, RequestTimeoutSeconds=STREAM_SECONDS)

    def account_path(self):
        return f"/api/query/{DATABASE}/1/fast/aid="

    def accounts_path(self, count):
        return f"/api/query/{DATABASE}/2/fast/n={count}"

    def stream_path(self, count):
        return f"/api/query/{DATABASE}/3/slow/n={count}"

    def check(self, server):
        for aid, rows in self.accounts.by_number.items():
            self.check_answer(server, f"{self.account_path()}{aid}", {"query_id": 1, "database": DATABASE}, rows)
        rows = self.accounts.first_thousand
        self.check_answer(server, self.accounts_path(len(rows)), {"query_id": 2, "database": DATABASE}, rows)
        self.check_answer(server, self.stream_path(len(rows)), {"query_id": 3, "database": DATABASE}, rows)


class FastAPI(Contender):
    """FastAPI on uvicorn, two workers, with asyncpg: the same SQL, the rows as a JSON array."""

    WORKERS = 2

    def __init__(self, name, factory, program, postgresql, accounts):
        self.name = name
        self.factory = factory
        self.program = program
        self.postgresql = postgresql
        self.accounts = accounts

    def start(self):
        port = free_port()
        command = [self.program, "--factory", f"fastapi_app:{self.factory}", "--app-dir", str(HERE),
                   "--host", "127.0.0.1", "--port", str(port), "--workers", str(self.WORKERS),
                   "--loop", "uvloop", "--http", "httptools", "--no-access-log"]
        server = Server(self.name, command, port, {**self.postgresql.environment, "PYTHONDONTWRITEBYTECODE": "1"})
        try:
            server.wait_for_line("Application startup complete", START_LIMIT, count=self.WORKERS)
        except BaseException:
            server.end()
            raise
        return server

    def account_path(self):
        return "/account/"

    def accounts_path(self, count):
        return f"/accounts/{count}"

    def check(self, server):
        for aid, rows in self.accounts.by_number.items():
            self.expect(f"account {aid}", json.loads(server.get(f"{self.account_path()}{aid}")), rows)
        rows = self.accounts.first_thousand
        self.expect("the first accounts", json.loads(server.get(self.accounts_path(len(rows)))), rows)
