package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	queen "github.com/smartpricing/queen/client-go"
)

// Queues, pushes and plain pops.
var producing = []behaviour{
	createAndDeleteAQueue, createWithNamespaceAndTask, createWithoutOptions, pushOneAndPopIt, pushMakesItsQueue,
	payloadsComeBackAsTheyWere, payloadsThatAreNoObjectsAreHandedOut, aLargePayload, batchesKeepTheirOrder,
	aKnownTransactionIdIsADuplicate, theSameTransactionIdInTwoPartitionsIsNoDuplicate, aFullQueueSaysSo, aTraceIdIsKept,
	bufferedPushesGoOutByCountAndByTime, aBufferCanBeFlushed, allBuffersAreFlushedByClosing, popOfAPartition,
	namesWithBlanksAndSigns, popOfAnUnknownQueueIsEmpty, popWithAutoAck, aLongPollIsWokenByAPush, aLongPollEndsInTime,
	aLongPollIsGivenUp, aClientOfTwoServersUsesTheOneThatIsThere,
}

func createAndDeleteAQueue(t *trial) {
	made := t.create(queen.QueueConfig{LeaseTime: 17, RetryLimit: 5, MaxSize: 9})
	options := made["options"].(object)
	equal(made["queue"], t.queue, "queue")
	for option, value := range map[string]any{"leaseTime": 17.0, "retryLimit": 5.0, "maxSize": 9.0, "priority": 0.0} {
		equal(options[option], value, option)
	}
	gone := must(t.queen.Queue(t.queue).Delete().Execute(t.ctx))
	equal([]any{gone["deleted"], gone["existed"]}, []any{true, true}, "deleted, existed")
}

func createWithNamespaceAndTask(t *trial) {
	made := must(t.queen.Queue(t.queue).Namespace("space").Task("chore").Create().Execute(t.ctx))
	equal([]any{made["namespace"], made["task"]}, []any{"space", "chore"}, "namespace, task")
}

func createWithoutOptions(t *trial) {
	made := must(t.queen.Queue(t.queue).Create().Execute(t.ctx))
	equal(made["options"].(object)["leaseTime"], 300.0, "lease time")
}

func pushOneAndPopIt(t *trial) {
	responses := must(t.queen.Queue(t.queue).Push(object{"hello": "world"}).Execute(t.ctx))
	equal([]any{len(responses), responses[0].Status}, []any{1, "queued"}, "responses")
	messages := t.pop("")
	equal(len(messages), 1, "messages")
	message := messages[0]
	equal(message.Data, object{"hello": "world"}, "data")
	equal(message.TransactionID, responses[0].TransactionID, "transaction id")
	equal([]string{message.Queue, message.Partition}, []string{t.queue, "Default"}, "queue, partition")
	holds(message.PartitionID != "" && message.LeaseID != "", "no partition or lease in %+v", message)
	must(time.Parse(time.RFC3339, message.CreatedAt))
	t.ack(message, "")
	equal(len(t.pop("")), 0, "messages after it")
}

func pushMakesItsQueue(t *trial) {
	for _, response := range t.push("", 0, 3) {
		equal(response.Status, "queued", "status")
	}
	equal(numbers(t.pop("")), from(0, 3), "messages")
}

func payloadsComeBackAsTheyWere(t *trial) {
	payloads := []any{
		object{}, object{"deep": []any{1.0, object{"a": nil}}, "text": "é \" \\ \n \u2028 \x00 😀 <&>"},
		object{"list": []any{}, "no": false, "yes": true, "small": -1.5e-7, "large": 1.7976931348623157e308},
	}
	must(t.queen.Queue(t.queue).Push(payloads).Execute(t.ctx))
	messages := t.pop("")
	equal(len(messages), len(payloads), "messages")
	for index, message := range messages {
		equal(message.Data, payloads[index], "payload")
	}
}

// The client's messages have objects alone; of the rest it shows nothing, but gets it and can acknowledge it.
func payloadsThatAreNoObjectsAreHandedOut(t *trial) {
	must(t.queen.Queue(t.queue).Push([]any{nil, "text", 17, []any{1}, true}).Execute(t.ctx))
	messages := t.pop("")
	equal(len(messages), 5, "messages")
	t.ack(messages, "")
	equal(len(t.pop("")), 0, "messages after it")
}

// It is read without the client: the early one gives up its request before it has read an answer of that length. The pop waits,
// as a push that takes long may be buffered.
func aLargePayload(t *trial) {
	text := strings.Repeat("x", 5_000_000)
	must(t.queen.Queue(t.queue).Push(object{"text": text}).Execute(t.ctx))
	response := must(http.Get(t.url + "/api/v1/pop/queue/" + t.queue + "?wait=true&timeout=10000"))
	defer response.Body.Close()
	var answer struct{ Messages []queen.Message }
	equal(response.StatusCode, http.StatusOK, "status of the pop")
	done(json.NewDecoder(response.Body).Decode(&answer))
	equal(len(answer.Messages), 1, "messages")
	holds(answer.Messages[0].Data["text"] == text, "another text")
}

func batchesKeepTheirOrder(t *trial) {
	t.push("", 0, 100)
	found := []int{}
	for messages := t.pop(""); len(messages) > 0; messages = t.pop("") {
		found = append(found, numbers(messages)...)
		t.ack(messages, "")
	}
	equal(found, from(0, 100), "order")
}

func aKnownTransactionIdIsADuplicate(t *trial) {
	id := queen.GenerateUUID()
	for _, status := range []string{"queued", "duplicate"} {
		responses := must(t.queen.Queue(t.queue).Push(object{"n": 1}).TransactionID(id).Execute(t.ctx))
		equal([]string{responses[0].Status, responses[0].TransactionID}, []string{status, id}, "status, id")
	}
	equal(len(t.pop("")), 1, "messages")
}

func theSameTransactionIdInTwoPartitionsIsNoDuplicate(t *trial) {
	for _, partition := range []string{"a", "b"} {
		responses := must(t.queen.Queue(t.queue).Partition(partition).Push(object{}).TransactionID("shared").Execute(t.ctx))
		equal(responses[0].Status, "queued", partition)
	}
}

func aFullQueueSaysSo(t *trial) {
	t.create(queen.QueueConfig{MaxSize: 2})
	equal(t.push("", 0, 2)[1].Status, "queued", "the second")
	third := t.push("", 2, 1)[0]
	equal(third.Status, "failed", "the third")
	holds(strings.Contains(third.Error, "capacity"), "error: %s", third.Error)
}

func aTraceIdIsKept(t *trial) {
	id := queen.GenerateUUID()
	must(t.queen.Queue(t.queue).Push(object{}).TraceID(id).Execute(t.ctx))
	message := t.pop("")[0]
	equal(must(t.queen.Admin().GetMessage(t.ctx, message.PartitionID, message.TransactionID))["traceId"], id, "trace id")
}

func bufferedPushesGoOutByCountAndByTime(t *trial) {
	for n := range 25 {
		buffer := queen.BufferConfig{MessageCount: 10, TimeMillis: 200}
		responses := must(t.queen.Queue(t.queue).Buffer(buffer).Push(object{"n": n}).Execute(t.ctx))
		equal(responses[0].Status, "buffered", "status")
	}
	found := []int{}
	eventually(5, "25 messages", func() bool {
		if messages := t.pop(""); len(messages) > 0 {
			found = append(found, numbers(messages)...)
			t.ack(messages, "")
		}
		return len(found) >= 25
	})
	equal(found, from(0, 25), "messages")
	equal(t.queen.GetBufferStats().FlushesPerformed, 3, "flushes")
}

func aBufferCanBeFlushed(t *trial) {
	t.buffer(few)
	equal(len(t.pop("")), 0, "messages before it")
	done(t.queen.Queue(t.queue).FlushBuffer(t.ctx))
	equal(numbers(t.pop("")), from(0, few), "messages")
}

func allBuffersAreFlushedByClosing(t *trial) {
	t.buffer(few)
	equal(t.queen.GetBufferStats().TotalBufferedMessages, few, "buffered")
	done(t.queen.Close(t.ctx))
	equal(numbers(t.pop("")), from(0, few), "messages")
}

// buffer pushes numbered payloads into a buffer that does not go out by itself.
func (t *trial) buffer(count int) {
	for n := range count {
		buffer := queen.BufferConfig{MessageCount: 1000, TimeMillis: 60_000}
		must(t.queen.Queue(t.queue).Buffer(buffer).Push(object{"n": n}).Execute(t.ctx))
	}
}

func popOfAPartition(t *trial) {
	t.push("left", 0, 2)
	t.push("right", 2, 2)
	messages := must(t.queen.Queue(t.queue).Partition("right").Batch(few).Pop(t.ctx))
	equal(numbers(messages), from(2, 2), "messages")
	equal(messages[0].Partition, "right", "partition")
}

// Names are percent-encoded in paths.
func namesWithBlanksAndSigns(t *trial) {
	name, partition := t.queue+" ü&x/y", "left 100%/ö?"
	must(t.queen.Queue(name).Partition(partition).Push(object{"n": 1}).Execute(t.ctx))
	messages := must(t.queen.Queue(name).Partition(partition).Pop(t.ctx))
	equal(numbers(messages), []int{1}, "messages")
	equal(messages[0].Partition, partition, "partition")
	equal(must(t.queen.Admin().GetQueue(t.ctx, name))["name"], name, "name")
}

func popOfAnUnknownQueueIsEmpty(t *trial) {
	equal(len(t.pop("")), 0, "messages")
}

func popWithAutoAck(t *trial) {
	t.push("", 0, 3)
	messages := must(t.queen.Queue(t.queue).Batch(2).AutoAck(true).Pop(t.ctx))
	equal(numbers(messages), from(0, 2), "acknowledged by the pop")
	equal(numbers(t.pop("")), []int{2}, "the rest")
}

func aLongPollIsWokenByAPush(t *trial) {
	found := make(chan []*queen.Message, 1)
	go func() {
		messages, _ := t.queen.Queue(t.queue).Wait(true).TimeoutMillis(10_000).Pop(t.ctx)
		found <- messages
	}()
	time.Sleep(300 * time.Millisecond)
	t.push("", 0, 1)
	pushed := time.Now()
	equal(numbers(<-found), []int{0}, "messages")
	holds(time.Since(pushed) < time.Second, "woken after %v", time.Since(pushed))
}

func aLongPollEndsInTime(t *trial) {
	begun := time.Now()
	equal(len(must(t.queen.Queue(t.queue).Wait(true).TimeoutMillis(700).Pop(t.ctx))), 0, "messages")
	took := time.Since(begun)
	holds(took > 650*time.Millisecond && took < 2*time.Second, "%v instead of 0.7 s", took)
}

func aLongPollIsGivenUp(t *trial) {
	ctx, cancel := contextFor(t, 300*time.Millisecond)
	defer cancel()
	_, err := t.queen.Queue(t.queue).Wait(true).TimeoutMillis(20_000).Pop(ctx)
	holds(err != nil, "no error")
	t.push("", 0, 1)
	equal(numbers(t.wait("")), []int{0}, "messages of the next one")
}

func aClientOfTwoServersUsesTheOneThatIsThere(t *trial) {
	both := must(queen.New(queen.ClientConfig{
		URLs: []string{"http://127.0.0.1:1", t.url}, EnableFailover: true, RetryDelayMillis: 10,
	}))
	defer both.Close(t.ctx)
	for n := range 5 {
		must(both.Queue(t.queue).Push(object{"n": n}).Execute(t.ctx))
	}
	found := []int{}
	done(both.Queue(t.queue).Limit(5).Consume(t.ctx, collect(&found)).Execute(t.ctx))
	equal(found, from(0, 5), "messages")
}
