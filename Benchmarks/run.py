#!/usr/bin/env python3
"""Measures Hydrogen beside its baselines in one run, so that the ratios mean something on any machine.

    Benchmarks/run.py [--short] [--json FILE] [--only hydrogen,hello] [--hydrogen BINARY]

All contenders are up at once and asked in turn, the order reversed every round; figures are medians with their
range. Only loopback addresses are used, only processes started here are ended. It fails (exit code 1) on broken
answers, never on speed; 2 means that something it needs is missing.
"""

import argparse
import contextlib
import functools
import pathlib
import re
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from bench import driver, report  # noqa: E402
from bench.contenders import CACHED_QUERY_ID, READY, START_LIMIT, Datasette, Hello, Hydrogen  # noqa: E402
from bench.driver import HERE, ROOT, SCRATCH  # noqa: E402
from bench.load import race, run_wrk  # noqa: E402
from bench.server import Broken, Server, free_port  # noqa: E402

CONTENDERS = ("hydrogen", "hello", "datasette")
CACHED = "hydrogen-cached"
MAIN_CONNECTIONS = 64
# Below this many requests a growth per million says more about the allocator than about a leak.
ENOUGH_FOR_GROWTH = 300_000


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments = driver.parse_arguments(parser, CONTENDERS, CONTENDERS, short_rounds=3)
    if "hydrogen" not in arguments.only:
        parser.error("hydrogen must be among the contenders: it makes the database that the others read")
    return arguments


def hello_binary():
    """Builds the hello server, a package of its own: minutes the first time."""
    binary = HERE / ".build/release/hello"
    if not binary.exists():
        print("building Benchmarks/hello (once, some minutes) ...", flush=True)
    driver.run_tool(["swift", "build", "-c", "release", "--product", "hello"], cwd=HERE, timeout=1800)
    return binary


def make_contenders(arguments, folder):
    """The contenders asked for, Hydrogen first."""
    driver.need_wrk()
    hydrogen = Hydrogen(driver.need_binary(arguments.hydrogen), folder, ROOT / "config/demo")
    makers = {"hydrogen": lambda: hydrogen, "hello": lambda: Hello(hello_binary()),
              "datasette": lambda: Datasette(driver.python_program("datasette", "venv", "requirements.txt"), hydrogen)}
    return [makers[name]() for name in CONTENDERS if name in arguments.only]


def measure_launch(binary, runs):
    """Launches with the default configuration and lands when idle; milliseconds of each, by our own clock.

    The server's own figures ("Startup elapsed time", "Shutdown elapsed time") are kept beside them.
    """
    figures = {"launch_ms": [], "landing_ms": [], "startup_elapsed_ms": [], "shutdown_elapsed_ms": []}
    for _ in range(runs):
        port = free_port()
        environment = {"HYDROGEN_PORT": str(port), "HYDROGEN_DEMO_DATABASE": ":memory:"}
        command = [binary, "run", "--config", ROOT / "config/hydrogen.json"]
        with Server("hydrogen", command, port, environment) as server:
            figures["launch_ms"].append(server.wait_for_line(READY, START_LIMIT) * 1000)
            time.sleep(0.3)  # lets it fall idle: landing is measured at rest
            code, seconds = server.end()
            figures["landing_ms"].append(seconds * 1000)
            if code != 0:
                raise Broken(f"hydrogen: exit code {code} after landing\n{server.tail()}")
            for key, words in [("startup_elapsed_ms", "Startup"), ("shutdown_elapsed_ms", "Shutdown")]:
                entry = server.line_with(f"{words} elapsed time:")
                if entry and (match := re.search(r"elapsed time:\s*([0-9.]+)\s*s", entry[1])):
                    figures[key].append(float(match[1]) * 1000)
    return figures


def measure_load(contenders, arguments):
    """All races of one run, and Hydrogen's memory before and after them."""
    with contextlib.ExitStack() as stack:
        servers = {contender.name: stack.enter_context(contender.start()) for contender in contenders}
        paths = {contender.name: contender.path() for contender in contenders}
        for contender in contenders:
            contender.check(servers[contender.name])
        print(f"answers checked: {', '.join(servers)}", flush=True)

        def runs(connections, seconds):
            """Every contender, and Hydrogen once more with results that are kept."""
            asked = {name: (server, paths[name]) for name, server in servers.items()}
            asked[CACHED] = servers["hydrogen"], contenders[0].path_of(CACHED_QUERY_ID)
            return {name: functools.partial(run_wrk, server, path, connections, seconds)
                    for name, (server, path) in asked.items()}

        memory = {"idle_mb": servers["hydrogen"].resident_megabytes()}
        race(runs(MAIN_CONNECTIONS, 1), 1)  # warms up
        races = {MAIN_CONNECTIONS: race(runs(MAIN_CONNECTIONS, arguments.seconds), arguments.rounds)}
        for connections in () if arguments.short else (1, 16, 256):
            races[connections] = race(runs(connections, 2), 3)
        # As many connections as in the warm-up, so that what grows is not their buffers.
        run_wrk(servers["hydrogen"], paths["hydrogen"], MAIN_CONNECTIONS, 1)
        memory["warm_mb"] = servers["hydrogen"].resident_megabytes()
        growth = [run_wrk(servers["hydrogen"], paths["hydrogen"], MAIN_CONNECTIONS, arguments.seconds) for _ in range(5)]
        memory["after_mb"] = servers["hydrogen"].resident_megabytes()
        memory["requests"] = sum(run["requests"] for run in growth)
        for contender in contenders:
            contender.check(servers[contender.name])
    return races, memory


def goals_of(races, memory, launch):
    """The figures to design for, with what was measured."""
    main = races[MAIN_CONNECTIONS]
    goals = []
    for baseline, goal, digits in [("hello", 0.70, 2), ("datasette", 10, 1)]:
        if baseline in main:
            values = report.ratios(main, "hydrogen", baseline)
            goals.append(report.Goal(f"hydrogen / {baseline}, 64 connections", values, "x", goal, True, digits))
    if "hello" in main:
        cached = report.ratios(main, CACHED, "hello")
        goals.append(report.Goal("hydrogen, cached / hello, 64 connections", cached, "x", 1.0, True, 2))
    goals.append(report.Goal("RSS idle", [memory["idle_mb"]], "MB", 40, False, 1))
    if memory["requests"] >= ENOUGH_FOR_GROWTH:
        growth = (memory["after_mb"] - memory["warm_mb"]) * 1e6 / memory["requests"]
        goals.append(report.Goal("RSS growth per million requests", [growth], "MB", 1, False, 2))
    return goals + [
        report.Goal("launch to READY FOR REQUESTS", launch["launch_ms"], "ms", 300, False, 0),
        report.Goal("landing when idle, SIGTERM to exit", launch["landing_ms"], "ms", 200, False, 0),
    ]


def print_report(races, memory, launch, goals):
    for connections, figures in races.items():
        runs = len(figures["hydrogen"])
        print(f"\nSQLite point read over HTTP, {connections} connections, {runs} rounds\n{report.race_table(figures)}")
    print(f"\nHydrogen's RSS: idle {memory['idle_mb']:.1f} MB, warm {memory['warm_mb']:.1f} MB, "
          f"after {memory['requests']:,} requests {memory['after_mb']:.1f} MB")
    for label, key in [("Startup", "startup_elapsed_ms"), ("Shutdown", "shutdown_elapsed_ms")]:
        if launch[key]:
            print(f"{label} elapsed time by its own log: {report.shown(launch[key])} ms")
    print(f"\n{report.goal_table(goals)}")


def main():
    arguments = parse_arguments()
    facts = driver.machine()
    SCRATCH.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=SCRATCH) as folder:
        contenders = make_contenders(arguments, pathlib.Path(folder))
        launch = measure_launch(arguments.hydrogen.resolve(), 3 if arguments.short else 9)
        races, memory = measure_load(contenders, arguments)
    goals = goals_of(races, memory, launch)
    print_report(races, memory, launch, goals)
    if arguments.json:
        driver.write_json(arguments.json, {"machine": facts, "races": races, "memory": memory, "launch": launch,
                                           "goals": [goal.data() for goal in goals]})


if __name__ == "__main__":
    driver.run(main)
