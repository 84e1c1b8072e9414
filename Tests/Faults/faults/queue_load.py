"""Producers and consumers of the message queue, who keep books and do not give up."""

import asyncio
import collections
import itertools
import time
import zlib

from faults.queue_calls import PAUSE, QueueClient, Unknown
from faults.queue_ledger import Acknowledgement, Delivery, Ledger

PARTITIONS = 12
BATCHES = (1, 1, 1, 5, 20)
LEASE_SECONDS = 1
RETRY_LIMIT = 2


class QueueLoad:
    """Producers who each push in their own order, and consumers in groups, inside an `async with`.

    `groups` says how many consumers each group has; None stands for those without a group. The group `takers` gets what
    counts as done with its delivery. `failing` is the chance of a message to be refused for ever by a group, and of a
    delivery to be refused once.
    """

    def __init__(self, ports, chance, *, producers, groups, takers=None, failing=0.0):
        """Clients take the `ports` of servers in turn."""
        self._ports, self._random, self.takers, self._failing = itertools.cycle(ports), chance, takers, failing
        self._producers, self._groups = producers, {**groups, **({takers: 1} if takers else {})}
        self.ledger, self.faults, self.outcomes = Ledger(), [], collections.Counter()
        self._producing, self._consuming = True, True
        self._pushers, self._poppers = [], []

    @property
    def groups(self):
        """The groups that acknowledge."""
        return [group for group in self._groups if group != self.takers or group is None]

    async def __aenter__(self):
        self._pushers = [asyncio.create_task(self._produce(number)) for number in range(self._producers)]
        self._poppers = [asyncio.create_task(self._consume(group)) for group, count in self._groups.items()
                         for _ in range(count)]
        return self

    async def __aexit__(self, *_):
        for task in (*self._pushers, *self._poppers):
            task.cancel()
        await asyncio.gather(*self._pushers, *self._poppers, return_exceptions=True)

    async def end_pushes(self):
        """Every push is acknowledged, and no other begins."""
        self._producing = False
        await asyncio.gather(*self._pushers)

    async def end_pops(self):
        """No other pop begins, those under way are answered."""
        self._consuming = False
        await asyncio.gather(*self._poppers)

    # Producers

    async def _produce(self, producer):
        client, position = QueueClient(next(self._ports), self.faults, self.outcomes), 0
        # Two producers and more share a partition, and each has two of them.
        homes = [f"p{(producer + shift) % PARTITIONS}" for shift in (0, 1)]
        while self._producing:
            items = []
            for _ in range(self._random.choice(BATCHES)):
                transaction, partition = f"{producer}-{position}", self._random.choice(homes)
                self.ledger.sent[transaction] = partition, producer, position
                items.append({"partition": partition, "transactionId": transaction, "payload": {"n": position}})
                position += 1
            await self._push(client, items)
            await asyncio.sleep(self._random.uniform(0, 0.1))
        client.close()

    async def _push(self, client, items):
        """Pushes until it is acknowledged: what became of an attempt without an answer, the next one tells."""
        while True:
            try:
                answers = await client.push(items)
            except Unknown:
                await asyncio.sleep(PAUSE)
                continue
            self.ledger.note_push(items, answers)
            if refused := [answer for answer in answers if answer["status"] not in ("queued", "duplicate", "buffered")]:
                self.faults.append(f"push: {refused[0]}")
            return

    # Consumers

    async def _consume(self, group):
        client = QueueClient(next(self._ports), self.faults, self.outcomes)
        takes_all = group is not None and group == self.takers
        while self._consuming:
            asked = time.monotonic()
            try:
                messages = await client.pop(group, self._random.choice((1, 10, 100)), takes_all)
            except Unknown:
                await asyncio.sleep(PAUSE)
                continue
            if messages:
                self.ledger.deliveries[group].append(Delivery(
                    asked, time.monotonic(), messages[0]["partition"],
                    [message["transactionId"] for message in messages], takes_all))
                if len({message["partition"] for message in messages}) > 1:
                    self.faults.append(f"pop: a batch from several partitions for {group}")
                if not takes_all:
                    await self._acknowledge(client, group, messages)
        client.close()

    async def _acknowledge(self, client, group, messages):
        """Works through the messages to the first that fails; one that dies then leaves all to the next consumer."""
        statuses = []
        for message in messages:
            statuses.append("failed" if self._fails(group, message) else "completed")
            if statuses[-1] == "failed":
                break
        if self._random.random() < 0.02:
            # This consumer forgets what it has got.
            return
        for attempt in range(2):
            noted = [Acknowledgement(time.monotonic(), message["transactionId"], message["partition"], status)
                     for message, status in zip(messages, statuses)]
            self.ledger.acknowledgements[group] += noted
            try:
                answers = await client.ack([
                    {"transactionId": message["transactionId"], "partitionId": message["partitionId"],
                     "leaseId": message["leaseId"], "status": status}
                    for message, status in zip(messages, statuses)], group)
            except Unknown:
                if self._random.random() < 0.5:
                    return
                await asyncio.sleep(PAUSE)
                continue
            for note, answer in zip(noted, answers):
                note.answered, note.success, note.dead = time.monotonic(), answer["success"], answer["dlq"]
            return

    def _fails(self, group, message):
        if self._failing and hash_of(group, message["transactionId"]) < self._failing:
            return True
        return self._random.random() < self._failing


def hash_of(group, transaction):
    """A number from 0 to 1 that is always the same for a group and a message."""
    return zlib.crc32(f"{group}:{transaction}".encode()) / 0xFFFFFFFF
