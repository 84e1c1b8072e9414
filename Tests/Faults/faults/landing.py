"""SIGTERM under load: every request is answered or refused, and nothing is left on the server."""

import asyncio
import re
import time

from faults.calls import DATABASE
from faults.load import Crowd, Load

SHUTDOWN_SECONDS = 10
RATE = 200
TALLIES = ("Drained", "Rejected", "Cancelled", "Abandoned", "Server sessions left")
OURS = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'DQM-%'"
# What was asked this long before the signal has been read by the server: it must be answered.
READ_SECONDS = 0.05
# No byte of an answer: the port was closed before the request was read.
REFUSED = ("refused", "cut: without an answer", "reset: without an answer")


async def landing(scene):
    """Rounds of launch, load with running and waiting queries, SIGTERM at a random moment, exit."""
    await scene.start_database()
    rounds = scene.size(10, 2)
    for turn in range(1, rounds + 1):
        await _round(scene, turn, rounds)
    scene.report.holds("rounds done", True)


async def _round(scene, turn, rounds):
    report = scene.report
    hydrogen = await scene.start_hydrogen(server={"ShutdownTimeoutSeconds": SHUTDOWN_SECONDS})
    await scene.all_serve(5)
    slow = Crowd(hydrogen.port, 8, lambda: scene.questions.sleep("slow", 0.15), 20)
    medium = Crowd(hydrogen.port, 8, lambda: scene.questions.sleeping_write("medium", 0.1), 20)
    async with Load(hydrogen.port, RATE, scene.questions.mixed, 20) as load, slow, medium:
        await asyncio.sleep(scene.random.uniform(1.0, 2.0))
        queues = await hydrogen.queues()
        told = time.monotonic()
        # One signal: a second one would not let what runs and waits finish.
        code, took = await hydrogen.end()
    exited = time.monotonic()
    await asyncio.sleep(max(0, exited + 1 - time.monotonic()))
    left = await scene.database.count(OURS)
    calls = load.calls + slow.calls + medium.calls
    log = hydrogen.log()
    tally = {name: re.findall(rf"{name}: +(\d+)", log) for name in TALLIES}
    running, waiting = (sum(queue[key] for queue in queues) for key in ("running", "depth"))
    numbers = {name: int(found[-1]) if found else -1 for name, found in tally.items()}
    scene.say(f"landing {turn} of {rounds}: {running} ran, {waiting} waited, {took:.2f} s, "
              + ", ".join(f"{name} {number}" for name, number in numbers.items()))
    before = [call for call in calls if call.sent < told - READ_SECONDS]
    after = [call for call in calls if call.sent >= told - READ_SECONDS]
    name = str(turn)
    report.outcomes(f"{name}: under way at SIGTERM", [call for call in before if call.sent + call.took >= told])
    report.outcomes(f"{name}: asked later", after)
    report.at_least(f"{name}: running and waiting at SIGTERM", running + waiting, 5)
    report.none(f"{name}: asked before SIGTERM, not answered", [
        f"{call.question.queue}: {call.fault}" for call in before if call.fault])
    report.none(f"{name}: asked later, neither answered nor refused", [
        f"{call.question.queue}: {call.fault}" for call in after if call.fault and not call.fault.startswith(REFUSED)])
    report.none(f"{name}: answers other than 200, 503 and 504", [
        call.outcome for call in calls if not call.fault and call.status not in (200, 503, 504)])
    report.holds(f"{name}: exit code 0", code == 0, f"{code}\n{hydrogen.tail()}")
    report.at_most(f"{name}: landing", took, SHUTDOWN_SECONDS, "s")
    nothing_left = numbers["Abandoned"] == numbers["Server sessions left"] == 0
    report.holds(f"{name}: the review has every tally, nothing abandoned, no session left",
                 nothing_left and min(numbers.values()) >= 0, str(tally))
    # Some were answered between the look and the signal.
    report.at_least(f"{name}: drained", numbers["Drained"], (running + waiting) // 2)
    report.at_most(f"{name}: cancelled", numbers["Cancelled"], 0)
    report.at_most(f"{name}: sessions on the server 1 s after", left, 0)
    report.holds(f"{name}: children landed in reverse, the Lead last", *_order(queues, log))
    await _writes_once(scene, name, calls)


def _order(queues, log):
    """(whether DQMs landed in the reverse of their spawning, what was instead).

    `queues` are in the order of their spawning, the Lead first. A child that was spawned after they were listed must
    have landed before all of them.
    """
    landed = [int(number) for number in re.findall(rf"DQM-{DATABASE}-(\d+)-\w+: landed, queries processed", log)]
    expected = [queue["number"] for queue in reversed(queues)]
    return landed[len(landed) - len(expected):] == expected and landed.count(0) == 1, f"{landed}, expected {expected}"


async def _writes_once(scene, name, calls):
    """What was acknowledged is in the table, and nothing ran twice."""
    rows = dict(await scene.database.query("SELECT nonce, tries FROM app.writes"))
    served = {call.question.nonce for call in calls if call.served and call.question.method == "POST"}
    scene.report.none(f"{name}: acknowledged writes that are lost", sorted(served - rows.keys()))
    twice = [nonce for nonce, tries in rows.items() if tries != "1"]
    scene.report.none(f"{name}: writes that ran more than once", twice)
