package main

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode"

	queen "github.com/smartpricing/queen/client-go"
)

const limit = 30 * time.Second

// The early client gives up a request as soon as the head of its answer is there: of what is longer than one read, about 4 kB,
// it loses a part of the answers, and with them messages until their lease is over. So pops take few, and pushes are short.
const few = 5

// What the client says that it cannot do, whatever a server answers, and what that means.
var inabilities = map[string]string{
	"failed to read response body: context canceled": "this client did not wait for the whole answer",
	"is not implemented server-side":                 "not in this version",
}

// A behaviour asks the client for something, and fails the trial when what comes is wrong. Its name is the sentence.
type behaviour func(*trial)

// A trial is what a behaviour gets: a client and a queue's name of its own, and the time it has.
type trial struct {
	ctx   context.Context
	url   string
	queen *queen.Queen
	queue string
}

// A failure ends a trial by a panic.
type failure struct{ outcome, where, what string }

// play returns the outcome of one behaviour, `pass`, `FAIL` or `skip`, and what was wrong.
func play(name string, played behaviour, url string) (outcome, detail string) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	client, err := queen.New(url)
	if err != nil {
		return "FAIL", err.Error()
	}
	defer client.Close(context.Background())
	defer func() {
		switch ended := recover().(type) {
		case nil:
		case failure:
			outcome, detail = ended.outcome, ended.where+" "+ended.what
		default:
			panic(ended)
		}
	}()
	queue := fmt.Sprintf("g.%.40s.%x", strings.ReplaceAll(name, " ", "-"), time.Now().UnixNano())
	played(&trial{ctx, url, client, queue})
	return "pass", ""
}

// nameOf is the behaviour's function with blanks: `aLeaseRunsOut` is "a lease runs out".
func nameOf(played behaviour) string {
	_, function, _ := strings.Cut(runtime.FuncForPC(reflect.ValueOf(played).Pointer()).Name(), ".")
	var name strings.Builder
	for _, letter := range function {
		if unicode.IsUpper(letter) {
			name.WriteByte(' ')
		}
		name.WriteRune(unicode.ToLower(letter))
	}
	return name.String()
}

// fail ends the trial, and says the line of the behaviour that it came from.
func fail(format string, values ...any) {
	_, own, _, _ := runtime.Caller(0)
	found := failure{"FAIL", "?", fmt.Sprintf(format, values...)}
	for said, meaning := range inabilities {
		if strings.Contains(found.what, said) {
			found.outcome, found.what = "skip", meaning
		}
	}
	for depth := 1; ; depth++ {
		_, file, line, ok := runtime.Caller(depth)
		if !ok || filepath.Base(file) == "main.go" {
			panic(found)
		}
		if file != own && strings.HasPrefix(file, filepath.Dir(own)) {
			found.where = fmt.Sprintf("%s:%d", filepath.Base(file), line)
			panic(found)
		}
	}
}

// equal fails with both when they differ.
func equal(found, expected any, what string) {
	if !reflect.DeepEqual(found, expected) {
		fail("%s: %v, expected %v", what, found, expected)
	}
}

// holds fails when the condition is false.
func holds(condition bool, format string, values ...any) {
	if !condition {
		fail(format, values...)
	}
}

// must is the value, or fails with what the client says.
func must[T any](value T, err error) T {
	if err != nil {
		fail("%v", err)
	}
	return value
}

// done fails with what the client says.
func done(err error) {
	must(0, err)
}

// eventually asks until the answer is true; it fails after `seconds`.
func eventually(seconds float64, what string, question func() bool) {
	for end := time.Now().Add(time.Duration(seconds * float64(time.Second))); !question(); {
		holds(time.Now().Before(end), "%s: not within %v s", what, seconds)
		time.Sleep(50 * time.Millisecond)
	}
}

// object is a payload, or an answer.
type object = map[string]any

// numbered are the payloads {"n": from} ….
func numbered(from, count int) []any {
	payloads := make([]any, count)
	for index := range payloads {
		payloads[index] = object{"n": from + index}
	}
	return payloads
}

// numbers are what numbered payloads hold.
func numbers(messages []*queen.Message) []int {
	found := make([]int, len(messages))
	for index, message := range messages {
		found[index] = number(message)
	}
	return found
}

// number is what one numbered payload holds, -1 for another.
func number(message *queen.Message) int {
	if value, ok := message.Data["n"].(float64); ok {
		return int(value)
	}
	return -1
}

// from are the numbers from `first`, as many as `count`.
func from(first, count int) []int {
	found := make([]int, count)
	for index := range found {
		found[index] = first + index
	}
	return found
}

// create makes the trial's queue with a configuration.
func (t *trial) create(config queen.QueueConfig) object {
	return must(t.queen.Queue(t.queue).Config(config).Create().Execute(t.ctx))
}

// push stores numbered payloads in a partition of the trial's queue, ten in a request.
func (t *trial) push(partition string, first, count int) []queen.PushResponse {
	var responses []queen.PushResponse
	for payloads := range slices.Chunk(numbered(first, count), 10) {
		some := must(t.queen.Queue(t.queue).Partition(partition).Push(payloads).Execute(t.ctx))
		responses = append(responses, some...)
	}
	equal(len(responses), count, "responses")
	return responses
}

// pop takes a few of the messages that are there now for a group.
func (t *trial) pop(group string) []*queen.Message {
	return must(t.queen.Queue(t.queue).Batch(few).Group(group).Pop(t.ctx))
}

// wait takes a few messages for a group, and waits for them up to ten seconds.
func (t *trial) wait(group string) []*queen.Message {
	return must(t.queen.Queue(t.queue).Batch(few).Group(group).Wait(true).TimeoutMillis(10_000).Pop(t.ctx))
}

// ack says that messages are done, and fails when that is refused.
func (t *trial) ack(messages any, group string) {
	for _, response := range must(t.queen.Ack(t.ctx, messages, true, queen.AckOptions{ConsumerGroup: group})) {
		holds(response.Success, "acknowledgement refused: %s", response.Error)
	}
}

// isRefused is whether the acknowledgement of one message is refused, and says why.
func (t *trial) isRefused(message queen.Message) bool {
	responses := must(t.queen.Ack(t.ctx, message, true, queen.AckOptions{}))
	return !responses[0].Success && responses[0].Error != ""
}

// deadLetters are those of a group, "" for all.
func (t *trial) deadLetters(group string) *queen.DLQResponse {
	return must(t.queen.Queue(t.queue).DLQ(group).Limit(few).Get(t.ctx))
}
