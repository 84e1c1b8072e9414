"""What the clients offer beside queues and messages."""

import asyncio

from behaviours import behaviour, equal, eventually, holds, need, numbered, pop


def _admin(queen, *names):
    need(queen, "admin")
    need(queen.admin, *names)
    return queen.admin


@behaviour
async def a_message_is_traced(queen, queue):
    await queen.queue(queue).push({"data": 1})
    results, messages = [], []

    async def handler(message):
        messages.append(message)
        results.append(await message["trace"]({"traceName": ["n1", queue], "eventType": "step", "data": {"text": "x"}}))

    await queen.queue(queue).batch(1).limit(1).consume(handler)
    equal(results[0]["success"], True, f"success of {results[0]}")
    admin = _admin(queen, "get_traces_for_message")
    traces = (await admin.get_traces_for_message(messages[0]["partitionId"], messages[0]["transactionId"]))["traces"]
    equal([(trace["event_type"], trace["data"], sorted(trace["trace_names"])) for trace in traces],
          [("step", {"text": "x"}, sorted(["n1", queue]))])
    named = await admin.get_traces_by_name(queue, limit=10)
    equal((named["total"], named["traces"][0]["transaction_id"]), (1, messages[0]["transactionId"]), "by name")
    names = await admin.get_trace_names(limit=1000)
    holds(queue in [entry["trace_name"] for entry in names["trace_names"]], f"names: {names}")


@behaviour
async def health(queen, queue):
    equal((await _admin(queen, "health").health())["status"], "healthy")


@behaviour
async def metrics(queen, queue):
    # The client understands JSON alone and returns None for text: it is enough that it is answered.
    await _admin(queen, "metrics").metrics()


@behaviour
async def overview_namespaces_and_tasks(queen, queue):
    admin = _admin(queen, "get_overview")
    await queen.queue(queue).namespace(queue).task(f"{queue}.t").create()
    await numbered(queen, queue, 2)
    overview = await admin.get_overview()
    holds(overview["queues"] >= 1 and overview["messages"]["total"] >= 2, f"overview: {overview}")
    spaces = {entry["namespace"]: entry for entry in (await admin.get_namespaces())["namespaces"]}
    equal((spaces[queue]["queues"], spaces[queue]["messages"]["total"]), (1, 2), "namespace")
    tasks = {entry["task"]: entry for entry in (await admin.get_tasks())["tasks"]}
    equal(tasks[f"{queue}.t"]["messages"]["pending"], 2, "task")


@behaviour
async def queues_are_listed(queen, queue):
    admin = _admin(queen, "list_queues")
    await numbered(queen, queue, 2)
    await numbered(queen, queue, 1, "p")
    entries = {entry["name"]: entry for entry in (await admin.list_queues(limit=1000))["queues"]}
    equal((entries[queue]["partitions"], entries[queue]["messages"]["total"]), (2, 3), "in the list")
    one = await admin.get_queue(queue)
    equal((one["name"], one["totals"]["pending"], len(one["partitions"])), (queue, 3, 2), "by name")


@behaviour
async def a_queue_is_cleared(queen, queue):
    admin = _admin(queen, "clear_queue")
    await numbered(queen, queue, 2)
    await admin.clear_queue(queue)
    equal(await pop(queen, queue), [])


@behaviour
async def partitions_are_listed(queen, queue):
    admin = _admin(queen, "get_partitions")
    await numbered(queen, queue, 2, "p")
    holds("p" in str(await admin.get_partitions(queue=queue)), "no partition p")


@behaviour
async def messages_are_listed_and_read(queen, queue):
    admin = _admin(queen, "list_messages")
    await numbered(queen, queue, 3)
    entries = (await admin.list_messages(queue=queue, limit=10))["messages"]
    equal(len(entries), 3, "messages")
    one = await admin.get_message(entries[0]["partitionId"], entries[0]["transactionId"])
    equal((one["transactionId"], one["queue"], one["status"]), (entries[0]["transactionId"], queue, "pending"))
    holds("n" in one["payload"], f"payload of {one}")
    gone = await admin.delete_message(entries[0]["partitionId"], entries[0]["transactionId"])
    equal(gone["success"], True, f"success of {gone}")
    equal(len((await admin.list_messages(queue=queue))["messages"]), 2, "after it")


@behaviour
async def a_message_is_set_aside_and_tried_again(queen, queue):
    admin = _admin(queen, "retry_message", "move_message_to_dlq")
    await numbered(queen, queue, 1)
    entry = (await admin.list_messages(queue=queue))["messages"][0]
    await admin.move_message_to_dlq(entry["partitionId"], entry["transactionId"])
    equal(await pop(queen, queue), [], "set aside")
    equal((await queen.queue(queue).dlq().get())["total"], 1, "dead letters")
    await admin.retry_message(entry["partitionId"], entry["transactionId"])
    equal(len(await eventually(lambda: pop(queen, queue))), 1, "tried again")


@behaviour
async def status_and_statistics(queen, queue):
    admin = _admin(queen, "get_status", "get_queue_stats", "get_queue_detail", "get_analytics")
    await numbered(queen, queue, 2)
    status = await admin.get_status()
    for key in ("timeRange", "throughput", "queues", "messages", "leases", "deadLetterQueue", "workers"):
        holds(key in status, f"no {key} in {list(status)}")
    holds(queue in [entry["name"] for entry in (await admin.get_queue_stats(limit=1000))["queues"]], "not in the list")
    detail = await admin.get_queue_detail(queue)
    equal((detail["queue"]["name"], len(detail["partitions"])), (queue, 1), "detail")
    holds("dataPoints" in await admin.get_analytics(interval="hour"), "no dataPoints")


@behaviour
async def consumer_groups(queen, queue):
    admin = _admin(queen, "list_consumer_groups", "get_consumer_group", "get_lagging_consumers", "refresh_consumer_stats")
    await numbered(queen, queue, 3)
    group = f"g.{queue}"
    messages = await pop(queen, queue, batch=1, group=group)
    await queen.ack(messages, True, {"group": group})
    await admin.refresh_consumer_stats()
    entries = [entry for entry in await admin.list_consumer_groups() if entry["name"] == group]
    equal([(entry["queueName"], entry["totalLag"]) for entry in entries], [(queue, 2)], "in the list")
    one = await admin.get_consumer_group(group)
    equal((one[queue]["partitions"][0]["totalConsumed"], one[queue]["partitions"][0]["offsetLag"]), (1, 2), "by name")
    holds(isinstance(await admin.get_lagging_consumers(0), list), "the lagging ones are no list")


@behaviour
async def a_group_seeks(queen, queue):
    admin = _admin(queen, "seek_consumer_group")
    await numbered(queen, queue, 3)
    messages = await pop(queen, queue, group="g")
    await queen.ack(messages, True, {"group": "g"})
    await admin.seek_consumer_group("g", queue, {"timestamp": "2000-01-01T00:00:00Z"})
    equal(len(await pop(queen, queue, group="g")), 3, "from the beginning")
    await admin.seek_consumer_group("g", queue, {"toEnd": True})
    equal(await pop(queen, queue, group="g"), [], "at the end")


@behaviour
async def a_group_is_forgotten(queen, queue):
    need(queen, "delete_consumer_group")
    await numbered(queen, queue, 2)
    group = f"g.{queue}"
    await queen.ack(await pop(queen, queue, group=group), True, {"group": group})
    await queen.delete_consumer_group(group)
    messages = await pop(queen, queue, group=group)
    equal(len(messages), 2, "after the group was deleted")
    await queen.ack(messages, True, {"group": group})
    await _admin(queen, "delete_consumer_group_for_queue").delete_consumer_group_for_queue(group, queue)
    equal(len(await pop(queen, queue, group=group)), 2, "after the group was deleted for the queue")


@behaviour
async def a_subscription_is_moved(queen, queue):
    need(queen, "update_consumer_group_timestamp")
    group = f"g.{queue}"
    await numbered(queen, queue, 2)
    equal(await pop(queen, queue, group=group, subscription_mode="new"), [], "new ones")
    answer = await queen.update_consumer_group_timestamp(group, "2000-01-01T00:00:00Z")
    equal(answer["success"], True, f"success of {answer}")


@behaviour
async def pushes_are_kept_during_maintenance(queen, queue):
    admin = _admin(queen, "set_maintenance_mode", "get_maintenance_mode")
    await numbered(queen, queue, 1)
    equal((await admin.set_maintenance_mode(True))["maintenanceMode"], True, "on")
    try:
        equal((await admin.get_maintenance_mode())["maintenanceMode"], True, "seen")
        results = await numbered(queen, queue, 2, start=1)
        equal([result["status"] for result in results], ["buffered", "buffered"], "statuses")
    finally:
        await admin.set_maintenance_mode(False)
    found = []

    async def all_three():
        messages = await pop(queen, queue)
        found.extend(message["data"]["n"] for message in messages)
        # What is not delivered yet comes only when the lease on what is there is over.
        if messages:
            await queen.ack(messages)
        return len(found) >= 3

    await eventually(lambda: all_three(), 15)
    equal(found, [0, 1, 2], "after it")


@behaviour
async def pops_are_empty_during_maintenance(queen, queue):
    admin = _admin(queen, "set_pop_maintenance_mode", "get_pop_maintenance_mode")
    await numbered(queen, queue, 1)
    equal((await admin.set_pop_maintenance_mode(True))["popMaintenanceMode"], True, "on")
    try:
        await asyncio.sleep(1.2)
        equal(await pop(queen, queue), [], "meanwhile")
    finally:
        await admin.set_pop_maintenance_mode(False)
    equal(len(await eventually(lambda: pop(queen, queue), 5)), 1, "after it")


@behaviour
async def system_metrics(queen, queue):
    admin = _admin(queen, "get_system_metrics")
    holds("replicas" in await admin.get_system_metrics(), "no replicas")
