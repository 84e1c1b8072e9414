"""Load: questions at a steady pace, or from a crowd of clients who each wait for their answer."""

import asyncio
import time

from faults.calls import ask
from faults.client import Pool

# A client that is told to come back does so at most this often.
MOST_RETRIES = 15


class Load:
    """Asks `question()` `rate` times a second over at most `most` connections, inside an `async with`.

    A call counts as hung after `limit` seconds. With `retries` one that is told 503 is asked again when it may.
    `calls` has all that are over, `lost` the questions that were never served in spite of all retries.
    """

    def __init__(self, port, rate, question, limit, most=128, retries=False):
        self.pool = Pool(port)
        self.calls, self.lost, self.skipped = [], [], 0
        self._rate, self._question, self._limit, self._most = rate, question, limit, most
        self._retries = retries
        self._tasks = set()
        self._pacer = None

    async def __aenter__(self):
        self._pacer = asyncio.create_task(self._pace())
        return self

    async def __aexit__(self, kind, *_):
        self._pacer.cancel()
        tasks = list(self._tasks)
        if kind:
            for task in tasks:
                task.cancel()
        await asyncio.gather(self._pacer, *tasks, return_exceptions=True)
        self.pool.close()

    async def _pace(self):
        due = time.monotonic()
        while True:
            due += 1 / self._rate
            late = time.monotonic() - due
            if late < 0:
                await asyncio.sleep(-late)
            elif late > 0.25:
                # The suite itself was held up: no burst to make up for it.
                due += late
            if len(self._tasks) >= self._most:
                self.skipped += 1
            else:
                task = asyncio.create_task(self._one())
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _one(self):
        question = self._question()
        for _ in range(MOST_RETRIES):
            call = await ask(self.pool, question, self._limit)
            self.calls.append(call)
            if call.served or not self._retries:
                return
            await asyncio.sleep(call.retry_after or 0.1)
        self.lost.append(question)


class Crowd:
    """`size` clients, each on its own connection, asking `question()` again as soon as they are answered.

    One that is told 503 comes back when it may. `calls` has all that are over.
    """

    def __init__(self, port, size, question, limit):
        self.pool = Pool(port)
        self.calls = []
        self._size, self._question, self._limit = size, question, limit
        self._stopped = False
        self._tasks = []

    async def __aenter__(self):
        self._tasks = [asyncio.create_task(self._client()) for _ in range(self._size)]
        return self

    async def __aexit__(self, kind, *_):
        self._stopped = True
        if kind:
            for task in self._tasks:
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.pool.close()

    async def _client(self):
        while not self._stopped:
            call = await ask(self.pool, self._question(), self._limit)
            self.calls.append(call)
            if not call.served:
                await asyncio.sleep(min(call.retry_after or 0.1, 1))
