"""The database server dies, restarts, or ends its sessions, under load."""

import asyncio
import time

from faults.engines import MARIADB, POSTGRESQL
from faults.load import Load
from faults.report import spread

RATE = 500
TIMEOUT = 5
# How long a call may take in all before the suite gives it up, far beyond what is allowed.
GIVE_UP = 4 * TIMEOUT
BACK_WITHIN = 2


async def postmaster_kill(scene):
    """kill -9 of the postmaster and its children, and a restart after a random while, again and again."""
    await _kills(scene, POSTGRESQL, scene.size(20, 3))


async def mariadb_kill(scene):
    """The same of MariaDB's server."""
    await _kills(scene, MARIADB, scene.size(10, 2))


async def _kills(scene, engine, cycles):
    async def outage():
        scene.database.kill()
        await asyncio.sleep(scene.random.uniform(0.2, 2.0))
        return await scene.database.start()

    await _cycles(scene, engine, cycles, outage)


async def restart(scene):
    """A fast restart of the server, as `pg_ctl restart -m fast` does."""
    async def outage():
        await scene.database.stop()
        return await scene.database.start()

    await _cycles(scene, POSTGRESQL, scene.size(5, 1), outage)


async def _cycles(scene, engine, cycles, outage):
    """Runs outages under load. `outage` returns the moment at which the server accepts again."""
    hydrogen = await scene.start(engine)
    recoveries, readiness, outages = [], [], []
    async with Load(hydrogen.port, RATE, scene.questions.mixed, GIVE_UP) as load:
        for cycle in range(1, cycles + 1):
            await asyncio.sleep(scene.random.uniform(0.5, 1.5))
            lost = time.monotonic()
            accepting = await outage()
            served, ready = await asyncio.gather(scene.all_serve(30), scene.ready_again(30))
            outages.append((lost, accepting))
            recoveries.append(served - accepting)
            readiness.append(ready - accepting)
            scene.say(f"outage {cycle} of {cycles}: down {accepting - lost:.2f} s, "
                      f"serving {served - accepting:.3f} s after the server accepts")
        await asyncio.sleep(0.5)
    report = scene.report
    report.outcomes("load", load.calls)
    report.figure("answers within an outage", spread(
        [call.took for call in load.calls if any(lost <= call.sent < back for lost, back in outages)], "ms", 1000, 1))
    back_at = [back + recovery for (_, back), recovery in zip(outages, recoveries)]
    report.figure("calls refused outside of outages", _strays(load.calls, [lost for lost, _ in outages], back_at))
    report.figure("server accepts -> every queue serves", spread(recoveries))
    report.figure("server accepts -> readiness 200", spread(readiness))
    scene.mark_answers(load.calls, TIMEOUT + 1)
    scene.mark_fast_refusals(load.calls, outages)
    report.at_most("slowest recovery", max(recoveries), BACK_WITHIN, "s")
    report.at_most("slowest readiness", max(readiness), BACK_WITHIN, "s")
    await scene.mark_writes(load.calls)
    await scene.land()


def _strays(calls, losses, recoveries):
    """How many calls were not served although they were asked and answered while all was well."""
    calm = list(zip([0.0, *recoveries], [*losses, float("inf")]))
    return sum(1 for call in calls if not call.served
               and any(begin <= call.sent and call.sent + call.took < end for begin, end in calm))


async def terminate_backends(scene):
    """pg_terminate_backend on every session of Hydrogen, again and again; every call succeeds in the end."""
    hydrogen = await scene.start()
    cycles = scene.size(100, 6)
    recoveries, ended = [], []
    async with Load(hydrogen.port, RATE, scene.questions.mixed, GIVE_UP, most=256, retries=True) as load:
        await asyncio.sleep(0.5)
        for cycle in range(1, cycles + 1):
            terminated = await scene.database.count(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'DQM-%'")
            moment = time.monotonic()
            recoveries.append(await scene.all_serve(30) - moment)
            ended.append(terminated)
            if cycle % 20 == 0 or scene.short:
                scene.say(f"{cycle} of {cycles}: {terminated} sessions ended, serving after {recoveries[-1]:.3f} s")
            await asyncio.sleep(scene.random.uniform(0.1, 0.6))
        await scene.ready_again(30)
    report = scene.report
    report.outcomes("load, retries included", load.calls)
    report.figure("sessions ended in all", f"{sum(ended):,}")
    report.figure("sessions ended -> every queue serves", spread(recoveries))
    report.at_least("fewest sessions ended in one go", min(ended), 1)
    scene.mark_answers(load.calls, TIMEOUT + 1)
    report.at_most("slowest recovery", max(recoveries), BACK_WITHIN, "s")
    report.none("calls that never succeeded", [f"{lost.queue} {lost.nonce}" for lost in load.lost])
    await scene.mark_writes(load.calls)
    await scene.land()
