"""A flood of slow calls: the fast queue does not feel it, and the slow one says when it is full."""

import asyncio
import collections
import random

from faults.calls import Questions, ask
from faults.client import Pool
from faults.load import Load
from faults.report import percentile, spread
from faults.worker import Worker

RATE = 250
SLOWNESS = 2.0
CLIENTS = 300
DEPTH = 100
SLEEP = 0.1
GIVE_UP = 40


async def flood(scene):
    """The fast queue's p99 in turns without and with 300 clients on the slow queue, which may hold 100 of them.

    The slow queries sleep: they take no CPU from the fast ones.
    """
    hydrogen = await scene.start(
        MaxQueueDepth=DEPTH, QueryTimeoutSeconds=25,
        Queues={"Slow": {"Min": 1, "Max": 1}, "Medium": {"Min": 1, "Max": 1},
                "Fast": {"Min": 1, "Max": 1}, "Cache": {"Min": 1, "Max": 1}})
    seconds, rounds = scene.size((10, 3), (2.5, 1))
    calm, flooded, waiting, results = [], [], [], []
    await _fast(scene, 1)
    for turn in range(rounds):
        calm += await _fast(scene, seconds)
        worker = Worker("flood", port=hydrogen.port, prefix="f" + "abc"[turn], seed=scene.random.getrandbits(64))
        await _slow_is_full(hydrogen)
        flooded += await _fast(scene, seconds)
        waiting.append(await _slow_depth(hydrogen))
        worker.stop()
        results.append(await worker.result(60))
        await asyncio.sleep(1)
    report = scene.report
    counts = sum((collections.Counter(result["counts"]) for result in results), collections.Counter())
    for outcome, count in sorted(counts.items()):
        report.figure(f"slow: {outcome}", f"{count:,}")
    report.figure("slow: Retry-After of a full queue",
                  " to ".join(f"{bound} s" for bound in _bounds([wait for r in results for wait in r["waits"]])))
    report.figure("slow: waiting under flood", ", ".join(map(str, waiting)))
    before, after = ([call.took for call in calls] for calls in (calm, flooded))
    report.figure("fast, without the flood", spread(before, "ms", 1000, 2))
    report.figure("fast, under the flood", spread(after, "ms", 1000, 2))
    ratio = percentile(after, 99) / percentile(before, 99)
    if scene.short:
        report.figure("fast p99, flooded / not", f"{ratio:.2f}")
    else:
        report.at_most("fast p99, flooded / not", ratio, SLOWNESS)
    report.none("fast calls that were not served", [call.outcome for call in calm + flooded if not call.served])
    report.at_least("slow calls told that the queue is full", counts["503 HYD-3002"], 1)
    report.none("slow calls that were not answered well", [text for result in results for text in result["faults"]])
    await scene.land()


async def _fast(scene, seconds):
    """Fast calls at a steady pace; returns them."""
    async with Load(scene.hydrogen.port, RATE, lambda: scene.questions.read("fast"), GIVE_UP, most=64) as load:
        await asyncio.sleep(seconds)
    return load.calls


async def _slow_depth(hydrogen):
    return max(queue["depth"] for queue in await hydrogen.queues() if "S" in queue["tags"])


async def _slow_is_full(hydrogen):
    """Waits until the flood is there, and the crowd of its first moment is over."""
    for _ in range(100):
        if await _slow_depth(hydrogen) >= DEPTH * 0.9:
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)


def _bounds(values):
    return (min(values), max(values)) if values else ("none",)


# In the worker

async def work(stop, *, port, prefix, seed):
    """300 clients on the slow queue until told to stop; then those who wait leave."""
    chance = random.Random(seed)
    questions, pool = Questions(prefix, chance), Pool(port)
    counts, waits, faults = collections.Counter(), [], []

    async def client():
        # They do not come all at once, neither at first nor again.
        await asyncio.sleep(chance.uniform(0, 1))
        while True:
            call = await ask(pool, questions.sleep("slow", SLEEP), GIVE_UP)
            counts[call.outcome] += 1
            if call.fault:
                faults.append(call.fault)
            elif call.outcome not in ("200", "503 HYD-3002", "504 HYD-3003"):
                faults.append(call.outcome)
            if call.code == "HYD-3002" and call.retry_after:
                waits.append(call.retry_after)
            if not call.served:
                await asyncio.sleep((call.retry_after or 1) * chance.uniform(1, 2))

    clients = [asyncio.create_task(client()) for _ in range(CLIENTS)]
    await stop.wait()
    for task in clients:
        task.cancel()
    await asyncio.gather(*clients, return_exceptions=True)
    return {"counts": counts, "waits": waits, "faults": faults[:20]}
