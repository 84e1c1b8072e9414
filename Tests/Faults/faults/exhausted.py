"""Foreign connections take every slot of the server."""

import asyncio
import time

from faults import wire
from faults.load import Crowd
from faults.processes import Broken

ABOUT_CONNECTIONS = r"too many|slots|53300|max_connections|connection limit|no (more |free )?connections?"
BACK_WITHIN = 2
OURS = "application_name LIKE 'DQM-%'"


async def exhausted(scene):
    """Before the launch, and once more after a restart of the server."""
    slots = scene.size(300, 40)
    await scene.start_database(max_connections=slots)
    foreigners = Foreigners(scene.database)
    await foreigners.take_all()
    hydrogen = await scene.start_hydrogen(wait=False)
    await hydrogen.line("http://127.0.0.1")
    await _held(scene, foreigners, "at launch", "starting")

    await scene.database.stop()
    foreigners.forget()
    await scene.database.start()
    await foreigners.take_all()
    await _held(scene, foreigners, "after a restart", "unavailable")
    await scene.land()


async def _held(scene, foreigners, when, status_expected):
    """While all slots are taken Hydrogen says so; when they are free again it serves."""
    report, hydrogen = scene.report, scene.hydrogen
    report.figure(f"{when}: foreign connections", len(foreigners.sessions))
    told, reasons = await scene.reason_that(ABOUT_CONNECTIONS, 8)
    report.figure(f"{when}: reason", reasons)
    report.holds(f"{when}: the reason tells of connections", told, reasons)
    expected = (200, 503, status_expected)
    async with Crowd(hydrogen.port, 4, lambda: scene.questions.read("fast"), 20) as crowd:
        await asyncio.sleep(scene.size(3, 1))
        status, body = await hydrogen.readiness()
        health, _ = await hydrogen.json("/api/system/health")
    report.outcomes(when, crowd.calls)
    report.holds(f"{when}: health 200, readiness 503 {status_expected}",
                 (health, status, body["status"]) == expected, f"{health}, {status} {body['status']}")
    report.none(f"{when}: calls other than 503 HYD-3004",
                [call.outcome for call in crowd.calls if call.outcome != "503 HYD-3004"])
    report.at_most(f"{when}: slowest refusal", max(call.took for call in crowd.calls), 1, "s")
    await foreigners.leave()
    released = time.monotonic()
    report.at_most(f"{when}: released -> every queue serves", await scene.all_serve(30) - released, BACK_WITHIN, "s")
    await scene.ready_again(30)


class Foreigners:
    """Sessions of a superuser, who may also use the slots that are kept for superusers."""

    def __init__(self, database):
        self.sessions = []
        self._database = database

    async def take_all(self, limit=20):
        """Opens sessions until none of Hydrogen is left and the server takes no more."""
        deadline = time.monotonic() + limit
        while True:
            try:
                self.sessions.append(await self._database.connect())
                continue
            except wire.Refused as refusal:
                if refusal.sqlstate != "53300":
                    raise Broken(f"a foreign connection was refused: {refusal}") from refusal
            if await self._end_hydrogens() == 0:
                return
            if time.monotonic() > deadline:
                raise Broken(f"Hydrogen still has sessions after {limit} s of taking slots")

    async def _end_hydrogens(self):
        """Ends the sessions of Hydrogen, whose slots are then free to be taken. Returns how many there were."""
        return int(await self.sessions[0].value(
            f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {OURS}"))

    async def leave(self):
        """Closes all, the server's side included."""
        await asyncio.gather(*(session.close() for session in self.sessions))
        self.sessions.clear()

    def forget(self):
        """Drops sessions that the server has ended."""
        for session in self.sessions:
            session.abort()
        self.sessions.clear()
