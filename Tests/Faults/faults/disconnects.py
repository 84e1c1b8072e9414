"""Clients leave at random moments: what they asked is stopped, and nothing else is."""

import asyncio
import collections
import contextlib
import itertools
import time

from faults.calls import MARKED, QUEUES, Question
from faults.client import Connection, Failed
from faults.load import Crowd
from faults.report import spread
from faults.watch import Watch

LEAVERS = 32
WITNESSES = 3
STOPPED_WITHIN = 0.5
# Long enough that only a cancel, never its own end, stops such a statement in time.
LONG_SLEEP = 4.0
POLL_SECONDS = 0.01
# With so many bad answers the scenario ends: it is missed anyway.
MOST_FAULTS = 100


async def disconnects(scene):
    """10,000 clients leave by FIN, by RST, or by closing their sending side; witnesses share their queues."""
    hydrogen = await scene.start()
    leavers = Leavers(scene, scene.size(10_000, 600))
    crowds = [Crowd(hydrogen.port, WITNESSES, _witness(scene, queue), 20) for queue in QUEUES]
    session = await scene.database.connect()
    watch = LockWatch(session, leavers.left)
    async with contextlib.AsyncExitStack() as stack:
        for part in (*crowds, watch):
            await stack.enter_async_context(part)
        await leavers.run()
        # Whatever still runs has this long to be stopped.
        await asyncio.sleep(STOPPED_WITHIN + 0.5)
    leftover = await session.value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
    await session.close()
    queues = await hydrogen.queues()
    report = scene.report
    witnesses = [call for crowd in crowds for call in crowd.calls]
    met_running = watch.seen & set(leavers.left)
    for (queue, how), count in sorted(leavers.done.items()):
        report.figure(f"{queue}: {how}", f"{count:,}")
    report.figure("queries that Hydrogen took back or stopped", sum(queue["cancelled"] for queue in queues))
    report.figure("statements of leavers seen running, Slow and Medium", f"{len(met_running):,}")
    report.figure("seen running after their client had left", len(watch.lags))
    report.figure("running on after the client had left", spread(list(watch.lags.values()), "ms", 1000, 1))
    report.figure("running on longer than they may", sum(lag > STOPPED_WITHIN for lag in watch.lags.values()))
    report.figure("witnesses' answers", spread([call.took for call in witnesses], "ms", 1000, 1))
    report.outcomes("witnesses", witnesses)
    report.at_least("statements that had to be stopped", len(met_running), leavers.total // 200)
    report.at_most("longest on after the client had left", max(watch.lags.values(), default=0.0), STOPPED_WITHIN, "s")
    report.holds("nothing runs in the end", leftover == "0", f"{leftover} statements")
    report.none("witnesses that were not served", [f"{call.question.queue}: {call.outcome}" for call in witnesses
                                                   if not call.served])
    report.none("bad answers to those who stayed long enough", leavers.faults)
    await scene.land()


def _witness(scene, queue):
    longest = 0.02 if queue in ("slow", "medium") else 0.003
    return lambda: scene.questions.sleep(queue, scene.random.uniform(0, longest))


class Leavers:
    """Clients who ask, wait a random moment, and leave. `left` has the moment by nonce, for Slow and Medium."""

    def __init__(self, scene, total):
        self.total = total
        self.left = {}
        self.done = collections.Counter()
        self.faults = []
        self._scene, self._random = scene, scene.random
        self._numbers = itertools.count(1)
        self._departed = 0

    async def run(self):
        """Some at a time, until `total` have left without their answer."""
        await asyncio.gather(*(self._leave_in_turn() for _ in range(LEAVERS)))

    async def _leave_in_turn(self):
        while self._departed < self.total and len(self.faults) < MOST_FAULTS:
            await self._one()

    async def _one(self):
        random, nonce = self._random, next(self._numbers)
        queue = random.choice(QUEUES)
        stoppable = queue in ("slow", "medium")
        seconds = LONG_SLEEP if stoppable and random.random() < 0.7 else random.uniform(0, 0.004)
        question = Question(MARKED, queue, nonce, {"seconds": f"{seconds:.4f}"})
        how = random.choice(("close", "reset", "half"))
        try:
            connection = await Connection.open_to(self._scene.hydrogen.port)
            if random.random() < 0.8:
                # The server has taken up the connection: the question is read at once.
                await connection.request("GET", "/api/system/health", limit=10)
        except Failed as failure:
            self.faults.append(f"{queue}: {failure}")
            return
        if random.random() < 0.05:
            head = f"GET {question.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            connection.send_part(head[:random.randrange(1, len(head))])
            await asyncio.sleep(random.uniform(0, 0.01))
            connection.leave(how)
            self._count(queue, "left within the head")
            return
        answer = connection.send("GET", question.path, request_id=f"r-{nonce}")
        await asyncio.wait({answer}, timeout=random.uniform(0, random.choice((0.002, 0.02, 0.1))))
        if answer.done():
            self._check(question, answer)
            connection.leave(how)
            return
        connection.leave(how)
        if stoppable:
            self.left[nonce] = time.monotonic()
        self._count(queue, f"left by {how}")

    def _count(self, queue, how):
        self.done[queue, how] += 1
        self._departed += 1
        if self._departed % 2000 == 0:
            self._scene.say(f"{self._departed:,} of {self.total:,} clients have left")

    def _check(self, question, answer):
        try:
            response = answer.result()
            rows = response.json().get("rows", [{}])
        except (Failed, ValueError) as failure:
            self.faults.append(f"{question.queue}: {failure}")
            return
        self.done[question.queue, "answered before leaving"] += 1
        if response.status != 200 or rows[0].get("nonce") != question.nonce:
            self.faults.append(f"{question.queue}: {response.status} {response.body[:100]!r}")


class LockWatch(Watch):
    """Asks pg_locks which marked statements run.

    `seen` has their nonces; `lags`, by nonce, for how many seconds one ran on after its client had left.
    """

    def __init__(self, session, left):
        super().__init__()
        self.seen, self.lags = set(), {}
        self._session, self._left = session, left

    async def look(self):
        asked = time.monotonic()
        rows = await self._session.query("SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND granted")
        for nonce in (int(text) for (text,) in rows):
            self.seen.add(nonce)
            left = self._left.get(nonce)
            if left is not None and left < asked:
                self.lags[nonce] = asked - left
        await asyncio.sleep(POLL_SECONDS)
