"""Queues, pushes and plain pops."""

import asyncio
import time
import uuid

from behaviours import accepted, behaviour, data_of, equal, holds, need, numbered, pop


@behaviour
async def create_and_delete_a_queue(queen, queue):
    made = await queen.queue(queue).config({"lease_time": 17, "retry_limit": 5, "max_size": 9}).create()
    equal(made["configured"], True, "configured")
    equal(made["queue"], queue, "queue")
    equal([made["options"][key] for key in ("leaseTime", "retryLimit", "maxSize", "priority")], [17, 5, 9, 0], "options")
    gone = await queen.queue(queue).delete()
    equal(gone["deleted"], True, "deleted")


@behaviour
async def create_with_namespace_and_task(queen, queue):
    made = await queen.queue(queue).namespace("space").task("chore").create()
    equal((made["namespace"], made["task"]), ("space", "chore"))


@behaviour
async def push_one_and_pop_it(queen, queue):
    await queen.queue(queue).create()
    results = await queen.queue(queue).push({"data": {"hello": "world"}})
    equal(len(results), 1, "results")
    equal(results[0]["status"], "queued", "status")
    messages = await pop(queen, queue)
    equal(data_of(messages), [{"hello": "world"}])
    message = messages[0]
    for key in ("id", "transactionId", "partitionId", "leaseId", "createdAt"):
        holds(isinstance(message[key], str) and message[key], f"no {key} in {message}")
    equal(message["transactionId"], results[0]["transaction_id"], "transaction id")
    equal(message["partition"], "Default", "partition")
    acked = await queen.ack(message)
    equal(acked["success"], True, f"success of {acked}")
    equal(await pop(queen, queue), [], "pop after it")


@behaviour
async def push_makes_its_queue(queen, queue):
    await numbered(queen, queue, 3)
    equal(data_of(await pop(queen, queue)), [{"n": n} for n in range(3)])


@behaviour
async def payloads_come_back_as_they_were(queen, queue):
    payloads = [{}, {"deep": [1, {"a": None}], "text": "é \" \\ \n \u2028 \u0000 😀"}, [], "text", "", 0, 17, -1.5e-7,
                9007199254740993, True, False, None]
    await queen.queue(queue).push([{"data": payload} for payload in payloads])
    equal(data_of(await pop(queen, queue)), payloads)


@behaviour
async def a_large_payload(queen, queue):
    payload = {"text": "x" * 5_000_000}
    await queen.queue(queue).push({"data": payload})
    equal(data_of(await pop(queen, queue)), [payload])


@behaviour
async def batches_keep_their_order(queen, queue):
    for start in range(0, 500, 100):
        await numbered(queen, queue, 100, start=start)
    found = []
    while messages := await pop(queen, queue, batch=70):
        found += [message["data"]["n"] for message in messages]
        accepted(await queen.ack(messages))
    equal(found, list(range(500)), "order")


@behaviour
async def a_known_transaction_id_is_a_duplicate(queen, queue):
    item = {"data": {"n": 1}, "transactionId": str(uuid.uuid4())}
    first = await queen.queue(queue).push(item)
    told = []

    async def on_duplicate(items, error):
        told.append((items, error))

    second = await queen.queue(queue).push(item).on_duplicate(on_duplicate)
    equal((first[0]["status"], second[0]["status"]), ("queued", "duplicate"))
    equal(second[0]["message_id"], first[0]["message_id"], "message id")
    equal(len(told), 1, "calls of on_duplicate")
    equal(len(await pop(queen, queue)), 1, "messages")


@behaviour
async def the_same_transaction_id_in_two_partitions_is_no_duplicate(queen, queue):
    item = {"data": {}, "transactionId": "shared"}
    for partition in ("a", "b"):
        equal((await queen.queue(queue).partition(partition).push(item))[0]["status"], "queued", partition)


@behaviour
async def a_duplicate_within_one_push(queen, queue):
    results = await queen.queue(queue).push([{"data": n, "transactionId": "t"} for n in range(3)])
    equal([result["status"] for result in results], ["queued", "duplicate", "duplicate"])
    equal(data_of(await pop(queen, queue)), [0])


@behaviour
async def success_and_error_callbacks_of_a_push(queen, queue):
    await queen.queue(queue).config({"max_size": 2}).create()
    good, bad = [], []

    async def on_success(items):
        good.append(len(items))

    async def on_error(items, error):
        bad.append(str(error))

    await queen.queue(queue).push([{"data": 1}, {"data": 2}]).on_success(on_success).on_error(on_error)
    await queen.queue(queue).push({"data": 3}).on_success(on_success).on_error(on_error)
    equal((good, len(bad)), ([2], 1), "calls")
    holds("capacity" in bad[0] or "max" in bad[0].lower(), f"error: {bad[0]}")


@behaviour
async def trace_ids_come_back(queen, queue):
    trace = str(uuid.uuid4())
    await queen.queue(queue).push({"data": 1, "traceId": trace})
    equal((await pop(queen, queue))[0]["traceId"], trace)


@behaviour
async def buffered_pushes_go_out_by_count_and_by_time(queen, queue):
    for number in range(25):
        await queen.queue(queue).buffer({"message_count": 10, "time_millis": 200}).push({"data": {"n": number}})
    found, deadline = [], time.monotonic() + 5
    while len(found) < 25 and time.monotonic() < deadline:
        messages = await pop(queen, queue)
        found += [message["data"]["n"] for message in messages]
        if messages:
            await queen.ack(messages)
        else:
            await asyncio.sleep(0.05)
    equal(sorted(found), list(range(25)), "messages")


@behaviour
async def a_buffer_can_be_flushed(queen, queue):
    for number in range(7):
        await queen.queue(queue).buffer({"message_count": 1000, "time_millis": 60_000}).push({"data": {"n": number}})
    await queen.queue(queue).flush_buffer()
    equal([message["data"]["n"] for message in await pop(queen, queue)], list(range(7)))


@behaviour
async def pop_of_a_partition(queen, queue):
    for partition in ("left", "right one/ü"):
        await numbered(queen, queue, 2, partition)
    messages = await pop(queen, queue, partition="left")
    equal({message["partition"] for message in messages}, {"left"}, "partitions")
    equal(len(messages), 2, "messages")


@behaviour
async def pop_of_an_unknown_queue_is_empty(queen, queue):
    equal(await pop(queen, queue), [])


@behaviour
async def pop_with_auto_ack(queen, queue):
    await numbered(queen, queue, 3)
    # The pop of the early versions takes "no" for "as usual", and "yes" for the default too: it is asked in its own way.
    found = await queen._http_client.get(f"/api/v1/pop/queue/{queue}?batch=2&wait=false&autoAck=true")
    equal(data_of(found["messages"]), [{"n": 0}, {"n": 1}])
    equal(data_of(await pop(queen, queue)), [{"n": 2}])


@behaviour
async def several_partitions_in_one_pop(queen, queue):
    need(queen.queue(queue), "partitions")
    for partition in "abcde":
        await numbered(queen, queue, 2, partition)
    messages = await pop(queen, queue, batch=8, partitions=4)
    equal((len(messages), len({message["partition"] for message in messages})), (8, 4), "messages, partitions")
    equal(len({message["leaseId"] for message in messages}), 1, "leases")
    accepted(await queen.ack(messages))
    equal(len(await pop(queen, queue, batch=8, partitions=4)), 2, "the rest")


@behaviour
async def a_long_poll_is_woken_by_a_push(queen, queue):
    await queen.queue(queue).create()
    waiting = asyncio.create_task(pop(queen, queue, wait=True))
    await asyncio.sleep(0.3)
    await numbered(queen, queue, 1)
    pushed = time.monotonic()
    equal(data_of(await waiting), [{"n": 0}])
    holds(time.monotonic() - pushed < 1, f"woken after {time.monotonic() - pushed:.2f} s")


@behaviour
async def a_long_poll_ends_in_time(queen, queue):
    begun = time.monotonic()
    equal(await pop(queen, queue, wait=True, timeout=700), [])
    took = time.monotonic() - begun
    holds(0.65 < took < 2, f"{took:.2f} s instead of 0.7 s")
