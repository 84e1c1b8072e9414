#!/usr/bin/env python3
"""Measures Hydrogen on PostgreSQL beside pgbench and FastAPI in one run, so that the ratios mean something anywhere.

    HYDROGEN_PG_SETTINGS='-c max_connections=400 -c shared_buffers=256MB' \\
        scripts/with-postgresql python3 Benchmarks/postgresql.py [--short] [--json FILE] [--only pgbench,hydrogen]

As in run.py: all contenders are up at once and asked in turn, the order reversed every round; figures are medians
with their range. It fails (exit code 1) on broken answers, never on speed; 2 means that something is missing.
"""

import argparse
import contextlib
import functools
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from bench import driver, report, stream  # noqa: E402
from bench.accounts import ACCOUNTS, Accounts, accounts_sql  # noqa: E402
from bench.driver import SCRATCH  # noqa: E402
from bench.load import race, run_pgbench, run_wrk  # noqa: E402
from bench.postgresql import SHARED_MEMORY_MB, PostgreSQL  # noqa: E402
from bench.postgresql_contenders import FastAPI, HydrogenPostgreSQL  # noqa: E402

CONTENDERS = ("pgbench", "hydrogen", "fastapi", "fastapi-tuned")
SHORT_CONTENDERS = ("pgbench", "hydrogen")
MAIN_CONNECTIONS = 64
OTHER_CONNECTIONS = (1, 16, 256)
ROWS_CONNECTIONS = 16
SHORT_STREAM = 100_000
# PostgreSQL's connections beside pgbench's and the Fast queue's: Hydrogen's others, psql, the reserve; FastAPI's pools.
SPARE_CONNECTIONS = 16
POOLS = 40


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--fast", type=int, default=1, metavar="N",
                        help="connections of Hydrogen's Fast queue (default: %(default)s)")
    return driver.parse_arguments(parser, CONTENDERS, SHORT_CONTENDERS, short_rounds=1)


def prepare(arguments):
    """The PostgreSQL server with pgbench's tables in it."""
    postgresql = PostgreSQL()
    others = arguments.fast + SPARE_CONNECTIONS
    if arguments.short:
        postgresql.need(connections=MAIN_CONNECTIONS + others, memory=0)
    else:
        postgresql.need(connections=max(OTHER_CONNECTIONS) + POOLS + others, memory=SHARED_MEMORY_MB)
    postgresql.make_accounts()
    return postgresql


def make_servers(arguments, postgresql, folder):
    """The contenders asked for that are web servers, by name."""
    driver.need_wrk()
    accounts = Accounts(postgresql)

    def hydrogen():
        return HydrogenPostgreSQL(driver.need_binary(arguments.hydrogen), folder, accounts, arguments.fast)

    def fastapi(name, factory):
        program = driver.python_program("uvicorn", "venv-fastapi", "requirements-fastapi.txt")
        return FastAPI(name, factory, program, postgresql, accounts)

    makers = {"hydrogen": hydrogen, "fastapi": lambda: fastapi("fastapi", "default"),
              "fastapi-tuned": lambda: fastapi("fastapi-tuned", "tuned")}
    return {name: make() for name, make in makers.items() if name in arguments.only}


class Course:
    """The contenders' servers, and the runs that each of them is asked for."""

    def __init__(self, contenders, servers, postgresql, arguments):
        self.contenders, self.servers = contenders, servers
        self.postgresql, self.arguments = postgresql, arguments

    def check(self):
        """Raises Broken unless everyone answers rightly."""
        for name, contender in self.contenders.items():
            contender.check(self.servers[name])

    def web_runs(self, path_of, connections, seconds):
        """For `race`: wrk on every web server."""
        return {name: functools.partial(run_wrk, server, path_of(self.contenders[name]), connections, seconds,
                                        self.postgresql)
                for name, server in self.servers.items()}

    def point_reads(self, connections, seconds):
        """For `race`: one account at a time, by everyone."""
        runs = {}
        if "pgbench" in self.arguments.only:
            runs["pgbench"] = functools.partial(run_pgbench, self.postgresql, connections, seconds)
        return runs | self.web_runs(lambda contender: (contender.account_path(), "", ACCOUNTS), connections, seconds)

    def many_rows(self, connections, seconds):
        """For `race`: 1,000 accounts at a time, by the web servers."""
        return self.web_runs(lambda contender: (contender.accounts_path(1000), "", 0), connections, seconds)

    def downloads(self):
        """Hydrogen's large result: five times alone, then four at a time. Growth is over its memory of now."""
        server, path_of = self.servers["hydrogen"], self.contenders["hydrogen"].stream_path
        idle = server.resident_megabytes()

        def runs(rows, at_a_time, count):
            return [stream.measure(server, path_of(rows), rows, at_a_time, idle) for _ in range(count)]

        return [runs(SHORT_STREAM, 1, 1)] if self.arguments.short else [runs(ACCOUNTS, 1, 5), runs(ACCOUNTS, 4, 1)]

    def check_download(self):
        """Compares every byte of a large result, where `downloads` only counts."""
        hydrogen, rows = self.contenders["hydrogen"], self.postgresql.rows(accounts_sql(SHORT_STREAM))
        hydrogen.check_answer(self.servers["hydrogen"], hydrogen.stream_path(SHORT_STREAM), {}, rows)


def measure_hydrogen(course):
    """What only Hydrogen is asked for: (its downloads, its memory in MB before and after them)."""
    server = course.servers["hydrogen"]
    memory = {"idle": server.resident_megabytes()}
    downloads = course.downloads()
    memory["after the downloads"] = server.resident_megabytes()
    course.check_download()
    return downloads, memory


def measure(contenders, postgresql, arguments):
    """All figures of one run; those of Hydrogen alone are empty where it does not take part."""
    figures = {"downloads": [], "memory": {}, "races": {}, "many_rows": {}}
    with contextlib.ExitStack() as stack:
        servers = {name: stack.enter_context(contender.start()) for name, contender in contenders.items()}
        course = Course(contenders, servers, postgresql, arguments)
        course.check()
        print(f"answers checked: {', '.join(servers) or 'none to check'}", flush=True)
        if "hydrogen" in servers:
            figures["downloads"], figures["memory"] = measure_hydrogen(course)

        race(course.point_reads(MAIN_CONNECTIONS, 1), 1)  # warms up
        main_runs = course.point_reads(MAIN_CONNECTIONS, arguments.seconds)
        figures["races"][MAIN_CONNECTIONS] = race(main_runs, arguments.rounds)
        if not arguments.short:
            for connections in OTHER_CONNECTIONS:
                figures["races"][connections] = race(course.point_reads(connections, 2), arguments.rounds)
            figures["many_rows"] = race(course.many_rows(ROWS_CONNECTIONS, 2), arguments.rounds)

        if "hydrogen" in servers:
            figures["memory"]["after the load"] = servers["hydrogen"].resident_megabytes()
        course.check()
    return figures


def goals_of(figures):
    """The figures to design for, with what was measured, and the ratios beside them."""
    goals = []

    def ratio(what, runs, baseline, goal=None, digits=2):
        if "hydrogen" in runs and baseline in runs:
            goals.append(report.Goal(f"hydrogen / {baseline}, {what}", report.ratios(runs, "hydrogen", baseline), "x",
                                     goal, digits=digits))

    for connections, runs in figures["races"].items():
        goal = 0.70 if connections == MAIN_CONNECTIONS else None
        ratio(f"{connections} connections", runs, "pgbench", goal)
    ratio("64 connections", figures["races"][MAIN_CONNECTIONS], "fastapi", 8, digits=1)
    ratio("64 connections", figures["races"][MAIN_CONNECTIONS], "fastapi-tuned", digits=1)
    for baseline in ("fastapi", "fastapi-tuned"):
        ratio("1,000 rows", figures["many_rows"], baseline, digits=1)
    for runs in figures["downloads"]:
        goals.append(report.Goal(f"RSS growth, {downloads_name(runs)}", [run["growth_mb"] for run in runs], "MB",
                                 32 if runs[0]["at_a_time"] == 1 else None, at_least=False, digits=1))
    return goals


def downloads_name(runs):
    return f"{runs[0]['at_a_time']} x {runs[0]['rows']:,} rows"


def download_table(downloads):
    """One line for the downloads alone, one for those together."""
    rows = []
    for runs in downloads:
        columns = {key: [run[key] for run in runs] for key in runs[0]}
        rows.append([downloads_name(runs), f"{runs[0]['megabytes']:.1f}", report.shown(columns["seconds"], 2),
                     report.shown(columns["megabytes_per_second"], 1), report.shown(columns["growth_mb"], 1)])
    return report.table(["downloads", "MB", "seconds", "MB/s", "RSS growth MB"], rows)


def print_report(figures, goals):
    for connections, runs in sorted(figures["races"].items()):
        rounds = len(next(iter(runs.values())))
        print(f"\nPostgreSQL point read, {connections} connections, {rounds} rounds\n{report.race_table(runs)}")
    if figures["many_rows"]:
        print(f"\n1,000 rows over HTTP, {ROWS_CONNECTIONS} connections\n"
              f"{report.race_table(figures['many_rows'], report.MANY_ROWS)}")
    if figures["downloads"]:
        print(f"\nStreamed results of Hydrogen\n{download_table(figures['downloads'])}")
        print(f"\nHydrogen's RSS: {', '.join(f'{when} {mb:.1f} MB' for when, mb in figures['memory'].items())}")
    if goals:
        print(f"\n{report.goal_table(goals)}")


def main():
    arguments = parse_arguments()
    facts = driver.machine()
    SCRATCH.mkdir(exist_ok=True)
    postgresql = prepare(arguments)
    facts["postgresql"] = postgresql.psql("SHOW server_version")
    print(f"PostgreSQL {facts['postgresql']}, {ACCOUNTS:,} accounts")
    with tempfile.TemporaryDirectory(prefix="run-", dir=SCRATCH) as folder:
        figures = measure(make_servers(arguments, postgresql, pathlib.Path(folder)), postgresql, arguments)
    goals = goals_of(figures)
    print_report(figures, goals)
    if arguments.json:
        driver.write_json(arguments.json, {"machine": facts, **figures, "goals": [goal.data() for goal in goals]})


if __name__ == "__main__":
    driver.run(main)
