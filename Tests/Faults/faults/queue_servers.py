"""Two servers of one message queue, of which now the one and now the other is killed."""

import asyncio
import collections
import time

from faults.message_queue import CONNECTIONS, finish, launch, make_load, pushes_go_on, sections
from faults.queue_calls import QueueClient
from faults.report import spread

WOKEN_WITHIN = 1.5


async def queue_servers(scene):
    """kill -9 of one of two servers at a time, whose clients wait for it while those of the other go on."""
    cycles = scene.size(60, 4)
    first = await launch(scene)
    second = await scene.start_hydrogen(sections=sections(), Queues=CONNECTIONS)
    longest = []
    async with make_load(scene, first, producers=16, groups={None: 4, "second": 4}) as load:
        for cycle in range(1, cycles + 1):
            await asyncio.sleep(scene.random.uniform(0.1, 1.0))
            victim = scene.random.choice((first, second))
            await victim.kill()
            begun = time.monotonic()
            await pushes_go_on(scene, load)
            longest.append(time.monotonic() - begun)
            await asyncio.sleep(scene.random.uniform(0, 0.5))
            victim.start()
            await victim.ready()
            if cycle % 10 == 0 or scene.short:
                scene.say(f"kill {cycle} of {cycles}: {len(load.ledger.acknowledged):,} acknowledged")
        await finish(scene, load)
    woken = await _wakes(first, second, scene.size(50, 5))
    report = scene.report
    report.figure("kill of one -> a push at the other is acknowledged", spread(longest))
    report.figure("push at one -> a pop that waits at the other has it", spread(woken))
    report.at_most("slowest pop that is woken by the other server", max(woken), WOKEN_WITHIN, "s")
    code, _ = await first.end()
    report.holds("the first lands, exit code 0", code == 0, f"{code}\n{first.tail()}")
    await scene.land()


async def _wakes(first, second, count):
    """Seconds from pushes at one server to the answers of pops that wait at the other."""
    took = []
    producer, consumer = (QueueClient(server.port, [], collections.Counter()) for server in (first, second))
    for number in range(count):
        waiting = asyncio.create_task(consumer.pop("waker", takes_all=True, wait_ms=10_000))
        await asyncio.sleep(0.1)
        begun = time.monotonic()
        await producer.push([{"transactionId": f"wake-{number}", "payload": number}])
        await waiting
        took.append(time.monotonic() - begun)
    producer.close()
    consumer.close()
    return took
