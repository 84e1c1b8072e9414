"""The message queue while Hydrogen or its database is killed, again and again, at random moments."""

import asyncio
import collections
import time

from faults.calls import DATABASE
from faults.processes import Broken
from faults.queue_calls import QUEUE, QueueClient, insist
from faults.queue_ledger import Verdict
from faults.queue_load import LEASE_SECONDS, RETRY_LIMIT, QueueLoad
from faults.report import spread

BACK_WITHIN = 3
DRAINED_WITHIN = 300
CONNECTIONS = {"Slow": {"Min": 0, "Max": 0}, "Medium": {"Min": 4, "Max": 4}, "Fast": {"Min": 0, "Max": 0},
               "Cache": {"Min": 0, "Max": 0}}

ROWS = f"""
    SELECT p.name, m.sequence, m.transaction_id, m.id FROM hydrogen_queue.messages AS m
    JOIN hydrogen_queue.partitions AS p ON p.number = m.partition
    JOIN hydrogen_queue.queues AS q ON q.number = p.queue WHERE q.name = '{QUEUE}' ORDER BY p.name, m.sequence"""
TWICE = """
    SELECT count(*) FROM (
        SELECT FROM hydrogen_queue.messages GROUP BY transaction_id HAVING count(*) > 1) AS doubled"""
DEAD = """
    SELECT m.transaction_id FROM hydrogen_queue.dead_letters AS d
    JOIN hydrogen_queue.messages AS m ON m.partition = d.partition AND m.sequence = d.sequence
    WHERE d.consumer_group = '{group}'"""
BEHIND = """
    SELECT coalesce(sum(p.last_sequence - coalesce(c.sequence, 0)), 0) FROM hydrogen_queue.partitions AS p
    LEFT JOIN hydrogen_queue.cursors AS c ON c.partition = p.number AND c.consumer_group = '{group}'"""


async def queue_kill(scene):
    """kill -9 of Hydrogen at random moments, of its launch too, under pushes and pops."""
    cycles = scene.size(200, 6)
    await launch(scene)
    back = []
    async with make_load(scene, producers=16, groups={None: 3, "second": 2}, takers="takers") as load:
        for cycle in range(1, cycles + 1):
            await asyncio.sleep(scene.random.uniform(0.02, 1.0))
            await scene.hydrogen.kill()
            if scene.random.random() < 0.1:
                scene.hydrogen.start()
                await asyncio.sleep(scene.random.uniform(0, 0.3))
                await scene.hydrogen.kill()
            back.append(await _started_again(scene, load))
            if cycle % 20 == 0 or scene.short:
                scene.say(f"kill {cycle} of {cycles}: pushes go on {back[-1]:.2f} s after the start, "
                          f"{len(load.ledger.acknowledged):,} acknowledged")
        await finish(scene, load)
    scene.report.figure("start of Hydrogen -> a push is acknowledged", spread(back))
    scene.report.at_most("slowest return", max(back), BACK_WITHIN, "s")
    await scene.land()


async def queue_postgres_kill(scene):
    """kill -9 of PostgreSQL and its children at random moments, under pushes and pops."""
    cycles = scene.size(20, 2)
    await launch(scene)
    back = []
    async with make_load(scene, producers=16, groups={None: 3, "second": 2}, takers="takers") as load:
        for cycle in range(1, cycles + 1):
            await asyncio.sleep(scene.random.uniform(0.2, 1.5))
            back.append(await _database_again(scene, load))
            scene.say(f"kill {cycle} of {cycles}: pushes go on {back[-1]:.2f} s after the server accepts, "
                      f"{len(load.ledger.acknowledged):,} acknowledged")
        await finish(scene, load)
    scene.report.figure("server accepts -> a push is acknowledged", spread(back))
    scene.report.at_most("slowest return", max(back), BACK_WITHIN, "s")
    await scene.land()


async def queue_groups(scene):
    """Ten consumers in three groups, of whose deliveries some fail, while both are killed."""
    cycles = scene.size(40, 4)
    await launch(scene)
    groups = {"one": 4, "two": 3, "three": 3}
    async with make_load(scene, producers=12, groups=groups, failing=0.01) as load:
        for cycle in range(1, cycles + 1):
            await asyncio.sleep(scene.random.uniform(0.2, 2.0))
            if cycle % 4 == 0:
                await _database_again(scene, load)
            else:
                await scene.hydrogen.kill()
                await _started_again(scene, load)
            if cycle % 10 == 0 or scene.short:
                scene.say(f"kill {cycle} of {cycles}: {len(load.ledger.acknowledged):,} acknowledged")
        await finish(scene, load)
    report = scene.report
    verdict = Verdict(load.ledger, await scene.database.query(ROWS), RETRY_LIMIT)
    for group in groups:
        dead = [transaction for (transaction,) in await scene.database.query(DEAD.format(group=group))]
        report.figure(f"{group}: failures sent, dead letters", f"{verdict.failures(group).total():,}, {len(dead):,}")
        report.at_least(f"{group}: dead letters", len(dead), 1)
        report.none(f"{group}: dead letters of messages that had not failed so often",
                    verdict.unfounded_dead(group, dead))
        report.none(f"{group}: messages neither done nor among the dead letters", verdict.unburied(group, dead))
    await scene.land()


# Parts

def sections(more=None):
    """The configuration of the message queue, with `more` keys."""
    return {"MessageQueue": {"Enabled": True, "Database": DATABASE, **(more or {})}}


async def launch(scene, more=None, **options):
    """A Hydrogen with the queue of the scenarios. `more` are keys of its section, `options` replace those of the queue."""
    hydrogen = await scene.start(sections=sections(more), Queues=CONNECTIONS)
    client = QueueClient(hydrogen.port, [], collections.Counter())
    usual = {"leaseTime": LEASE_SECONDS, "retryLimit": RETRY_LIMIT, "retryDelay": 20}
    await insist(lambda: client.configure(**{**usual, **options}))
    client.close()
    return hydrogen


def make_load(scene, *others, **parts):
    """A load on the scene's Hydrogen, and on others beside it."""
    return QueueLoad([hydrogen.port for hydrogen in (*others, scene.hydrogen)], scene.random, **parts)


async def _started_again(scene, load):
    """Starts Hydrogen after its death. Returns how long it took until a push was acknowledged."""
    begun = time.monotonic()
    scene.hydrogen.start()
    await scene.hydrogen.ready()
    await pushes_go_on(scene, load)
    return time.monotonic() - begun


async def _database_again(scene, load):
    """Kills and starts the database. Returns how long after it accepted a push was acknowledged."""
    scene.database.kill()
    await asyncio.sleep(scene.random.uniform(0.1, 1.5))
    accepting = await scene.database.start()
    await pushes_go_on(scene, load)
    return time.monotonic() - accepting


async def pushes_go_on(scene, load, status="queued", limit=30):
    """Waits until one more message is acknowledged in that way, by which it is stored for certain."""
    before, deadline = load.ledger.statuses[status], time.monotonic() + limit
    while load.ledger.statuses[status] == before:
        if time.monotonic() > deadline:
            raise Broken(f"no push is acknowledged within {limit} s\n{scene.hydrogen.tail()}")
        await asyncio.sleep(0.005)


async def finish(scene, load):
    """Ends the load once all is acknowledged and handed out, and judges its books."""
    await load.end_pushes()
    begun = time.monotonic()
    while left := [await scene.database.count(BEHIND.format(group=group or "__QUEUE_MODE__")) for group in load.groups]:
        if not any(left) and set(load.ledger.acknowledged) <= await _stored(scene):
            break
        if time.monotonic() - begun > DRAINED_WITHIN:
            scene.report.holds(f"all is handed out within {DRAINED_WITHIN} s", False, f"left in the groups: {left}")
            break
        await asyncio.sleep(0.2)
    scene.report.figure("end of the pushes -> all is handed out", f"{time.monotonic() - begun:.1f} s")
    await load.end_pops()
    await _judge(scene, load)


async def _stored(scene):
    return {transaction for (transaction,) in
            await scene.database.query("SELECT transaction_id FROM hydrogen_queue.messages")}


async def _judge(scene, load):
    report, ledger = scene.report, load.ledger
    verdict = Verdict(ledger, await scene.database.query(ROWS), RETRY_LIMIT)
    report.figure("messages pushed, acknowledged", f"{len(ledger.sent):,}, {len(ledger.acknowledged):,}")
    for counts in (ledger.statuses, load.outcomes):
        report.figure("answers", ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items())))
    report.none("acknowledged pushes that are lost", verdict.lost())
    report.at_most("transaction ids that are stored twice", await scene.database.count(TWICE), 0)
    report.none("stored messages that nobody pushed", verdict.strangers())
    report.none("messages with another id than was answered", verdict.other_ids())
    report.none("messages out of their producer's order", verdict.misplaced())
    report.none("partitions with gaps in their numbers", verdict.gaps())
    for group in load.groups:
        name = group or "no group"
        count = sum(len(delivery.transactions) for delivery in ledger.deliveries[group])
        report.figure(f"{name}: delivered, of which again", f"{count:,}, {verdict.redelivered(group):,}")
        report.none(f"{name}: messages never delivered", verdict.never_delivered(group))
        report.none(f"{name}: deliveries that do not go on at the cursor", verdict.disorder(group))
    if load.takers:
        report.none(f"{load.takers}: messages delivered twice", verdict.delivered_twice(load.takers))
        report.none(f"{load.takers}: deliveries out of order", verdict.disorder(load.takers))
    report.none("answers that no client should get", load.faults)
