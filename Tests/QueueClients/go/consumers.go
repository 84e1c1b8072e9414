package main

import (
	"context"
	"errors"
	"sync"
	"time"

	queen "github.com/smartpricing/queen/client-go"
)

// The client's own loops.
var consumers = []behaviour{
	aConsumerAcknowledgesByItself, aConsumerOfBatches, aConsumerOfBatchesOneByOne, aConsumerThatFailsGetsTheMessageAgain,
	aConsumerThatDoesNotAcknowledge, aConsumerThatRenewsItsLease, aConsumerEndsWhenNothingComes, aConsumerIsStopped,
	aConsumerOfAPartition, aConsumerOfNewMessages, consumersShareThePartitions, aConsumerOfANamespaceAndOfATask,
	aConsumerInATransaction,
}

// collect is a handler that keeps the numbers; for one worker.
func collect(found *[]int) queen.MessageHandler {
	return func(_ context.Context, message *queen.Message) error {
		*found = append(*found, number(message))
		return nil
	}
}

func aConsumerAcknowledgesByItself(t *trial) {
	t.push("", 0, 10)
	found := []int{}
	done(t.queen.Queue(t.queue).Limit(10).Consume(t.ctx, collect(&found)).Execute(t.ctx))
	equal(found, from(0, 10), "messages")
	equal(len(t.pop("")), 0, "messages after it")
}

func aConsumerOfBatches(t *trial) {
	t.push("", 0, 20)
	found := [][]int{}
	handler := func(_ context.Context, messages []*queen.Message) error {
		found = append(found, numbers(messages))
		return nil
	}
	done(t.queen.Queue(t.queue).Batch(5).Limit(20).ConsumeBatch(t.ctx, handler).Execute(t.ctx))
	equal(found, [][]int{from(0, 5), from(5, 5), from(10, 5), from(15, 5)}, "batches")
	equal(len(t.pop("")), 0, "messages after it")
}

func aConsumerOfBatchesOneByOne(t *trial) {
	t.push("", 0, 20)
	found := []int{}
	done(t.queen.Queue(t.queue).Batch(3).Limit(20).Each().Consume(t.ctx, collect(&found)).Execute(t.ctx))
	equal(found, from(0, 20), "messages")
}

func aConsumerThatFailsGetsTheMessageAgain(t *trial) {
	t.push("", 0, 3)
	seen := []int{}
	handler := func(_ context.Context, message *queen.Message) error {
		seen = append(seen, number(message))
		if len(seen) == 2 {
			return errors.New("once")
		}
		return nil
	}
	done(t.queen.Queue(t.queue).Limit(4).Consume(t.ctx, handler).Execute(t.ctx))
	equal(seen, []int{0, 1, 1, 2}, "messages")
	equal(len(t.pop("")), 0, "messages after it")
}

func aConsumerThatDoesNotAcknowledge(t *trial) {
	t.create(queen.QueueConfig{LeaseTime: 1})
	t.push("", 0, 1)
	handler := func(context.Context, *queen.Message) error { return errors.New("stop") }
	err := t.queen.Queue(t.queue).AutoAck(false).Consume(t.ctx, handler).Execute(t.ctx)
	holds(err != nil && err.Error() == "stop", "error: %v", err)
	equal(len(t.pop("")), 0, "messages while it is leased")
	equal(numbers(t.wait("")), []int{0}, "messages later")
}

func aConsumerThatRenewsItsLease(t *trial) {
	t.create(queen.QueueConfig{LeaseTime: 1})
	t.push("", 0, 1)
	calls := 0
	handler := func(context.Context, *queen.Message) error {
		calls++
		time.Sleep(2500 * time.Millisecond)
		return nil
	}
	done(t.queen.Queue(t.queue).RenewLease(true, 300).Limit(1).Consume(t.ctx, handler).Execute(t.ctx))
	equal(calls, 1, "calls")
	equal(len(t.pop("")), 0, "messages after it")
}

func aConsumerEndsWhenNothingComes(t *trial) {
	t.push("", 0, 1)
	found, begun := []int{}, time.Now()
	done(t.queen.Queue(t.queue).Wait(false).IdleMillis(500).Consume(t.ctx, collect(&found)).Execute(t.ctx))
	equal(found, []int{0}, "messages")
	took := time.Since(begun)
	holds(took > 500*time.Millisecond && took < 3*time.Second, "after %v", took)
}

func aConsumerIsStopped(t *trial) {
	ctx, cancel := context.WithCancel(t.ctx)
	handler := func(context.Context, *queen.Message) error {
		cancel()
		return nil
	}
	ended := make(chan error, 1)
	go func() { ended <- t.queen.Queue(t.queue).Concurrency(3).Consume(ctx, handler).Execute(ctx) }()
	t.push("", 0, 1)
	select {
	case err := <-ended:
		done(err)
	case <-time.After(5 * time.Second):
		fail("it goes on")
	}
}

func aConsumerOfAPartition(t *trial) {
	t.push("left", 0, 3)
	t.push("right", 3, 3)
	found := []int{}
	done(t.queen.Queue(t.queue).Partition("right").Limit(3).Consume(t.ctx, collect(&found)).Execute(t.ctx))
	equal(found, from(3, 3), "messages")
}

func aConsumerOfNewMessages(t *trial) {
	t.push("", 0, 3)
	found, ended := []int{}, make(chan error, 1)
	go func() {
		queue := t.queen.Queue(t.queue).Group("g").SubscriptionMode(queen.SubscriptionModeNew).Limit(2)
		ended <- queue.Consume(t.ctx, collect(&found)).Execute(t.ctx)
	}()
	time.Sleep(500 * time.Millisecond)
	t.push("", 3, 2)
	done(<-ended)
	equal(found, from(3, 2), "messages")
}

func consumersShareThePartitions(t *trial) {
	expected := map[string][]int{}
	for _, partition := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		t.push(partition, 0, 30)
		expected[partition] = from(0, 30)
	}
	ctx, cancel := context.WithCancel(t.ctx)
	defer cancel()
	var lock sync.Mutex
	found, count := map[string][]int{}, 0
	handler := func(_ context.Context, messages []*queen.Message) error {
		lock.Lock()
		defer lock.Unlock()
		for _, message := range messages {
			found[message.Partition] = append(found[message.Partition], number(message))
		}
		if count += len(messages); count >= 240 {
			time.AfterFunc(200*time.Millisecond, cancel)
		}
		return nil
	}
	done(t.queen.Queue(t.queue).Group("g").Batch(few).Concurrency(8).ConsumeBatch(ctx, handler).Execute(ctx))
	equal(found, expected, "order in each partition")
}

func aConsumerOfANamespaceAndOfATask(t *trial) {
	space, chore := t.queue+".space", t.queue+".chore"
	one, two := t.queen.Queue(t.queue+".one"), t.queen.Queue(t.queue+".two")
	must(one.Namespace(space).Task(chore).Create().Execute(t.ctx))
	must(two.Namespace(space).Create().Execute(t.ctx))
	must(one.Push(object{"n": 1}).Execute(t.ctx))
	must(two.Push(object{"n": 2}).Execute(t.ctx))
	found := []int{}
	done(t.queen.Queue("").Namespace(space).Limit(2).Consume(t.ctx, collect(&found)).Execute(t.ctx))
	equal(found[0]+found[1], 3, "sum of the namespace")
	done(t.queen.Queue("").Task(chore).Group("g").Limit(1).Consume(t.ctx, collect(&found)).Execute(t.ctx))
	done(t.queen.Queue("").Namespace(space).Task(chore).Group("h").Limit(1).Consume(t.ctx, collect(&found)).Execute(t.ctx))
	equal(found[2:], []int{1, 1}, "of the task, of both")
}

func aConsumerInATransaction(t *trial) {
	t.push("", 0, 3)
	handler := func(ctx context.Context, message *queen.Message) error {
		transaction := t.queen.Transaction().Ack(message, queen.AckStatusCompleted, queen.AckOptions{})
		_, err := transaction.Queue(t.queue + ".next").Push(object{"n": message.Data["n"]}).Commit(ctx)
		return err
	}
	done(t.queen.Queue(t.queue).AutoAck(false).Limit(3).Consume(t.ctx, handler).Execute(t.ctx))
	equal(numbers(must(t.queen.Queue(t.queue+".next").Batch(5).Pop(t.ctx))), from(0, 3), "messages of the next queue")
	equal(len(t.pop("")), 0, "messages after it")
}
