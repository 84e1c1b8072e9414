"""The network between Hydrogen and the database drops everything, and nobody is told."""

import asyncio
import time

from faults.load import Load
from faults.proxy import Proxy
from faults.report import percentile, spread
from faults.scene import HealthWatch

RATE = 60
CONNECT_TIMEOUT = 5


async def silent_drop(scene):
    """Sockets stay open, new ones are accepted, nothing goes through; then all goes through again."""
    timeout, silent_seconds = scene.size((5, 60), (2, 8))
    await scene.start_database()
    proxy = await scene.enter(Proxy(scene.database.port))
    hydrogen = await scene.start_hydrogen(database_port=proxy.port, QueryTimeoutSeconds=timeout)
    async with Load(hydrogen.port, RATE, scene.questions.mixed, 4 * timeout, most=400) as load:
        await asyncio.sleep(1)
        before = proxy.accepted
        proxy.silence()
        silent = time.monotonic()
        async with HealthWatch(hydrogen.port) as health:
            await asyncio.sleep(silent_seconds)
        status, _ = await hydrogen.readiness()
        attempts = proxy.accepted - before
        proxy.resume()
        resumed = time.monotonic()
        recovery = await scene.all_serve(60) - resumed
        readiness = await scene.ready_again(60) - resumed
        await asyncio.sleep(0.5)
    report = scene.report
    calm = [call for call in load.calls if call.sent + call.took < silent]
    meanwhile = [call for call in load.calls if silent <= call.sent < resumed]
    report.outcomes("before", calm)
    report.outcomes("asked in silence", meanwhile)
    report.figure("answers in silence", spread([call.took for call in meanwhile]))
    report.figure("connections tried in silence", attempts)
    report.figure("health in silence", spread(health.took, "ms", 1000, 1))
    report.figure("resumed -> readiness 200", f"{readiness:.3f} s")
    report.holds("every call before was served", all(call.served for call in calm))
    report.holds("readiness 503 at the end of the silence", status == 503, str(status))
    scene.mark_answers(load.calls, timeout + 1)
    report.at_most("health, p99", percentile(health.took, 99) * 1000, 100, "ms")
    report.at_most("resumed -> every queue serves", recovery, CONNECT_TIMEOUT + 2, "s")
    await scene.mark_writes(load.calls)
    await scene.land()
