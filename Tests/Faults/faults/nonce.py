"""Every answer is the one to its own question, whatever else happens on the same connections and queues."""

import asyncio
import collections
import random
import time

from faults.calls import CAST, DIVIDE, DUPLICATE, QUEUES, SHORT, Call, Question, Questions, ask, judge
from faults.client import Failed, Pool
from faults.engines import MARIADB, POSTGRESQL
from faults.report import percentile
from faults.worker import Worker

WORKERS = 2
CLIENTS = 48
GIVE_UP = 20
EXAMPLES = 5


async def nonce(scene):
    """1,000,000 calls with leaving clients, deadlines and errors among them, from several processes."""
    await _play(scene, POSTGRESQL, scene.size(1_000_000, 20_000))


async def mariadb_nonce(scene):
    """The same on MariaDB, with 100,000 calls."""
    await _play(scene, MARIADB, scene.size(100_000, 10_000))


async def _play(scene, engine, total):
    hydrogen = await scene.start(engine)
    begun = time.monotonic()
    workers = [Worker("nonce", port=hydrogen.port, prefix=letter, seed=scene.random.getrandbits(64),
                      total=total // WORKERS, refusals=engine.refusals) for letter in "abcdefgh"[:WORKERS]]
    results = await asyncio.gather(*(worker.result(3600) for worker in workers))
    took = time.monotonic() - begun
    report = scene.report
    counts = sum((collections.Counter(result["counts"]) for result in results), collections.Counter())
    report.figure("calls, calls per second", f"{sum(counts.values()):,}, {sum(counts.values()) / took:,.0f}")
    for name, count in sorted(counts.items()):
        report.figure(name, f"{count:,}")
    report.figure("answers p50, p99", "  ".join(
        f"{max(result[key] for result in results) * 1000:.1f} ms" for key in ("p50", "p99")))
    for key, name in (("mixed", "mixed answers"), ("untyped", "untyped errors"), ("unanswered", "unanswered calls"),
                      ("unexpected", "answers other than the expected ones")):
        report.none(name, _Found(results, key))
    report.at_least("calls made", sum(counts.values()), total - total % WORKERS)
    await scene.all_serve(5)
    await scene.land()


class _Found:
    """Faults of all workers: how many, and some of them."""

    def __init__(self, results, key):
        self._count = sum(result["faults"][key] for result in results)
        self._examples = [example for result in results for example in result["examples"][key]]

    def __len__(self):
        return self._count

    def __iter__(self):
        return iter(self._examples)


# In the worker

async def work(stop, *, port, prefix, seed, total, refusals):
    """Asks `total` questions. Returns what came of them. `refusals` has the SQLSTATE of what is to fail."""
    clients = _Clients(port, Questions(prefix, random.Random(seed)), total, refusals, stop)
    await asyncio.gather(*(clients.run() for _ in range(CLIENTS)))
    return clients.result()


class _Clients:
    def __init__(self, port, questions, total, refusals, stop):
        self._questions, self._random = questions, questions.random
        self._refusals = {kind: f"422 HYD-3001 {sqlstate}" for kind, sqlstate in refusals.items()}
        self._pool, self._left, self._stop = Pool(port), total, stop
        self._counts = collections.Counter()
        self._faults = collections.Counter()
        self._examples = collections.defaultdict(list)
        self._took = []

    async def run(self):
        """One client, until all questions have been asked."""
        while self._left > 0 and not self._stop.is_set():
            self._left -= 1
            kind, question, expected = self._next()
            if kind == "leave":
                await self._leave(question)
                continue
            call = await ask(self._pool, question, GIVE_UP)
            self._note(kind, call, expected)

    def _next(self):
        """(kind, question, expected outcome) of the next call."""
        dice, questions, queue = self._random.random(), self._questions, self._random.choice(QUEUES)
        if dice < 0.70:
            return "read", questions.read(queue), "200"
        if dice < 0.80:
            return "write", questions.write(), "200"
        if dice < 0.86:
            return "sleep", questions.sleep(queue, self._random.uniform(0, 0.003)), "200"
        if dice < 0.90:
            return self._failing("divide", Question(DIVIDE, queue, questions.nonce(), {"zero": 0}))
        if dice < 0.93:
            return self._failing("cast", Question(CAST, queue, questions.nonce()))
        if dice < 0.948:
            return self._failing("duplicate", Question(DUPLICATE, "medium", questions.nonce()))
        if dice < 0.95:
            seconds = self._random.uniform(0.08, 0.2)
            return "deadline", Question(SHORT, queue, questions.nonce(), {"seconds": f"{seconds:.4f}"}), "504 HYD-3003"
        asked = questions.read(queue) if self._random.random() < 0.7 else questions.sleep(queue, 0.005)
        return "leave", asked, None

    def _failing(self, kind, question):
        return kind, question, self._refusals[kind]

    async def _leave(self, question):
        """Asks, and leaves at a random moment."""
        try:
            connection = await self._pool.take()
        except Failed as failure:
            self._fault("unanswered", f"leave: {failure}")
            return
        call = Call(question, time.monotonic())
        answer = connection.send(question.method, question.path, question.body, f"r-{question.nonce}")
        await asyncio.wait({answer}, timeout=self._random.uniform(0, self._random.choice((0.001, 0.01))))
        if answer.done():
            try:
                judge(call, answer.result())
                self._note("leave, answered before", call, "200")
            except Failed as failure:
                self._fault("unanswered", f"leave: {failure}")
        else:
            self._counts["leave"] += 1
        connection.leave(self._random.choice(("close", "reset", "half")))

    def _note(self, kind, call, expected):
        self._counts[f"{kind}: {call.outcome}"] += 1
        self._took.append(call.took)
        if call.fault:
            word = call.fault.partition(":")[0]
            self._fault(word if word in ("mixed", "untyped") else "unanswered",
                        f"{kind} on {call.question.queue}: {call.fault}")
        elif call.outcome != expected:
            self._fault("unexpected", f"{kind} on {call.question.queue}: {call.outcome}")

    def _fault(self, key, text):
        self._faults[key] += 1
        if len(self._examples[key]) < EXAMPLES:
            self._examples[key].append(text)

    def result(self):
        """What the suite's process reads."""
        keys = ("mixed", "untyped", "unanswered", "unexpected")
        return {"counts": self._counts, "p50": percentile(self._took, 50), "p99": percentile(self._took, 99),
                "faults": {key: self._faults[key] for key in keys},
                "examples": {key: self._examples[key] for key in keys}}
