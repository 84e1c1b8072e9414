"""Acknowledgements, leases, groups, transactions, consumers."""

import asyncio
import datetime
import time
import uuid

from behaviours import Absent, accepted, behaviour, data_of, equal, eventually, holds, numbered, pop


@behaviour
async def a_failed_message_comes_again_and_is_set_aside(queen, queue):
    await queen.queue(queue).config({"retry_limit": 2, "retry_delay": 0}).create()
    await queen.queue(queue).push({"data": "poison"})
    for _ in range(3):
        messages = await eventually(lambda: pop(queen, queue))
        equal(data_of(messages), ["poison"])
        accepted(await queen.ack(messages[0], False, {"error": "no good"}))
    equal(await pop(queen, queue), [], "after the last try")
    letters = await queen.queue(queue).dlq().get()
    equal((len(letters["messages"]), letters["total"]), (1, 1), f"dead letters in {letters}")
    letter = letters["messages"][0]
    equal((letter["data"], letter["errorMessage"], letter["queue"]), ("poison", "no good", queue))


@behaviour
async def dead_letters_by_group_partition_and_page(queen, queue):
    await queen.queue(queue).config({"retry_limit": 0}).create()
    await numbered(queen, queue, 3, "p")
    messages = await pop(queen, queue, group="g")
    for message in messages:
        await queen.ack(message, "dlq", {"group": "g"})
    equal((await queen.queue(queue).dlq("g").get())["total"], 3, "of the group")
    equal((await queen.queue(queue).dlq("other").get())["total"], 0, "of another")
    equal((await queen.queue(queue).partition("p").dlq("g").get())["total"], 3, "of the partition")
    page = await queen.queue(queue).dlq("g").limit(2).offset(2).get()
    equal(len(page["messages"]), 1, "the last page")


@behaviour
async def a_batch_with_a_status_for_each(queen, queue):
    await queen.queue(queue).config({"retry_limit": 0}).create()
    await numbered(queen, queue, 3)
    messages = await pop(queen, queue)
    messages[0]["_status"], messages[2]["_status"] = "completed", "completed"
    messages[1]["_status"], messages[1]["_error"] = "failed", "second"
    accepted(await queen.ack(messages))
    equal(await pop(queen, queue), [], "the rest")
    letters = (await queen.queue(queue).dlq().get())["messages"]
    equal([(letter["data"]["n"], letter["errorMessage"]) for letter in letters], [(1, "second")])


@behaviour
async def an_acknowledgement_of_nothing_is_refused(queen, queue):
    await numbered(queen, queue, 1)
    message = (await pop(queen, queue))[0]
    equal((await queen.ack({**message, "transactionId": str(uuid.uuid4())}))["success"], False, "unknown message")
    equal((await queen.ack({**message, "leaseId": str(uuid.uuid4())}))["success"], False, "unknown lease")
    equal((await queen.ack(message))["success"], True, "the message itself")


@behaviour
async def a_lease_runs_out(queen, queue):
    await queen.queue(queue).config({"lease_time": 1}).create()
    await numbered(queen, queue, 1)
    first = (await pop(queen, queue))[0]
    equal(await pop(queen, queue), [], "while it is leased")
    second = (await eventually(lambda: pop(queen, queue), 5))[0]
    equal(second["transactionId"], first["transactionId"])
    equal((await queen.ack(first))["success"], False, "acknowledgement under the lost lease")
    equal((await queen.ack(second))["success"], True, "acknowledgement under the new one")


@behaviour
async def a_lease_can_be_renewed(queen, queue):
    await queen.queue(queue).config({"lease_time": 1}).create()
    await numbered(queen, queue, 2)
    messages = await pop(queen, queue)
    renewed = await queen.renew(messages[0])
    equal(renewed["success"], True, f"success of {renewed}")
    holds(renewed["newExpiresAt"], f"no newExpiresAt in {renewed}")
    equal({entry["success"] for entry in await queen.renew(messages)}, {True}, "of a list")
    await asyncio.sleep(1.3)
    equal(await pop(queen, queue), [], "after the first lease would have been over")
    accepted(await queen.ack(messages))


@behaviour
async def renewal_of_an_unknown_lease_fails(queen, queue):
    equal((await queen.renew(str(uuid.uuid4())))["success"], False)


@behaviour
async def each_group_gets_everything(queen, queue):
    await numbered(queen, queue, 10)
    for group in ("one", "two", None):
        messages = await pop(queen, queue, group=group)
        equal([message["data"]["n"] for message in messages], list(range(10)), str(group))
        accepted(await queen.ack(messages, True, {"group": group} if group else {}))
        equal(await pop(queen, queue, group=group), [], f"{group} after it")


@behaviour
async def a_group_that_subscribes_to_new_messages(queen, queue):
    await numbered(queen, queue, 3)
    for mode in ("new", "new-only"):
        equal(await pop(queen, queue, group=mode, subscription_mode=mode), [], f"{mode}, before")
    await numbered(queen, queue, 2, start=3)
    await numbered(queen, queue, 1, "later", start=5)
    for mode in ("new", "new-only"):
        found = []
        while messages := await pop(queen, queue, group=mode, subscription_mode=mode):
            found += [message["data"]["n"] for message in messages]
            await queen.ack(messages, True, {"group": mode})
        equal(sorted(found), [3, 4, 5], mode)
    equal(len(await pop(queen, queue, group="all", subscription_mode="all", partition="Default")), 5, "all")


@behaviour
async def a_group_that_subscribes_from_a_moment(queen, queue):
    await numbered(queen, queue, 3)
    await asyncio.sleep(0.2)
    moment = datetime.datetime.now(datetime.UTC).isoformat().replace("+00:00", "Z")
    await asyncio.sleep(0.2)
    await numbered(queen, queue, 2, start=3)
    messages = await pop(queen, queue, group="g", subscription_from=moment)
    equal([message["data"]["n"] for message in messages], [3, 4])
    equal(await pop(queen, queue, group="h", subscription_from="now"), [], "from now")


@behaviour
async def a_transaction_acknowledges_and_pushes(queen, queue):
    await numbered(queen, queue, 1)
    message = (await pop(queen, queue))[0]
    result = await (queen.transaction().ack(message).queue(f"{queue}.next").push([{"data": 1}, {"data": 2}])
                    .queue(f"{queue}.other").partition("p").push({"data": 3}).commit())
    equal(result["success"], True, "success")
    equal(len(result["results"]), 4, "results")
    equal(await pop(queen, queue), [], "acknowledged")
    equal(data_of(await pop(queen, f"{queue}.next")), [1, 2], "pushed")
    equal(data_of(await pop(queen, f"{queue}.other", partition="p")), [3], "pushed")


@behaviour
async def a_transaction_is_all_or_nothing(queen, queue):
    await numbered(queen, queue, 1)
    message = (await pop(queen, queue))[0]
    strange = {**message, "transactionId": str(uuid.uuid4())}
    try:
        await queen.transaction().queue(f"{queue}.next").push({"data": 1}).ack(message).ack(strange).commit()
    except Exception as error:  # noqa: BLE001: the client raises plain ones
        holds("Message not found" in str(error), f"error: {error}")
    else:
        raise AssertionError("no error")
    equal(await pop(queen, f"{queue}.next"), [], "pushed")
    equal((await queen.ack(message))["success"], True, "the message is still to be acknowledged")


@behaviour
async def a_transaction_under_a_lost_lease_fails(queen, queue):
    await queen.queue(queue).config({"lease_time": 1}).create()
    await numbered(queen, queue, 1)
    message = (await pop(queen, queue))[0]
    await eventually(lambda: pop(queen, queue), 5)
    try:
        await queen.transaction().ack(message).queue(f"{queue}.next").push({"data": 1}).commit()
    except Exception:  # noqa: BLE001: the client raises plain ones
        equal(await pop(queen, f"{queue}.next"), [], "pushed")
    else:
        raise AssertionError("no error")


@behaviour
async def a_transaction_of_a_group(queen, queue):
    await numbered(queen, queue, 1)
    message = (await pop(queen, queue, group="g"))[0]
    builder = queen.transaction()
    try:
        builder = builder.ack(message, "completed", {"consumer_group": "g"})
    except TypeError as error:
        raise Absent("no groups of transactions in this version") from error
    await builder.queue(f"{queue}.next").push({"data": 1}).commit()
    equal(await pop(queen, queue, group="g"), [], "of the group")
    equal(len(await pop(queen, queue, group="h")), 1, "of another")


@behaviour
async def a_consumer_acknowledges_by_itself(queen, queue):
    await numbered(queen, queue, 10)
    found = []

    async def handler(message):
        found.append(message["data"]["n"])

    await queen.queue(queue).batch(1).limit(10).consume(handler)
    equal(found, list(range(10)))
    equal(await pop(queen, queue), [], "after it")


@behaviour
async def a_consumer_of_batches(queen, queue):
    await numbered(queen, queue, 20)
    found = []

    async def handler(messages):
        found.append([message["data"]["n"] for message in messages])

    await queen.queue(queue).batch(5).limit(20).consume(handler)
    equal(found, [list(range(start, start + 5)) for start in range(0, 20, 5)])


@behaviour
async def a_consumer_of_batches_one_by_one(queen, queue):
    await numbered(queen, queue, 20)
    found = []

    async def handler(message):
        found.append(message["data"]["n"])

    await queen.queue(queue).batch(7).limit(20).each().consume(handler)
    equal(found, list(range(20)))


@behaviour
async def a_consumer_that_fails_gets_the_message_again(queen, queue):
    await queen.queue(queue).config({"retry_delay": 0}).create()
    await numbered(queen, queue, 3)
    seen = []

    async def handler(message):
        seen.append(message["data"]["n"])
        if seen.count(1) == 1 and message["data"]["n"] == 1:
            raise ValueError("once")

    await queen.queue(queue).batch(1).limit(4).idle_millis(5000).consume(handler)
    equal(seen[:3], [0, 1, 1], "order")
    await eventually(lambda: _empty(queen, queue))


async def _empty(queen, queue):
    return not await pop(queen, queue)


@behaviour
async def a_consumer_with_callbacks(queen, queue):
    await numbered(queen, queue, 2)
    told = []

    async def handler(message):
        if message["data"]["n"] == 1:
            raise ValueError("bad")

    async def on_success(message, _):
        await queen.ack(message, True)
        told.append("success")

    async def on_error(message, error):
        await queen.ack(message, "dlq", {"error": str(error)})
        told.append(str(error))

    await queen.queue(queue).batch(1).limit(2).consume(handler).on_success(on_success).on_error(on_error)
    equal(told, ["success", "bad"])
    equal((await queen.queue(queue).dlq().get())["total"], 1, "dead letters")


@behaviour
async def a_consumer_that_renews_its_lease(queen, queue):
    await queen.queue(queue).config({"lease_time": 1}).create()
    await numbered(queen, queue, 1)
    found = []

    async def handler(message):
        await asyncio.sleep(2.5)
        found.append(message["data"]["n"])

    await queen.queue(queue).batch(1).renew_lease(True, 300).limit(1).consume(handler)
    equal(found, [0])
    equal(await pop(queen, queue), [], "after it")


@behaviour
async def consumers_share_the_partitions(queen, queue):
    for partition in range(10):
        await numbered(queen, queue, 30, f"p{partition}")
    found, stop = {}, asyncio.Event()

    async def handler(messages):
        for message in messages:
            found.setdefault(message["partition"], []).append(message["data"]["n"])
        if sum(map(len, found.values())) >= 300:
            stop.set()

    builder = queen.queue(queue).group("g").batch(10).concurrency(10)
    builder._timeout_millis = 1000
    await builder.consume(handler, signal=stop)
    equal(found, {f"p{partition}": list(range(30)) for partition in range(10)}, "order in each partition")


@behaviour
async def a_consumer_of_a_namespace_and_of_a_task(queen, queue):
    space, chore = f"n{uuid.uuid4().hex}", f"t{uuid.uuid4().hex}"
    await queen.queue(f"{queue}.a").namespace(space).task(chore).create()
    await queen.queue(f"{queue}.b").namespace(space).create()
    await numbered(queen, f"{queue}.a", 2)
    await numbered(queen, f"{queue}.b", 2)
    found = []

    async def handler(message):
        found.append(message["data"]["n"])

    await queen.queue().batch(1).namespace(space).limit(4).consume(handler)
    equal(sorted(found), [0, 0, 1, 1], "of the namespace")
    found.clear()
    await queen.queue().batch(1).task(chore).group("g").limit(2).consume(handler)
    equal(sorted(found), [0, 1], "of the task")
    found.clear()
    await queen.queue().batch(1).namespace(space).task(chore).group("h").limit(2).consume(handler)
    equal(sorted(found), [0, 1], "of both")


@behaviour
async def a_message_is_held_back(queen, queue):
    await queen.queue(queue).config({"delayed_processing": 1}).create()
    await numbered(queen, queue, 1)
    pushed = time.monotonic()
    equal(await pop(queen, queue), [], "at once")
    equal(len(await pop(queen, queue, wait=True)), 1, "later")
    holds(time.monotonic() - pushed > 0.9, f"after {time.monotonic() - pushed:.2f} s")


@behaviour
async def a_window_comes_as_one_batch(queen, queue):
    await queen.queue(queue).config({"window_buffer": 1}).create()
    for number in range(3):
        await numbered(queen, queue, 1, start=number)
    equal(await pop(queen, queue), [], "at once")
    equal(len(await pop(queen, queue, wait=True)), 3, "later")


@behaviour
async def an_encrypted_queue(queen, queue):
    await queen.queue(queue).config({"encryption_enabled": True}).create()
    await queen.queue(queue).push({"data": {"secret": 1}})
    equal(data_of(await pop(queen, queue)), [{"secret": 1}])
