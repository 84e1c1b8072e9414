"""Clients who leave while the message queue looks for what they asked for: nothing may be locked away for them."""

import asyncio
import collections
import json

from faults.message_queue import launch
from faults.queue_calls import QUEUE, QueueClient, insist

PARTITIONS = 40
# So long that a lease which nobody knows of shows.
LEASE_SECONDS = 300
AT_ONCE = 24


async def queue_leavers(scene):
    """Consumers ask, close their sending side at a random moment, and read on: who was answered acknowledges."""
    hydrogen = await launch(scene, leaseTime=LEASE_SECONDS)
    leavers = _Leavers(hydrogen.port, scene.random, scene.size(10_000, 1_000))
    await leavers.run()
    left = await leavers.rest()
    report = scene.report
    report.figure("pops", ", ".join(f"{name} {count:,}" for name, count in sorted(leavers.outcomes.items())))
    report.figure("messages pushed, acknowledged", f"{len(leavers.pushed):,}, {len(leavers.acknowledged):,}")
    report.at_least("pops whose client left unanswered", leavers.outcomes["499"], leavers.total // 20)
    report.none("messages that are locked away for nobody", sorted(leavers.pushed - leavers.acknowledged - left))
    report.none("messages that were acknowledged and came again", sorted(leavers.acknowledged & left))
    report.none("answers that no client should get", leavers.faults)
    await scene.land()


class _Leavers:
    def __init__(self, port, chance, total):
        self._port, self._random, self.total = port, chance, total
        self.pushed, self.acknowledged = set(), set()
        self.outcomes, self.faults = collections.Counter(), []
        self._client = QueueClient(port, self.faults, collections.Counter())
        self._left = total

    async def run(self):
        """All of them, beside one who pushes."""
        producer = asyncio.create_task(self._produce())
        await asyncio.gather(*(self._leave_again_and_again() for _ in range(AT_ONCE)))
        producer.cancel()
        await asyncio.gather(producer, return_exceptions=True)

    async def _produce(self):
        number = 0
        while True:
            transaction, number = f"t{number}", number + 1
            partition = f"p{self._random.randrange(PARTITIONS)}"
            self.pushed.add(transaction)
            await asyncio.shield(insist(self._client.push, [
                {"partition": partition, "transactionId": transaction, "payload": number}]))
            await asyncio.sleep(self._random.uniform(0, 0.01))

    async def _leave_again_and_again(self):
        while self._left > 0:
            self._left -= 1
            await self._leave()

    async def _leave(self):
        """One pop. The answer is read whether it comes before or after this side is closed."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        wait = "true" if self._random.random() < 0.7 else "false"
        writer.write(f"GET /api/v1/pop/queue/{QUEUE}?batch=5&wait={wait}&timeout=5000 HTTP/1.1\r\n"
                     "Host: 127.0.0.1\r\n\r\n".encode())
        await asyncio.sleep(self._random.uniform(0, self._random.choice((0.005, 0.04))))
        try:
            writer.write_eof()
            async with asyncio.timeout(10):
                answer = await reader.read()
        except (TimeoutError, OSError) as error:
            self.faults.append(f"pop: {error!r}")
            return
        finally:
            writer.close()
        head, _, body = answer.partition(b"\r\n\r\n")
        status = head[9:12].decode() or "none"
        self.outcomes[status] += 1
        if status == "200":
            await self._acknowledge(json.loads(body)["messages"])

    async def _acknowledge(self, messages):
        await insist(self._client.ack, [
            {key: message[key] for key in ("transactionId", "partitionId", "leaseId")} for message in messages])
        self.acknowledged |= {message["transactionId"] for message in messages}

    async def rest(self):
        """What can be had now, as transaction ids."""
        await asyncio.sleep(1)
        found = set()
        while messages := await insist(lambda: self._client.pop(takes_all=True, wait_ms=1000)):
            found |= {message["transactionId"] for message in messages}
        self._client.close()
        return found
