"""The message queue's routes, as a client of it calls them again and again while everything around it dies."""

import asyncio
import urllib.parse

from faults.client import Failed, Pool

QUEUE = "faults"
# Answers of a server that is well, and of one that says that it is not.
FINE = (200, 201, 204)
AWAY = (503, 504)
PAUSE = 0.02
LIMIT = 20


class Unknown(Exception):
    """No answer came, or one that says that the queue is away: whether it was done is not known."""


class QueueClient:
    """One client on kept-alive connections. `faults` has answers that no client should ever get."""

    def __init__(self, port, faults, outcomes):
        """`faults` is a list, `outcomes` a counter, both shared."""
        self._pool, self.faults, self._outcomes = Pool(port), faults, outcomes

    async def _call(self, method, path, body=None):
        try:
            connection = await self._pool.take()
            response = await connection.request(method, path, body, limit=LIMIT)
        except Failed as failure:
            self._outcomes[failure.kind] += 1
            if failure.kind in ("hung", "malformed"):
                self.faults.append(f"{method} {path.partition('?')[0]}: {failure}")
            raise Unknown(str(failure)) from failure
        self._outcomes[str(response.status)] += 1
        self._pool.give(connection)
        if response.status in AWAY:
            raise Unknown(str(response.status))
        if response.status not in FINE:
            self.faults.append(f"{method} {path.partition('?')[0]}: {response.status} {response.body[:200]!r}")
            raise Unknown(str(response.status))
        return response.json() if response.body else None

    async def configure(self, **options):
        """Makes the queue."""
        await self._call("POST", "/api/v1/configure", {"queue": QUEUE, "options": options})

    async def push(self, items):
        """Stores messages. Returns one answer for each; raises Unknown."""
        answers = await self._call("POST", "/api/v1/push", {"items": [{"queue": QUEUE, **item} for item in items]})
        if [answer.get("transaction_id", item["transactionId"]) for answer, item in zip(answers, items)] != [
                item["transactionId"] for item in items]:
            self.faults.append(f"push: the answer is not about what was pushed: {str(answers)[:200]}")
        return answers

    async def pop(self, group=None, batch=100, takes_all=False, wait_ms=500):
        """Messages of one partition, none when there are none; raises Unknown."""
        query = {"batch": batch, "wait": "true", "timeout": wait_ms}
        if group:
            query["consumerGroup"] = group
        if takes_all:
            query["autoAck"] = "true"
        answer = await self._call("GET", f"/api/v1/pop/queue/{QUEUE}?{urllib.parse.urlencode(query)}")
        return answer["messages"] if answer else []

    async def ack(self, acknowledgments, group=None):
        """Says what became of messages. Returns one answer for each; raises Unknown."""
        return await self._call("POST", "/api/v1/ack/batch", {
            "acknowledgments": acknowledgments, **({"consumerGroup": group} if group else {})})

    def close(self):
        """Closes its connections."""
        self._pool.close()


async def insist(action, *arguments):
    """Does it again and again until it is done."""
    while True:
        try:
            return await action(*arguments)
        except Unknown:
            await asyncio.sleep(PAUSE)
