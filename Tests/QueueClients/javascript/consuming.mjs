// Consumers, and what a queue's options do to what they get.

import { randomUUID } from 'node:crypto'
import { dataOf, equal, eventually, holds, numbered, numbersOf, pop, sleep, upTo } from './behaviours.mjs'

export const consuming = {
  async 'a consumer acknowledges by itself'(queen, queue) {
    await numbered(queen, queue, 10)
    const found = []
    await queen.queue(queue).batch(1).limit(10).each().consume(async message => found.push(message.data.n))
    equal(found, upTo(10))
    equal(await pop(queen, queue), [], 'after it')
  },

  async 'a consumer of batches'(queen, queue) {
    await numbered(queen, queue, 20)
    const found = []
    await queen.queue(queue).batch(5).limit(20).consume(async messages => found.push(numbersOf(messages)))
    equal(found, [0, 5, 10, 15].map(start => upTo(5).map(n => start + n)))
  },

  async 'a consumer of batches one by one'(queen, queue) {
    await numbered(queen, queue, 20)
    const found = []
    await queen.queue(queue).batch(7).limit(20).each().consume(async message => found.push(message.data.n))
    equal(found, upTo(20))
  },

  async 'a consumer that waits for what comes'(queen, queue) {
    await queen.queue(queue).create()
    const found = []
    const done = queen.queue(queue).batch(10).limit(3).each().consume(async message => found.push(message.data.n)).then(() => true)
    for (const n of upTo(3)) {
      await sleep(100)
      await numbered(queen, queue, 1, { start: n })
    }
    equal(await done, true)
    equal(found, upTo(3))
  },

  async 'a consumer that is stopped'(queen, queue) {
    await numbered(queen, queue, 3)
    const [found, stop] = [[], new AbortController()]
    await queen.queue(queue).batch(1).wait(false).consume(async messages => {
      found.push(...numbersOf(messages))
      if (found.length === 2) stop.abort()
    }, { signal: stop.signal })
    equal(found, [0, 1])
    equal(numbersOf(await pop(queen, queue)), [2], 'the rest')
  },

  async 'a consumer that ends when nothing comes'(queen, queue) {
    await numbered(queen, queue, 2)
    const found = []
    await queen.queue(queue).batch(1).wait(false).idleMillis(500).consume(async messages => found.push(...numbersOf(messages)))
    equal(found, [0, 1])
  },

  async 'a consumer that fails gets the message again'(queen, queue) {
    await queen.queue(queue).config({ retryDelay: 0 }).create()
    await numbered(queen, queue, 3)
    const seen = []
    await queen.queue(queue).batch(1).limit(4).each().consume(async message => {
      seen.push(message.data.n)
      if (message.data.n === 1 && seen.length === 2) throw new Error('once')
    })
    equal(seen, [0, 1, 1, 2], 'order')
    equal(await pop(queen, queue), [], 'after it')
  },

  async 'a consumer of batches that fails gets the batch again'(queen, queue) {
    await queen.queue(queue).config({ retryDelay: 0, retryLimit: 3 }).create()
    await numbered(queen, queue, 100)
    const seen = []
    await queen.queue(queue).group('g').batch(100).wait(false).limit(300).consume(async messages => {
      seen.push(messages.length)
      if (seen.length < 3) throw new Error('twice')
    })
    equal(seen, [100, 100, 100])
    equal(await pop(queen, queue, { group: 'g' }), [], 'after it')
  },

  async 'a consumer with callbacks'(queen, queue) {
    await numbered(queen, queue, 2)
    const told = []
    await queen.queue(queue).batch(1).limit(2).each().consume(async message => {
      if (message.data.n === 1) throw new Error('bad')
    }).onSuccess(async message => {
      await queen.ack(message, true)
      told.push('success')
    }).onError(async (message, error) => {
      await queen.ack(message, 'dlq', { error: error.message })
      told.push(error.message)
    })
    equal(told, ['success', 'bad'])
    equal((await queen.queue(queue).dlq().get()).total, 1, 'dead letters')
  },

  async 'a consumer that leaves the acknowledgement to a transaction'(queen, queue) {
    await numbered(queen, queue, 3)
    await queen.queue(queue).batch(1).limit(3).each().autoAck(false).consume(message =>
      queen.transaction().queue(`${queue}.next`).push({ data: { n: message.data.n * 10 } }).ack(message).commit())
    equal(await pop(queen, queue), [], 'acknowledged')
    equal(numbersOf(await pop(queen, `${queue}.next`)), [0, 10, 20], 'pushed')
  },

  async 'a consumer that renews its lease'(queen, queue) {
    await queen.queue(queue).config({ leaseTime: 1 }).create()
    await numbered(queen, queue, 1)
    const found = []
    await queen.queue(queue).batch(1).renewLease(true, 300).limit(1).each().consume(async message => {
      await sleep(2500)
      found.push(message.data.n)
    })
    equal(found, [0])
    equal(await pop(queen, queue), [], 'after it')
  },

  async 'consumers share the partitions'(queen, queue) {
    for (const n of upTo(10)) await numbered(queen, queue, 30, { partition: `p${n}` })
    const [found, stop] = [{}, new AbortController()]
    await queen.queue(queue).group('g').batch(10).concurrency(10).wait(false).consume(async messages => {
      for (const message of messages) (found[message.partition] ??= []).push(message.data.n)
      if (Object.values(found).flat().length >= 300) stop.abort()
    }, { signal: stop.signal })
    equal(Object.keys(found).sort(), upTo(10).map(n => `p${n}`), 'partitions')
    for (const [partition, numbers] of Object.entries(found)) equal(numbers, upTo(30), `order in ${partition}`)
  },

  async 'a consumer of a group that subscribes to new messages'(queen, queue) {
    await numbered(queen, queue, 3)
    const [found, stop] = [[], new AbortController()]
    const consumer = queen.queue(queue).group('g').subscriptionMode('new').batch(10).wait(false).consume(async messages => {
      found.push(...numbersOf(messages))
      stop.abort()
    }, { signal: stop.signal }).then(() => true)
    await sleep(500)
    await numbered(queen, queue, 2, { start: 3 })
    equal(await consumer, true)
    equal(found, [3, 4])
  },

  async 'a consumer of a namespace and of a task'(queen, queue) {
    const [space, chore] = [`n${randomUUID()}`, `t${randomUUID()}`]
    await queen.queue(`${queue}.a`).namespace(space).task(chore).create()
    await queen.queue(`${queue}.b`).namespace(space).create()
    await numbered(queen, `${queue}.a`, 2)
    await numbered(queen, `${queue}.b`, 2)
    const consumed = async (builder, limit) => {
      const found = []
      await builder.batch(1).limit(limit).each().consume(async message => found.push(message.data.n))
      return found.sort()
    }
    equal(await consumed(queen.queue().namespace(space), 4), [0, 0, 1, 1], 'of the namespace')
    equal(await consumed(queen.queue().task(chore).group('g'), 2), [0, 1], 'of the task')
    equal(await consumed(queen.queue().namespace(space).task(chore).group('h'), 2), [0, 1], 'of both')
  },

  async 'a message is held back'(queen, queue) {
    await queen.queue(queue).config({ delayedProcessing: 1 }).create()
    await numbered(queen, queue, 1)
    const pushed = Date.now()
    equal(await pop(queen, queue), [], 'at once')
    equal((await pop(queen, queue, { wait: true })).length, 1, 'later')
    holds(Date.now() - pushed > 900, `after ${Date.now() - pushed} ms`)
  },

  async 'a window comes as one batch'(queen, queue) {
    await queen.queue(queue).config({ windowBuffer: 1 }).create()
    for (const start of upTo(3)) await numbered(queen, queue, 1, { start })
    equal(await pop(queen, queue), [], 'at once')
    equal((await pop(queen, queue, { wait: true })).length, 3, 'later')
  },

  async 'an encrypted queue'(queen, queue) {
    await queen.queue(queue).config({ encryptionEnabled: true }).create()
    await queen.queue(queue).push({ data: { secret: 1 } })
    equal(dataOf(await pop(queen, queue)), [{ secret: 1 }])
  },

  async 'a queue of higher priority goes first'(queen, queue) {
    const space = `n${randomUUID()}`
    for (const [name, priority] of [['low', 1], ['high', 10]]) {
      await queen.queue(`${queue}.${name}`).namespace(space).config({ priority }).create()
      await queen.queue(`${queue}.${name}`).push({ data: name })
    }
    const found = []
    await queen.queue().namespace(space).batch(1).limit(2).each().consume(async message => found.push(message.data))
    equal(found, ['high', 'low'])
  },

  async 'a message outlives its time to live by nothing'(queen, queue) {
    await queen.queue(queue).config({ ttl: 1 }).create()
    await numbered(queen, queue, 1)
    await sleep(1300)
    equal(await pop(queen, queue), [])
    equal(await eventually(async () => (await pop(queen, queue)).length === 0), true)
  },
}
