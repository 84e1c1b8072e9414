"""The message queue keeps pushes in files while its database is away, and is killed with them."""

import asyncio
import time

from faults.message_queue import finish, launch, make_load, pushes_go_on
from faults.report import spread

PATIENCE_MS = 1000
DELIVERED_WITHIN = 10


async def queue_buffer(scene):
    """kill -9 of the database, and of Hydrogen while the database is away: what was answered `buffered` arrives."""
    cycles = scene.size(30, 2)
    buffer = {"Directory": "pushes", "PatienceMilliseconds": PATIENCE_MS}
    await launch(scene, {"Buffer": buffer})
    kept, again = [], []
    async with make_load(scene, producers=16, groups={None: 3, "second": 2}) as load:
        for cycle in range(1, cycles + 1):
            await asyncio.sleep(scene.random.uniform(0.2, 1.5))
            scene.database.kill()
            lost = time.monotonic()
            await pushes_go_on(scene, load, "buffered")
            kept.append(time.monotonic() - lost)
            await asyncio.sleep(scene.random.uniform(0, 1.0))
            for _ in range(scene.random.randrange(3)):
                await scene.hydrogen.kill()
                scene.hydrogen.start()
                await pushes_go_on(scene, load, "buffered")
                await asyncio.sleep(scene.random.uniform(0, 0.3))
            accepting = await scene.database.start()
            if scene.random.random() < 0.5:
                # While the files are being delivered.
                await asyncio.sleep(scene.random.uniform(0, 1.0))
                await scene.hydrogen.kill()
                scene.hydrogen.start()
            await pushes_go_on(scene, load, "queued")
            again.append(time.monotonic() - accepting)
            if cycle % 5 == 0 or scene.short:
                scene.say(f"outage {cycle} of {cycles}: pushes are kept after {kept[-1]:.2f} s, stored again "
                          f"{again[-1]:.2f} s after the server accepts; {load.ledger.statuses['buffered']:,} kept so far")
        await finish(scene, load)
    report = scene.report
    report.figure("database killed -> a push is kept", spread(kept))
    report.figure("server accepts -> a push is stored at once", spread(again))
    report.at_least("messages that were kept", load.ledger.statuses["buffered"], 10 * cycles)
    report.at_most("slowest first push that is kept", max(kept), PATIENCE_MS / 1000 + 1, "s")
    report.at_most("slowest return", max(again), DELIVERED_WITHIN, "s")
    await scene.land()
