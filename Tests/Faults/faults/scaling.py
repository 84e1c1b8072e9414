"""Queues grow under load and shrink without it, and no call is lost on the way."""

import asyncio
import collections
import time

from faults.load import Crowd
from faults.scene import label_of
from faults.watch import Watch

QUIET_SECONDS = 2
MEDIUM_MOST = 3
CLIENTS = 24
SLEEP = 0.2
ALL_TAGS = "LSMFC"


async def scaling(scene):
    """Waves of load on Medium; Slow and Cache have no child of their own at first, the Lead serves them."""
    hydrogen = await scene.start(
        databases={"ScaleDownAfterSeconds": QUIET_SECONDS}, QueryTimeoutSeconds=20,
        Queues={"Slow": {"Min": 0, "Max": 1}, "Medium": {"Min": 1, "Max": MEDIUM_MOST},
                "Fast": {"Min": 1, "Max": 2}, "Cache": {"Min": 0, "Max": 1}})
    waves, seconds = scene.size((4, 10), (2, 4))
    calls = []
    async with QueueWatch(hydrogen) as watch:
        await watch.medium_is(1, 5)
        for wave in range(1, waves + 1):
            async with Crowd(hydrogen.port, CLIENTS, lambda: _medium(scene), 30) as crowd, \
                    Crowd(hydrogen.port, 3, lambda: scene.questions.sleep("slow", SLEEP / 4), 30) as slow, \
                    Crowd(hydrogen.port, 1, lambda: scene.questions.sleep("fast", 0.002), 30) as fast:
                await asyncio.sleep(seconds)
            calls += crowd.calls + slow.calls + fast.calls
            quiet = time.monotonic()
            # The next wave comes when children are about to end, or are ending.
            if wave < waves:
                await asyncio.sleep(scene.random.uniform(QUIET_SECONDS - 0.5, QUIET_SECONDS + 1.5))
        went_down = await watch.medium_is(1, 10 + 3 * QUIET_SECONDS * MEDIUM_MOST) - quiet
        await scene.all_serve(5)
    report = scene.report
    for moment, labels in watch.trace:
        report.figure(f"{moment:7.2f} s", labels)
    report.outcomes("calls", calls)
    report.figure("looks at the queues", watch.looks)
    report.figure("children of Slow at most", watch.most["S"])
    report.figure("load off -> Min", f"{went_down:.2f} s")
    report.at_least("children of Medium at most, reached", watch.most["M"], MEDIUM_MOST)
    report.at_most("children of Medium at most", watch.most["M"], MEDIUM_MOST)
    report.holds("Medium is back at Min", watch.now["M"] == 1, str(watch.now["M"]))
    report.none("wrong labels or tags", watch.faults)
    report.none("calls that were not served", [f"{call.question.queue}: {call.outcome}" for call in calls
                                               if not call.served])
    await scene.mark_writes(calls)
    twice = await scene.database.query("SELECT nonce, tries FROM app.writes WHERE tries <> 1")
    report.none("writes that ran more than once", twice)
    await scene.land()


def _medium(scene):
    """Half of them write, so that the database tells how often each ran."""
    if scene.random.random() < 0.5:
        return scene.questions.sleeping_write("medium", SLEEP)
    return scene.questions.sleep("medium", SLEEP)


class QueueWatch(Watch):
    """Looks at /api/system/queues 20 times a second.

    `now` and `most` count children by tag; `trace` has (seconds, labels) of each change.
    """

    def __init__(self, hydrogen):
        super().__init__()
        self.trace, self.faults = [], []
        self.most, self.now = collections.Counter(), collections.Counter()
        self.looks = 0
        self._hydrogen = hydrogen
        self._began = time.monotonic()

    async def look(self):
        self._count(await self._hydrogen.queues())
        await asyncio.sleep(0.05)

    def _count(self, queues):
        self.looks += 1
        labels = " ".join(queue["label"] for queue in queues)
        if not self.trace or self.trace[-1][1] != labels:
            self.trace.append((time.monotonic() - self._began, labels))
        if fault := fault_of(queues):
            self.faults.append(f"{fault}: {labels}")
        self.now = collections.Counter(queue["tags"] for queue in queues if queue["number"] > 0)
        for tag, count in self.now.items():
            self.most[tag] = max(self.most[tag], count)

    async def medium_is(self, count, limit):
        """Waits until Medium has `count` children, at most `limit` seconds. Returns that moment in any case."""
        deadline = time.monotonic() + limit
        while not (self.looks and self.now["M"] == count) and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        return time.monotonic()


def fault_of(queues):
    """What is wrong with the labels and tags of the DQMs of one database; None when nothing is."""
    numbers = [queue["number"] for queue in queues]
    if len(set(numbers)) != len(numbers) or numbers.count(0) != 1:
        return f"numbers {numbers}"
    for queue in queues:
        if queue["label"] != label_of(queue):
            return f"label {queue['label']} of number {queue['number']} with tags {queue['tags']}"
    children = "".join(queue["tags"] for queue in queues if queue["number"] > 0)
    if any(len(queue["tags"]) != 1 for queue in queues if queue["number"] > 0) or "L" in children:
        return f"tags of children {children}"
    lead = next(queue["tags"] for queue in queues if queue["number"] == 0)
    expected = "".join(tag for tag in ALL_TAGS if tag not in children)
    return None if lead == expected else f"the Lead bears {lead}, not {expected}"
