#!/usr/bin/env python3
"""Measures Hydrogen on MariaDB beside a program that asks by the same client library, with as many connections.

    scripts/with-mariadb python3 Benchmarks/mysql.py [--short] [--json FILE] [--connections 8]

As in run.py: both are asked in turn, the order reversed every round; figures are medians with their range. It fails
(exit code 1) on broken answers, never on speed; 2 means that something is missing.
"""

import argparse
import functools
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from bench import driver, report  # noqa: E402
from bench.driver import SCRATCH  # noqa: E402
from bench.load import race, run_direct, run_wrk  # noqa: E402
from bench.mariadb import ACCOUNTS, MariaDB, direct_program  # noqa: E402
from bench.mariadb_contenders import HydrogenMariaDB  # noqa: E402

CONTENDERS = ("direct", "hydrogen")
MAIN_CONNECTIONS = 8
CONNECTIONS = (1, 4, MAIN_CONNECTIONS, 16)
HTTP_CONNECTIONS = 64


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--connections", metavar="N,...",
                        help=f"connections to the database (default: {','.join(map(str, CONNECTIONS))}, "
                             f"short {MAIN_CONNECTIONS})")
    arguments = driver.parse_arguments(parser, CONTENDERS, CONTENDERS, short_rounds=1)
    few = (MAIN_CONNECTIONS,) if arguments.short else CONNECTIONS
    arguments.connections = list(map(int, arguments.connections.split(","))) if arguments.connections else few
    return arguments


class Course:
    """The database, and how it is asked by both."""

    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder
        self.mariadb = MariaDB()
        self.mariadb.make_accounts()
        driver.need_wrk()
        self.program = direct_program()
        self.binary = driver.need_binary(arguments.hydrogen)

    def race(self, connections):
        """The figures of all rounds with so many connections to the database, after one round to warm up."""
        contender = HydrogenMariaDB(self.binary, self.folder / str(connections), self.mariadb, connections)
        with contender.start() as server:
            contender.check(server)
            race(self._runs(contender, server, 1), 1)
            figures = race(self._runs(contender, server, self.arguments.seconds), self.arguments.rounds)
            contender.check(server)
        return figures

    def _runs(self, contender, server, seconds):
        runs = {
            "direct": functools.partial(run_direct, self.program, self.mariadb, contender.connections, seconds,
                                        ACCOUNTS),
            "hydrogen": functools.partial(run_wrk, server, contender.path(), HTTP_CONNECTIONS, seconds, self.mariadb),
        }
        return {name: runs[name] for name in self.arguments.only}


def goals_of(races):
    """The figure to design for, with what was measured, and the ratios beside it."""
    return [report.Goal(f"hydrogen / direct, {connections} connections", report.ratios(runs, "hydrogen", "direct"), "x",
                        0.70 if connections == MAIN_CONNECTIONS else None)
            for connections, runs in races.items() if len(runs) == len(CONTENDERS)]


def main():
    arguments = parse_arguments()
    facts = driver.machine()
    SCRATCH.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=SCRATCH) as folder:
        course = Course(arguments, pathlib.Path(folder))
        facts["mariadb"] = course.mariadb.ask("SELECT VERSION()")[0]
        print(f"MariaDB {facts['mariadb']}, {ACCOUNTS:,} accounts, {HTTP_CONNECTIONS} HTTP connections")
        races = {}
        for connections in arguments.connections:
            races[connections] = course.race(connections)
            print(f"\nMariaDB point read, {connections} connections to the database, {arguments.rounds} rounds\n"
                  f"{report.race_table(races[connections])}", flush=True)
    if goals := goals_of(races):
        print(f"\n{report.goal_table(goals)}")
    if arguments.json:
        driver.write_json(arguments.json, {"machine": facts, "races": races, "goals": [goal.data() for goal in goals]})


if __name__ == "__main__":
    driver.run(main)
