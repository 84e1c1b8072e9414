#!/usr/bin/env python3
"""Measures Hydrogen's message queue, its pushes beside bare inserts of the same rows in the same run.

    HYDROGEN_PG_SETTINGS='-c shared_buffers=256MB -c shared_preload_libraries=pg_stat_statements' \\
        scripts/with-postgresql python3 Benchmarks/message_queue.py [--short] [--json FILE]

As in run.py: contenders are asked in turn, the order reversed every round; figures are medians with their range. It
fails (exit code 1) on broken answers, never on speed; 2 means that something is missing.
"""

import argparse
import functools
import itertools
import pathlib
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from bench import driver, report  # noqa: E402
from bench.driver import HERE, SCRATCH, Missing  # noqa: E402
from bench.load import race, run_insert, run_wrk  # noqa: E402
from bench.parked import lateness, parked_rates  # noqa: E402
from bench.postgresql import PostgreSQL  # noqa: E402
from bench.queue_contender import (  # noqa: E402
    CONNECTIONS, PARTITIONS, QUEUE, TABLE, Client, HydrogenQueue, insert_program)
from bench.server import Broken  # noqa: E402

CONTENDERS = ("insert", "hydrogen")
# Batch and HTTP connections of the pushes; the goal is for the last.
PUSHES = ((1, 1), (1, 32), (1, 128), (10, 32), (100, 16))
SHORT_PUSHES = ((1, 32), (100, 16))
GOAL_BATCH = 100
POP_CONNECTIONS = 8
POP_BATCH = 100
FILL = 400_000
SHORT_FILL = 60_000
FILL_BATCH = 1000
COLUMNS = (("messages/s", "messages_per_second", 0, True), *report.POINT_READ)


class Course:
    """The server, the queue, and the runs that they are asked for."""

    def __init__(self, arguments, contender, server, program):
        self.arguments, self.contender, self.server, self.program = arguments, contender, server, program
        self.postgresql = contender.postgresql
        self._runs = itertools.count(1)

    def pushes(self, batch, connections):
        """The figures of all rounds of pushes, beside the inserts."""
        runs = {"insert": functools.partial(self._insert, batch),
                "hydrogen": functools.partial(self._push, batch, connections)}
        return race({name: runs[name] for name in self.arguments.only}, self.arguments.rounds)

    def _insert(self, batch):
        self.postgresql.psql(f"DROP TABLE IF EXISTS {TABLE}")
        self.postgresql.psql(f"CREATE TABLE {TABLE} (LIKE hydrogen_queue.messages INCLUDING ALL)")
        found = run_insert(self.program, self.postgresql, CONNECTIONS, batch, self.arguments.seconds, TABLE)
        count = int(self.postgresql.psql(f"SELECT count(*) FROM {TABLE}"))
        if count != found["requests"]:
            raise Broken(f"queue_insert says {found['requests']} rows, the table has {count}")
        # A batch stands where a request would.
        for key in ("server_us", "database_us"):
            found[key] *= batch
        return {**found, "messages_per_second": found["per_second"], "per_second": found["per_second"] / batch}

    def _push(self, batch, connections):
        queue = f"{QUEUE}-{next(self._runs)}"
        found = run_wrk(self.server, (batch, PARTITIONS, queue, queue), connections, self.arguments.seconds,
                        self.postgresql, HERE / "queue_push.lua")
        stored, told = self.contender.stored(queue), found["requests"] * batch
        # Those that were under way when the clock stopped are stored, but not counted.
        if not told <= stored <= told + connections * batch:
            raise Broken(f"{told:,} messages were acknowledged, {stored:,} are stored")
        self._forget(queue)
        return {**found, "messages_per_second": found["per_second"] * batch}

    def _forget(self, queue):
        client = Client(self.server.port, 120)
        client.ask("DELETE", f"/api/v1/resources/queues/{queue}")
        client.close()

    def fill(self, count):
        """Pushes so many messages, evenly into the partitions, for the pops."""
        client = Client(self.server.port)
        for number in range(count // FILL_BATCH):
            partition = number % PARTITIONS
            client.push([{"queue": QUEUE, "partition": f"p{partition}",
                          "payload": {"message": "Hello World", "partition_id": partition}} for _ in range(FILL_BATCH)])
        client.close()

    def pops(self):
        """The figures of all rounds of pops that count as done at once, and of pops and acknowledgements in turn."""
        runs = {"pop, autoAck": self._pop, "pop and ack": self._pop_and_ack}
        return race(runs, self.arguments.rounds)

    def _pop(self):
        group = f"g{next(self._runs)}"
        path = f"/api/v1/pop/queue/{QUEUE}?batch={POP_BATCH}&autoAck=true&consumerGroup={group}"
        found = run_wrk(self.server, (path, "", 0), POP_CONNECTIONS, self.arguments.seconds, self.postgresql)
        return self._consumed(found, group)

    def _pop_and_ack(self):
        group = f"g{next(self._runs)}"
        found = run_wrk(self.server, (POP_BATCH, group, QUEUE), POP_CONNECTIONS, self.arguments.seconds, self.postgresql,
                        HERE / "queue_pop_ack.lua", POP_CONNECTIONS)
        return self._consumed(found, group)

    def _consumed(self, found, group):
        count, there = self.contender.consumed(group), self.contender.stored(QUEUE)
        if count == 0:
            raise Broken(f"{group}: nothing was consumed by {found['requests']} requests")
        if count == there:
            print(f"  {group} had all {there:,} messages before the time was over: its figure is too low")
        return {**found, "messages_per_second": count / found["requests"] * found["per_second"]}

    def latencies(self, count):
        """Milliseconds from sending a push to the answer of a pop that waited for it, one after the other."""
        producer, queue, took = Client(self.server.port), f"{QUEUE}-latency", []
        came, stop = threading.Semaphore(0), threading.Event()
        arrivals = []

        def consume():
            client = Client(self.server.port)
            while not stop.is_set():
                answer = client.ask("GET", f"/api/v1/pop/queue/{queue}?wait=true&timeout=2000&autoAck=true")
                if answer and answer["messages"]:
                    arrivals.append((time.perf_counter(), answer["messages"][0]["data"]))
                    came.release()
            client.close()

        producer.ask("POST", "/api/v1/configure", {"queue": queue, "options": {}})
        consumer = threading.Thread(target=consume, daemon=True)
        consumer.start()
        for number in range(count):
            time.sleep(0.01)
            sent = time.perf_counter()
            producer.push([{"queue": queue, "payload": number}])
            if not came.acquire(timeout=10):
                raise Broken(f"message {number} did not come to a waiting pop within 10 s")
            if arrivals[-1][1] != number:
                raise Broken(f"message {arrivals[-1][1]} came instead of {number}")
            took.append((arrivals[-1][0] - sent) * 1000)
        stop.set()
        consumer.join()
        producer.close()
        return took


def measure(arguments, contender, program):
    """All figures of one run."""
    figures = {"pushes": {}, "memory": {}}
    with contender.start() as server:
        course = Course(arguments, contender, server, program)
        contender.check(server)
        print("answers checked", flush=True)
        figures["memory"]["idle"] = server.resident_megabytes()
        figures["lateness"] = lateness(server)
        count, seconds = (200, 5) if arguments.short else (1000, 30)
        without, parked = parked_rates(contender.postgresql, server, count, seconds)
        figures["parked"] = {"count": count, "without": without, "with": parked}
        figures["memory"][f"with {count:,} pops waiting"] = server.resident_megabytes()
        figures["latencies"] = [course.latencies(100 if arguments.short else 500) for _ in range(arguments.rounds)]
        for batch, connections in SHORT_PUSHES if arguments.short else PUSHES:
            runs = figures["pushes"][f"batch {batch}, {connections} connections"] = course.pushes(batch, connections)
            print(f"\npush, batch {batch}, {connections} connections, {arguments.rounds} rounds\n"
                  f"{report.race_table(runs, COLUMNS)}", flush=True)
        course.fill(SHORT_FILL if arguments.short else FILL)
        figures["pops"] = course.pops()
        print(f"\npop of {POP_BATCH}, {POP_CONNECTIONS} connections\n{report.race_table(figures['pops'], COLUMNS)}")
        figures["memory"]["after the load"] = server.resident_megabytes()
        contender.check(server)
    return figures


def goals_of(figures):
    """The figures to design for, with what was measured."""
    goals = []
    for name, runs in figures["pushes"].items():
        if len(runs) == len(CONTENDERS):
            goal = 0.60 if name.startswith(f"batch {GOAL_BATCH},") else None
            goals.append(report.Goal(f"push / insert, {name}", report.ratios(runs, "hydrogen", "insert"), "x", goal))
    for percent, goal in ((50, 3), (99, None)):
        values = [sorted(took)[len(took) * percent // 100] for took in figures["latencies"]]
        goals.append(report.Goal(f"push to a waiting pop, p{percent}", values, "ms", goal, at_least=False))
    late = figures["lateness"]
    goals.append(report.Goal(f"answer after a pop's time is over, p50 of {len(late)}", [late[len(late) // 2]], "ms"))
    goals.append(report.Goal("the same, latest", [late[-1]], "ms", 50, at_least=False))
    parked = figures["parked"]
    goals.append(report.Goal(f"statements a second with {parked['count']:,} pops waiting", [parked["with"]], "", 2,
                             at_least=False, digits=1))
    goals.append(report.Goal("the same without any", [parked["without"]], "", digits=1))
    goals += [report.Goal(f"RSS {when}", [mb], "MB", digits=1) for when, mb in figures["memory"].items()]
    return goals


def main():
    arguments = driver.parse_arguments(argparse.ArgumentParser(description=__doc__.partition("\n")[0]), CONTENDERS,
                                       CONTENDERS, short_rounds=1)
    facts = driver.machine()
    SCRATCH.mkdir(exist_ok=True)
    driver.need_wrk()
    postgresql = PostgreSQL()
    if "pg_stat_statements" not in postgresql.psql("SHOW shared_preload_libraries"):
        raise Missing("PostgreSQL counts no statements: HYDROGEN_PG_SETTINGS needs "
                      "-c shared_preload_libraries=pg_stat_statements")
    facts["postgresql"] = postgresql.psql("SHOW server_version")
    print(f"PostgreSQL {facts['postgresql']}, {CONNECTIONS} connections to it, {PARTITIONS} partitions")
    with tempfile.TemporaryDirectory(prefix="run-", dir=SCRATCH) as folder:
        contender = HydrogenQueue(driver.need_binary(arguments.hydrogen), pathlib.Path(folder), postgresql)
        figures = measure(arguments, contender, insert_program())
    goals = goals_of(figures)
    print(f"\n{report.goal_table(goals)}")
    if arguments.json:
        driver.write_json(arguments.json, {"machine": facts, **figures, "goals": [goal.data() for goal in goals]})


if __name__ == "__main__":
    driver.run(main)
