package main

import (
	"context"
	"slices"
	"time"

	queen "github.com/smartpricing/queen/client-go"
)

// What the client offers beside queues and messages.
var administration = []behaviour{
	aMessageIsTraced, health, overviewNamespacesAndTasks, queuesAreListed, aQueueIsCleared, partitionsAreListed,
	messagesAreListedAndRead, aMessageIsSetAsideAndTriedAgain, statusAndStatistics, consumerGroups, aGroupSeeks,
	aGroupIsForgotten, aSubscriptionIsMoved, pushesAreKeptDuringMaintenance, popsAreEmptyDuringMaintenance,
	systemMetrics,
}

// list is an array of an answer as objects, under the key; an answer that is one is below "data".
func list(answer object, key string) []object {
	entries, ok := answer[key].([]any)
	holds(ok, "no list %s", key)
	found := make([]object, len(entries))
	for index, entry := range entries {
		found[index] = entry.(object)
	}
	return found
}

// entry is the one of a list whose key has a value.
func entry(entries []object, key string, value any) object {
	index := slices.IndexFunc(entries, func(one object) bool { return one[key] == value })
	holds(index >= 0, "no %s %v among %d", key, value, len(entries))
	return entries[index]
}

func aMessageIsTraced(t *trial) {
	t.push("", 0, 1)
	var traced queen.Message
	var response *queen.TraceResponse
	handler := func(ctx context.Context, message *queen.Message) (err error) {
		traced = *message
		response, err = message.Trace(ctx, queen.TraceConfig{
			TraceNames: []string{"n1", t.queue}, EventType: "step", Data: object{"text": "x"},
		})
		return err
	}
	done(t.queen.Queue(t.queue).Limit(1).Consume(t.ctx, handler).Execute(t.ctx))
	equal(*response, queen.TraceResponse{Success: true}, "response")
	traces := list(must(t.queen.Admin().GetTracesForMessage(t.ctx, traced.PartitionID, traced.TransactionID)), "traces")
	equal([]any{len(traces), traces[0]["event_type"], traces[0]["data"]}, []any{1, "step", object{"text": "x"}}, "trace")
	named := must(t.queen.Admin().GetTracesByName(t.ctx, t.queue, 10, 0))
	equal([]any{named["total"], list(named, "traces")[0]["transaction_id"]}, []any{1.0, traced.TransactionID}, "by name")
	entry(list(must(t.queen.Admin().GetTraceNames(t.ctx, 100, 0)), "trace_names"), "trace_name", t.queue)
}

func health(t *trial) {
	equal(must(t.queen.Admin().Health(t.ctx))["status"], "healthy", "status")
}

func overviewNamespacesAndTasks(t *trial) {
	admin := t.queen.Admin()
	must(t.queen.Queue(t.queue).Namespace(t.queue).Task(t.queue + ".t").Create().Execute(t.ctx))
	t.push("", 0, 2)
	overview := must(admin.GetOverview(t.ctx))
	holds(overview["queues"].(float64) >= 1, "overview: %v", overview)
	space := entry(list(must(admin.GetNamespaces(t.ctx)), "namespaces"), "namespace", t.queue)
	equal([]any{space["queues"], space["messages"].(object)["total"]}, []any{1.0, 2.0}, "queues, messages")
	task := entry(list(must(admin.GetTasks(t.ctx)), "tasks"), "task", t.queue+".t")
	equal(task["messages"].(object)["pending"], 2.0, "pending")
}

func queuesAreListed(t *trial) {
	t.push("", 0, 2)
	t.push("p", 2, 1)
	// No server looks at the parameters.
	listed := entry(list(must(t.queen.Admin().ListQueues(t.ctx, queen.ListQueuesParams{})), "queues"), "name", t.queue)
	equal([]any{listed["partitions"], listed["messages"].(object)["total"]}, []any{2.0, 3.0}, "partitions, messages")
	one := must(t.queen.Admin().GetQueue(t.ctx, t.queue))
	equal([]any{one["totals"].(object)["pending"], len(list(one, "partitions"))}, []any{3.0, 2}, "pending, partitions")
}

func aQueueIsCleared(t *trial) {
	t.push("left", 0, 2)
	t.push("right", 2, 1)
	must(t.queen.Admin().ClearQueue(t.ctx, t.queue, "left"))
	messages := t.pop("")
	equal(numbers(messages), []int{2}, "messages of the other partition")
	must(t.queen.Admin().ClearQueue(t.ctx, t.queue, ""))
	equal(len(t.pop("g")), 0, "messages after it")
}

func partitionsAreListed(t *trial) {
	t.push("p", 0, 2)
	entry(list(must(t.queen.Admin().GetPartitions(t.ctx, t.queue)), "partitions"), "name", "p")
}

func messagesAreListedAndRead(t *trial) {
	admin := t.queen.Admin()
	t.push("", 0, 3)
	params := queen.ListMessagesParams{Queue: t.queue, Partition: "Default", Status: "pending", Limit: 10}
	messages := list(must(admin.ListMessages(t.ctx, params)), "messages")
	equal(len(messages), 3, "messages")
	partition, transaction := messages[0]["partitionId"].(string), messages[0]["transactionId"].(string)
	one := must(admin.GetMessage(t.ctx, partition, transaction))
	equal([]any{one["queue"], one["status"], one["payload"]}, []any{t.queue, "pending", object{"n": 2.0}}, "message")
	equal(must(admin.DeleteMessage(t.ctx, partition, transaction))["success"], true, "success")
	equal(len(list(must(admin.ListMessages(t.ctx, params)), "messages")), 2, "messages after it")
}

func aMessageIsSetAsideAndTriedAgain(t *trial) {
	t.push("", 0, 1)
	entries := list(must(t.queen.Admin().ListMessages(t.ctx, queen.ListMessagesParams{Queue: t.queue})), "messages")
	partition, transaction := entries[0]["partitionId"].(string), entries[0]["transactionId"].(string)
	must(t.queen.Admin().MoveMessageToDLQ(t.ctx, partition, transaction))
	equal([]int{len(t.pop("")), t.deadLetters("").Total}, []int{0, 1}, "messages, dead letters")
	must(t.queen.Admin().RetryMessage(t.ctx, partition, transaction))
	equal(numbers(t.wait("")), []int{0}, "messages")
}

func statusAndStatistics(t *trial) {
	admin := t.queen.Admin()
	must(t.queen.Queue(t.queue).Namespace(t.queue).Create().Execute(t.ctx))
	t.push("", 0, 2)
	status := must(admin.GetStatus(t.ctx, queen.GetStatusParams{Queue: t.queue}))
	for _, key := range []string{"timeRange", "throughput", "queues", "messages", "leases", "deadLetterQueue", "workers"} {
		holds(status[key] != nil, "no %s", key)
	}
	// It has the first hundred, and this client cannot ask for others.
	list(must(admin.GetQueueStats(t.ctx, "", "")), "queues")
	detail := must(admin.GetQueueDetail(t.ctx, t.queue, true))
	equal([]any{detail["queue"].(object)["name"], len(list(detail, "partitions"))}, []any{t.queue, 1}, "detail")
	now := time.Now()
	list(must(admin.GetAnalytics(t.ctx, now.Add(-time.Hour).Format(time.RFC3339), now.Format(time.RFC3339))), "dataPoints")
}

func consumerGroups(t *trial) {
	admin, group := t.queen.Admin(), "g."+t.queue
	t.push("", 0, 3)
	t.ack(must(t.queen.Queue(t.queue).Group(group).Pop(t.ctx)), group)
	must(admin.RefreshConsumerStats(t.ctx))
	listed := entry(list(must(admin.ListConsumerGroups(t.ctx)), "data"), "name", group)
	equal([]any{listed["queueName"], listed["totalLag"]}, []any{t.queue, 2.0}, "queue, lag")
	one := must(admin.GetConsumerGroup(t.ctx, group))
	partition := list(one[t.queue].(object), "partitions")[0]
	equal([]any{partition["totalConsumed"], partition["offsetLag"]}, []any{1.0, 2.0}, "consumed, lag")
	entry(list(must(admin.GetLaggingConsumers(t.ctx, 0)), "data"), "consumer_group", group)
}

func aGroupSeeks(t *trial) {
	t.push("", 0, 3)
	t.ack(t.pop("g"), "g")
	to := queen.SeekConsumerGroupOptions{Timestamp: "2000-01-01T00:00:00Z"}
	equal(must(t.queen.Admin().SeekConsumerGroup(t.ctx, "g", t.queue, to))["success"], true, "success")
	equal(numbers(t.pop("g")), from(0, 3), "messages")
}

func aGroupIsForgotten(t *trial) {
	group := "g." + t.queue
	t.push("", 0, 2)
	t.ack(t.pop(group), group)
	done(t.queen.DeleteConsumerGroup(t.ctx, group, true))
	messages := t.pop(group)
	equal(len(messages), 2, "messages after the group was deleted")
	t.ack(messages, group)
	must(t.queen.Admin().DeleteConsumerGroupForQueue(t.ctx, group, t.queue, true))
	equal(len(t.pop(group)), 2, "messages after the group was deleted for the queue")
}

func aSubscriptionIsMoved(t *trial) {
	group := "g." + t.queue
	t.push("", 0, 1)
	queue := t.queen.Queue(t.queue).Group(group).SubscriptionMode(queen.SubscriptionModeNew)
	equal(len(must(queue.Pop(t.ctx))), 0, "messages that are new")
	done(t.queen.UpdateConsumerGroupTimestamp(t.ctx, group, time.Now().Add(-time.Hour)))
}

func pushesAreKeptDuringMaintenance(t *trial) {
	admin := t.queen.Admin()
	t.push("", 0, 1)
	equal(must(admin.SetMaintenanceMode(t.ctx, true))["maintenanceMode"], true, "mode")
	defer admin.SetMaintenanceMode(t.ctx, false)
	equal(must(admin.GetMaintenanceMode(t.ctx))["maintenanceMode"], true, "mode that is seen")
	for _, response := range t.push("", 1, 2) {
		equal(response.Status, "buffered", "status")
	}
	must(admin.SetMaintenanceMode(t.ctx, false))
	found := []int{}
	eventually(15, "three messages", func() bool {
		if messages := t.pop(""); len(messages) > 0 {
			found = append(found, numbers(messages)...)
			t.ack(messages, "")
		}
		return len(found) >= 3
	})
	equal(found, from(0, 3), "messages")
}

func popsAreEmptyDuringMaintenance(t *trial) {
	admin := t.queen.Admin()
	t.push("", 0, 1)
	equal(must(admin.SetPopMaintenanceMode(t.ctx, true))["popMaintenanceMode"], true, "mode")
	defer admin.SetPopMaintenanceMode(t.ctx, false)
	equal(must(admin.GetPopMaintenanceMode(t.ctx))["popMaintenanceMode"], true, "mode that is seen")
	equal(len(t.pop("")), 0, "messages meanwhile")
	must(admin.SetPopMaintenanceMode(t.ctx, false))
	equal(len(t.wait("")), 1, "messages after it")
}

func systemMetrics(t *trial) {
	holds(len(list(must(t.queen.Admin().GetSystemMetrics(t.ctx, "", "")), "replicas")) > 0, "no replicas")
	must(t.queen.Admin().Metrics(t.ctx))
}
