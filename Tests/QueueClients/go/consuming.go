package main

import (
	"context"
	"strings"
	"time"

	queen "github.com/smartpricing/queen/client-go"
)

// Acknowledgements, leases, groups, transactions.
var consuming = []behaviour{
	aFailedMessageComesAgainAndIsSetAside, aFailedBatchComesAgain, deadLettersByGroupPartitionAndPage,
	anAcknowledgementOfNothingIsRefused, aRefusalInABatchIsTold, aLeaseRunsOut, aLeaseCanBeRenewed,
	renewalOfAnUnknownLeaseFails, eachGroupGetsEverything, aGroupThatSubscribesToNewMessages,
	aGroupThatSubscribesFromAMoment, aTransactionAcknowledgesAndPushes, aTransactionOfManyAcknowledgements,
	aTransactionIsAllOrNothing, aTransactionUnderALostLeaseFails, aTransactionOfAGroup, aMessageIsHeldBack,
	aWindowComesAsOneBatch, anEncryptedQueue, higherPrioritiesComeFirst,
}

func aFailedMessageComesAgainAndIsSetAside(t *trial) {
	t.create(queen.QueueConfig{RetryLimit: 2})
	t.push("", 0, 1)
	for range 3 {
		messages := t.wait("")
		equal(numbers(messages), []int{0}, "messages")
		t.nack(messages[0], "no good")
	}
	equal(len(t.pop("")), 0, "messages after the last try")
	letters := t.deadLetters("")
	equal([]int{len(letters.Messages), letters.Total}, []int{1, 1}, "dead letters")
	letter := letters.Messages[0]
	equal([]any{number(&letter), letter.ErrorMessage, letter.Queue}, []any{0, "no good", t.queue}, "dead letter")
}

// nack says that messages failed, and fails when that is refused.
func (t *trial) nack(messages any, reason string) {
	for _, response := range must(t.queen.Ack(t.ctx, messages, false, queen.AckOptions{Error: reason})) {
		holds(response.Success, "refused: %s", response.Error)
	}
}

func aFailedBatchComesAgain(t *trial) {
	t.push("", 0, 3)
	t.nack(t.pop(""), "later")
	messages := t.wait("")
	equal(numbers(messages), from(0, 3), "messages")
	t.ack(messages, "")
	equal(t.deadLetters("").Total, 0, "dead letters")
}

func deadLettersByGroupPartitionAndPage(t *trial) {
	t.push("p", 0, 3)
	options := queen.AckOptions{ConsumerGroup: "g"}
	// In a transaction a failed message is set aside at once.
	result := must(t.queen.Transaction().Ack(t.pop("g"), queen.AckStatusFailed, options).Commit(t.ctx))
	holds(result.Success, "refused: %s", result.Error)
	equal([]int{t.deadLetters("g").Total, t.deadLetters("other").Total}, []int{3, 0}, "of the group, of another")
	queue := t.queen.Queue(t.queue)
	equal(must(queue.Partition("p").DLQ("g").Get(t.ctx)).Total, 3, "of the partition")
	equal(must(queue.Partition("q").DLQ("g").Get(t.ctx)).Total, 0, "of another")
	equal(len(must(queue.Partition("").DLQ("g").Limit(2).Offset(2).Get(t.ctx)).Messages), 1, "on the last page")
	soon := time.Now().Add(time.Hour).Format(time.RFC3339)
	equal(must(queue.DLQ("g").To(soon).Get(t.ctx)).Total, 3, "until an hour from now")
	equal(must(queue.DLQ("g").From(soon).Get(t.ctx)).Total, 0, "from an hour from now")
}

func anAcknowledgementOfNothingIsRefused(t *trial) {
	t.push("", 0, 1)
	message := t.pop("")[0]
	unknown, unleased := *message, *message
	unknown.TransactionID = queen.GenerateUUID()
	holds(t.isRefused(unknown), "an unknown message was acknowledged")
	unleased.LeaseID = queen.GenerateUUID()
	holds(t.isRefused(unleased), "a message of an unknown lease was acknowledged")
	t.ack(message, "")
}

func aRefusalInABatchIsTold(t *trial) {
	t.push("", 0, 2)
	messages := t.pop("")
	strange := *messages[1]
	strange.TransactionID = queen.GenerateUUID()
	responses := must(t.queen.Ack(t.ctx, []*queen.Message{messages[0], &strange}, true, queen.AckOptions{}))
	equal(len(responses), 2, "responses")
	equal([]bool{responses[0].Success, responses[1].Success}, []bool{true, false}, "successes")
	holds(responses[1].Error != "", "no error")
}

func aLeaseRunsOut(t *trial) {
	t.create(queen.QueueConfig{LeaseTime: 1})
	t.push("", 0, 1)
	first := t.pop("")[0]
	equal(len(t.pop("")), 0, "messages while it is leased")
	second := t.wait("")[0]
	equal(second.TransactionID, first.TransactionID, "transaction id")
	holds(t.isRefused(*first), "acknowledged under the lost lease")
	t.ack(second, "")
}

func aLeaseCanBeRenewed(t *trial) {
	t.create(queen.QueueConfig{LeaseTime: 1})
	t.push("", 0, 2)
	messages := t.pop("")
	for _, renewed := range []any{messages[0], *messages[0], messages, messages[0].LeaseID} {
		for _, response := range must(t.queen.Renew(t.ctx, renewed)) {
			holds(response.Success, "refused: %s", response.Error)
			holds(time.Until(response.NewExpiresAt) > 50*time.Second, "until %v", response.NewExpiresAt)
		}
	}
	time.Sleep(1300 * time.Millisecond)
	equal(len(t.pop("")), 0, "messages after the first lease would have been over")
	t.ack(messages, "")
}

func renewalOfAnUnknownLeaseFails(t *trial) {
	response := must(t.queen.Renew(t.ctx, queen.GenerateUUID()))[0]
	holds(!response.Success && strings.Contains(response.Error, "404"), "%+v", response)
}

func eachGroupGetsEverything(t *trial) {
	t.push("", 0, few)
	for _, group := range []string{"one", "two", ""} {
		messages := t.pop(group)
		equal(numbers(messages), from(0, few), group)
		t.ack(messages, group)
		equal(len(t.pop(group)), 0, group)
	}
}

func aGroupThatSubscribesToNewMessages(t *trial) {
	t.push("", 0, 3)
	modes := []string{queen.SubscriptionModeNew, queen.SubscriptionModeNewOnly}
	pop := func(mode string) []*queen.Message {
		return must(t.queen.Queue(t.queue).Group(mode).SubscriptionMode(mode).Batch(few).Pop(t.ctx))
	}
	for _, mode := range modes {
		equal(len(pop(mode)), 0, mode)
	}
	t.push("", 3, 2)
	for _, mode := range modes {
		equal(numbers(pop(mode)), from(3, 2), mode)
	}
	equal(numbers(pop(queen.SubscriptionModeAll)), from(0, 5), "all")
}

func aGroupThatSubscribesFromAMoment(t *trial) {
	t.push("", 0, 3)
	time.Sleep(200 * time.Millisecond)
	moment := time.Now().Format(time.RFC3339Nano)
	time.Sleep(200 * time.Millisecond)
	t.push("", 3, 2)
	pop := func(group, from string) []*queen.Message {
		return must(t.queen.Queue(t.queue).Group(group).SubscriptionFrom(from).Batch(few).Pop(t.ctx))
	}
	equal(numbers(pop("g", moment)), from(3, 2), "from the moment")
	equal(len(pop("h", queen.SubscriptionFromNow)), 0, "from now")
}

func aTransactionAcknowledgesAndPushes(t *trial) {
	t.push("", 0, 1)
	transaction := t.queen.Transaction().Ack(t.pop("")[0], queen.AckStatusCompleted, queen.AckOptions{})
	transaction.Queue(t.queue + ".next").Push(numbered(1, 2))
	result := must(transaction.Queue(t.queue + ".other").Partition("p").Push(object{"n": 3}).Commit(t.ctx))
	equal(*result, queen.TransactionResponse{Success: true}, "result")
	equal(len(t.pop("")), 0, "messages that are acknowledged")
	equal(numbers(must(t.queen.Queue(t.queue+".next").Batch(5).Pop(t.ctx))), from(1, 2), "pushed")
	equal(numbers(must(t.queen.Queue(t.queue+".other").Partition("p").Pop(t.ctx))), []int{3}, "pushed to a partition")
}

func aTransactionOfManyAcknowledgements(t *trial) {
	t.push("", 0, 5)
	transaction := t.queen.Transaction()
	for _, message := range t.pop("") {
		transaction.Ack(message, queen.AckStatusCompleted, queen.AckOptions{})
	}
	holds(must(transaction.Commit(t.ctx)).Success, "refused")
	t.push("", 5, 1)
	equal(numbers(t.pop("")), []int{5}, "messages after it")
}

func aTransactionIsAllOrNothing(t *trial) {
	t.push("", 0, 1)
	message := t.pop("")[0]
	strange := *message
	strange.TransactionID = queen.GenerateUUID()
	transaction := t.queen.Transaction().Queue(t.queue + ".next").Push(object{"n": 1})
	transaction.Ack(message, queen.AckStatusCompleted, queen.AckOptions{})
	_, err := transaction.Ack(strange, queen.AckStatusCompleted, queen.AckOptions{}).Commit(t.ctx)
	holds(err != nil && strings.Contains(err.Error(), "Message not found"), "error: %v", err)
	equal(len(must(t.queen.Queue(t.queue+".next").Pop(t.ctx))), 0, "pushed")
	t.ack(message, "")
}

func aTransactionUnderALostLeaseFails(t *trial) {
	t.create(queen.QueueConfig{LeaseTime: 1})
	t.push("", 0, 1)
	message := t.pop("")[0]
	equal(len(t.wait("")), 1, "messages of another consumer")
	transaction := t.queen.Transaction().Ack(message, queen.AckStatusCompleted, queen.AckOptions{})
	_, err := transaction.Queue(t.queue + ".next").Push(object{"n": 1}).Commit(t.ctx)
	holds(err != nil, "no error")
	equal(len(must(t.queen.Queue(t.queue+".next").Pop(t.ctx))), 0, "pushed")
}

func aTransactionOfAGroup(t *trial) {
	t.push("", 0, 1)
	transaction := t.queen.Transaction().Ack(t.pop("g")[0], queen.AckStatusCompleted, queen.AckOptions{ConsumerGroup: "g"})
	holds(must(transaction.Queue(t.queue+".next").Push(object{"n": 1}).Commit(t.ctx)).Success, "refused")
	equal([]int{len(t.pop("g")), len(t.pop("h"))}, []int{0, 1}, "messages of the group, of another")
}

func aMessageIsHeldBack(t *trial) {
	t.create(queen.QueueConfig{DelayedProcessing: 1})
	t.push("", 0, 1)
	pushed := time.Now()
	equal(len(t.pop("")), 0, "messages at once")
	equal(len(t.wait("")), 1, "messages later")
	holds(time.Since(pushed) > 900*time.Millisecond, "after %v", time.Since(pushed))
}

func aWindowComesAsOneBatch(t *trial) {
	t.create(queen.QueueConfig{WindowBuffer: 1})
	for n := range 3 {
		t.push("", n, 1)
	}
	equal(len(t.pop("")), 0, "messages at once")
	equal(numbers(t.wait("")), from(0, 3), "messages later")
}

func anEncryptedQueue(t *trial) {
	t.create(queen.QueueConfig{EncryptionEnabled: true})
	must(t.queen.Queue(t.queue).Push(object{"secret": "word"}).Execute(t.ctx))
	equal(t.pop("")[0].Data, object{"secret": "word"}, "data")
}

func higherPrioritiesComeFirst(t *trial) {
	for priority, name := range []string{".low", ".high"} {
		queue := t.queen.Queue(t.queue + name).Namespace(t.queue)
		must(queue.Config(queen.QueueConfig{Priority: priority}).Create().Execute(t.ctx))
		must(queue.Push(object{"n": priority}).Execute(t.ctx))
	}
	equal(numbers(must(t.queen.Queue("").Namespace(t.queue).Pop(t.ctx))), []int{1}, "messages")
}

// contextFor is the trial's context with less time.
func contextFor(t *trial, duration time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.ctx, duration)
}
