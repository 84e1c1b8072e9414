"""What every scenario gets: a database server and a Hydrogen of its own, chance with a seed, a report."""

import asyncio
import contextlib
import math
import pathlib
import random
import re
import time

from faults.calls import DATABASE, QUEUES, Questions, ask
from faults.client import Failed, Pool, get
from faults.engines import POSTGRESQL
from faults.hydrogen import Hydrogen
from faults.processes import Broken
from faults.report import Report

# A moment between a fault and the first refusal that is told at once: the loss has to be noticed.
NOTICE_SECONDS = 0.5


class Scene:
    """The stage of one scenario, an async context manager that tears everything down."""

    def __init__(self, name, *, binary, templates, folder, seed, short, logs=None):
        """`logs` is a folder that keeps the logs of all processes."""
        self.name, self.short = name, short
        self.random = random.Random(f"{seed}:{name}")
        self.questions = Questions("n", self.random)
        # In a small size the limits of time are five times as long: it runs where machines are noisy.
        self.report = Report(name, seed, patience=5 if short else 1)
        self.binary, self.folder = binary, pathlib.Path(folder)
        self._templates, self._logs = templates, logs
        self._stack = contextlib.AsyncExitStack()
        self._started = 0
        self.hydrogen = None
        self.engine = POSTGRESQL
        self.database = None

    async def __aenter__(self):
        self._begun = time.monotonic()
        return self

    async def __aexit__(self, *_):
        await self._stack.aclose()
        self.report.seconds = time.monotonic() - self._begun

    def size(self, full, short):
        """The size of this run."""
        return short if self.short else full

    def say(self, text):
        """A line of progress."""
        print(f"    {text}", flush=True)

    # The parts

    async def start_database(self, engine=POSTGRESQL, launch=True, **settings):
        """A server with the suite's tables. Without `launch` it is stopped again, and ready to start."""
        self.engine = engine
        self.database = engine.server(self._templates, self.name, settings)
        self._stack.push_async_callback(self._end_database)
        await self.database.start()
        await self.database.query(engine.tables)
        if not launch:
            await self.database.stop()
        return self.database

    async def _end_database(self):
        if self.database.process:
            await self.database.stop()
        self._keep(f"{self.name}-{self.database.NAME}.log", self.database.log())

    async def _end_hydrogen(self, hydrogen, name):
        await hydrogen.end()
        self._keep(f"{name}.log", hydrogen.log())

    def _keep(self, name, text):
        if self._logs:
            (self._logs / name).write_text(text + "\n", encoding="utf-8")

    async def start_hydrogen(self, wait=True, database_port=None, **changes):
        """A Hydrogen on this database, or on another port. With `wait` it is ready for requests."""
        self._started += 1
        name = f"{self.name}-{self._started}"
        hydrogen = Hydrogen(self.binary, self.folder / name, self.engine, database_port or self.database.port,
                            **changes)
        hydrogen.start()
        self._stack.push_async_callback(self._end_hydrogen, hydrogen, name)
        self.hydrogen = hydrogen
        if wait:
            await hydrogen.ready()
        return hydrogen

    async def start(self, engine=POSTGRESQL, **changes):
        """Both, the database with its usual settings."""
        await self.start_database(engine)
        return await self.start_hydrogen(**changes)

    async def enter(self, context):
        """Enters an async context manager that is left with the scene."""
        return await self._stack.enter_async_context(context)

    async def land(self):
        """Ends Hydrogen: it must have lived until now, and land cleanly."""
        self.report.holds("Hydrogen lived", self.hydrogen.is_alive, f"exit code {self.hydrogen.process.returncode}")
        code, took = await self.hydrogen.end()
        self.report.holds("it lands, exit code 0", code == 0, f"{code}\n{self.hydrogen.tail()}")
        left = re.findall(r"Server sessions left: +(\d+)", self.hydrogen.log())
        self.report.holds("Server sessions left: 0", left == ["0"], str(left))
        return took

    # Waiting for service

    async def all_serve(self, limit):
        """Asks every queue until each has served a call. Returns the moment of the last one; Broken after `limit` s."""
        return max(await asyncio.gather(*(self._serves(queue, limit) for queue in QUEUES)))

    async def _serves(self, queue, limit):
        pool, deadline = Pool(self.hydrogen.port), time.monotonic() + limit
        try:
            while True:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise Broken(f"the queue {queue} does not serve within {limit:g} s\n{self.hydrogen.tail()}")
                call = await ask(pool, self.questions.read(queue), left)
                if call.served:
                    return call.sent + call.took
                await asyncio.sleep(0.02)
        finally:
            pool.close()

    async def ready_again(self, limit):
        """Asks the readiness until it is 200. Returns that moment; Broken after `limit` s."""
        deadline = time.monotonic() + limit
        while True:
            status, body = await self.hydrogen.readiness()
            if status == 200:
                return time.monotonic()
            if time.monotonic() > deadline:
                raise Broken(f"not ready within {limit:g} s: {body}\n{self.hydrogen.tail()}")
            await asyncio.sleep(0.02)

    async def reason_that(self, pattern, limit):
        """Asks the readiness until a reason matches a pattern. Returns (whether one did, the last reasons)."""
        deadline = time.monotonic() + limit
        while True:
            reasons = await self.hydrogen.reasons()
            if re.search(pattern, reasons, re.IGNORECASE):
                return True, reasons
            if time.monotonic() > deadline:
                return False, reasons
            await asyncio.sleep(0.05)

    # Marks that several scenarios have

    def mark_answers(self, calls, longest):
        """Every call was answered, typed, and within `longest` seconds."""
        report = self.report
        broken = [call for call in calls if call.fault]
        report.none("requests without an answer (hung, reset, cut)", [
            f"{call.question.queue}: {call.fault}" for call in broken if call.status is None])
        report.none("answers that are mixed or untyped", [call.fault for call in broken if call.status is not None])
        answered = [call for call in calls if not call.fault]
        report.none("answers other than 200, 503 and 504", [
            f"{call.question.queue}: {call.outcome}" for call in answered if call.status not in (200, 503, 504)])
        report.at_most("slowest answer", max((call.took for call in calls), default=0.0), longest, "s")

    def mark_fast_refusals(self, calls, outages):
        """What was asked while the database was known to be down was answered within a second.

        `outages` are (lost, back) in seconds on the monotonic clock.
        """
        took = [call.took for call in calls for lost, back in outages if lost + NOTICE_SECONDS <= call.sent < back]
        self.report.at_most("slowest answer while down", max(took, default=0.0), 1, "s")

    async def mark_writes(self, calls):
        """Every write that was acknowledged is in the table, and none that was never asked."""
        acknowledged = {call.question.nonce for call in calls if call.served and call.question.method == "POST"}
        asked = {call.question.nonce for call in calls if call.question.method == "POST"}
        stored = {nonce for (nonce,) in await self.database.query("SELECT nonce FROM app.writes")}
        self.report.figure("writes: acknowledged, stored", f"{len(acknowledged):,}, {len(stored):,}")
        self.report.none("acknowledged writes that are lost", sorted(acknowledged - stored))
        self.report.none("stored writes that nobody asked for", sorted(stored - asked))


class HealthWatch:
    """Asks the health up to 50 times a second, inside an `async with`.

    `took` has the seconds of each answer, infinite for one that did not come.
    """

    def __init__(self, port):
        self.took = []
        self._port = port
        self._task = None

    async def __aenter__(self):
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_):
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self):
        while True:
            begun = time.monotonic()
            try:
                response = await get(self._port, "/api/system/health")
                self.took.append(time.monotonic() - begun if response.status == 200 else math.inf)
            except Failed:
                self.took.append(math.inf)
            await asyncio.sleep(0.02)


def label_of(queue):
    """The label that a DQM of /api/system/queues should have."""
    return f"DQM-{DATABASE}-{queue['number']:02}-{queue['tags']}"
