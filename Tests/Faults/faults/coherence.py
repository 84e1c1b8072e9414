"""Cached reads beside writes that nobody tells Hydrogen of: the change feed makes old results void, on every instance."""

import asyncio
import collections
import dataclasses
import sqlite3
import time

from faults.client import Connection
from faults.report import percentile, spread

# Each counter is the one row of a table, and has a query of its own: a change makes one result void, not all.
COUNTERS = 50
FIRST_QUERY = 20
QUERIES = {
    FIRST_QUERY + n: (f"cache: 60\n-- tables: app.counter_{n}", f"SELECT value FROM app.counter_{n}")
    for n in range(COUNTERS)
}
READERS = 4
# Every so many writes one is followed until both instances have it.
FOLLOWED = 20


class Ledger:
    """What was committed, and what was read."""

    def __init__(self):
        self.values = [0] * COUNTERS
        # For each counter the moments at which the writer knew that 1, 2, 3 ... were committed.
        self.commits = [[] for _ in range(COUNTERS)]
        self.staleness = []
        self.sources = collections.Counter()

    def wrote(self, counter):
        """The next value of a counter has been committed."""
        self.values[counter] += 1
        self.commits[counter].append(time.monotonic())

    def read(self, counter, value, sent, source):
        """A read that was sent at `sent` returned `value`."""
        self.sources[source] += 1
        commits = self.commits[counter]
        if value < len(commits) and commits[value] < sent:
            self.staleness.append(sent - commits[value])


@dataclasses.dataclass
class Ground:
    """What is particular to an engine."""

    instances: list
    # Adds 1 to a counter, and returns when that is committed.
    write: object
    # Ends the sessions of all feeds, and returns whether there were any; None where there are none.
    cut: object
    # The longest that a change may go unseen, and what 99 of 100 take at most, in seconds.
    longest: float
    usual: float


async def coherence(scene):
    """PostgreSQL: two instances, one outside writer, readers on both; now and then the feeds' sessions are ended."""
    poll = 1.0
    await scene.start_database()
    tables = [f"app.counter_{n}" for n in range(COUNTERS)]
    await scene.database.query("".join(f"CREATE TABLE {table} AS SELECT 0::bigint AS value;" for table in tables))
    feed = {"Triggers": {"Tables": tables, "PollIntervalMilliseconds": int(poll * 1000)}}
    instances = [await scene.start_hydrogen(queries=QUERIES, **feed) for _ in range(2)]
    session = await scene.database.connect()

    async def write(counter):
        await session.query(f"UPDATE app.counter_{counter} SET value = value + 1")

    async def cut():
        return bool(await scene.database.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'DQM-%-feed'"))

    # Should a wake-up be lost, the next poll finds the change.
    await _play(scene, Ground(instances, write, cut, longest=poll + 0.2, usual=0.05))
    await session.close()
    left = await scene.database.count("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'hydrogen_%'")
    scene.report.none("triggers left behind", ["a trigger"] * left)


async def coherence_sqlite(scene):
    """SQLite: two instances on one file, which an outside writer changes; the feeds look every 20 ms."""
    poll = 0.02
    file = scene.folder / "coherence.db"
    writer = sqlite3.connect(file, isolation_level=None, timeout=10)
    writer.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;" + "".join(
        f"CREATE TABLE counter_{n} (value INTEGER); INSERT INTO counter_{n} VALUES (0);" for n in range(COUNTERS)))
    queries = {number: (header.replace("app.", ""), sql.replace("app.", "")) for number, (header, sql) in QUERIES.items()}
    settings = {"Engine": "sqlite", "Database": str(file), "Host": None, "Port": None, "User": None, "Pass": None,
                "Triggers": {"Tables": [f"counter_{n}" for n in range(COUNTERS)],
                             "PollIntervalMilliseconds": int(poll * 1000)}}
    instances = [await scene.start_hydrogen(database_port=1, queries=queries, **settings) for _ in range(2)]

    async def write(counter):
        writer.execute(f"UPDATE counter_{counter} SET value = value + 1")
        await asyncio.sleep(0)

    await _play(scene, Ground(instances, write, None, longest=poll + 0.2, usual=poll + 0.2))
    left = writer.execute("SELECT name FROM sqlite_schema WHERE name LIKE 'hydrogen_%'").fetchall()
    scene.report.none("triggers left behind", left)
    writer.close()


async def _play(scene, ground):
    instances = ground.instances
    for instance in instances:
        await instance.line("Change feed: live")
    writes, kills = scene.size((100_000, 100), (3_000, 5))
    ledger, latencies, over = Ledger(), [], asyncio.Event()
    readers = [asyncio.create_task(_read(scene, instance, ledger, over)) for instance in instances for _ in range(READERS)]
    killer = asyncio.create_task(_kill(scene, ground, kills, over))
    probes = [await Connection.open_to(instance.port) for instance in instances]
    for number in range(writes):
        counter = scene.random.randrange(COUNTERS)
        await ground.write(counter)
        ledger.wrote(counter)
        if number % FOLLOWED == 0:
            latencies += await asyncio.gather(*(_follow(probe, ledger, counter) for probe in probes))
    killed = await killer
    over.set()
    await asyncio.gather(*readers)
    await asyncio.sleep(ground.longest)
    wrong = [f"counter {counter}: {value}, not {ledger.values[counter]}"
             for probe in probes for counter in range(COUNTERS)
             if (value := (await _value(probe, counter))[0]) != ledger.values[counter]]
    _judge(scene, ground, ledger, latencies, wrong, writes)
    if ground.cut:
        scene.report.figure("sessions of feeds ended", f"{killed}")
        scene.report.at_least("feeds that were cut off", killed, kills)
    code, _ = await instances[0].end()
    scene.report.holds("the first instance leaves the triggers to the other",
                       code == 0 and "kept for other instances" in instances[0].log(), instances[0].tail())
    await scene.land()


def _judge(scene, ground, ledger, latencies, wrong, writes):
    report = scene.report
    reads = sum(ledger.sources.values())
    report.figure("writes, reads", f"{writes:,}, {reads:,}")
    report.figure("reads by X-Cache", ", ".join(f"{name} {count:,}" for name, count in sorted(ledger.sources.items())))
    report.figure("commit to a read that has it", spread(latencies, "ms", 1000, 2))
    report.figure("reads that were older than a commit known before them", f"{len(ledger.staleness):,}")
    late = percentile(latencies, 99)
    if scene.short:
        report.figure("commit to invalidation, p99", f"{late * 1000:.2f} ms")
    else:
        report.at_most("commit to invalidation, p99", late, ground.usual, "s")
    report.at_most("oldest read", max(ledger.staleness, default=0.0), ground.longest, "s")
    report.none("values that stayed wrong", wrong)
    report.at_least("reads from the cache", ledger.sources["HIT"], 1)


async def _value(connection, counter):
    """(value, X-Cache) of a counter."""
    response = await connection.request("GET", f"/api/query/Fault/{FIRST_QUERY + counter}/fast")
    return response.json()["rows"][0]["value"], response.headers.get("x-cache", "none")


async def _read(scene, instance, ledger, over):
    connection = await Connection.open_to(instance.port)
    while not over.is_set():
        counter, sent = scene.random.randrange(COUNTERS), time.monotonic()
        value, source = await _value(connection, counter)
        ledger.read(counter, value, sent, source)
        await asyncio.sleep(0.002)
    connection.leave()


async def _follow(probe, ledger, counter):
    """Seconds from the moment at which a commit was known to the first read that has it."""
    wanted, committed = ledger.values[counter], ledger.commits[counter][-1]
    while True:
        sent = time.monotonic()
        value, _ = await _value(probe, counter)
        if value >= wanted:
            return sent - committed


async def _kill(scene, ground, kills, over):
    """Ends the sessions of all feeds, again and again. Returns how often."""
    killed = 0
    while ground.cut and killed < kills and not over.is_set():
        await asyncio.sleep(scene.random.uniform(0.05, 0.3))
        killed += 1 if await ground.cut() else 0
    return killed
