// Acknowledgements, leases, groups, dead letters and transactions.

import { randomUUID } from 'node:crypto'
import { dataOf, equal, eventually, holds, numbered, numbersOf, pop, refused, sleep, upTo } from './behaviours.mjs'

export const acknowledging = {
  async 'a failed message comes again and is set aside'(queen, queue) {
    await queen.queue(queue).config({ retryLimit: 2, retryDelay: 0 }).create()
    await queen.queue(queue).push({ data: 'poison' })
    for (let turn = 0; turn < 3; turn++) {
      const messages = await eventually(() => pop(queen, queue))
      equal(dataOf(messages), ['poison'])
      equal((await queen.ack(messages[0], false, { error: 'no good' })).success, true, 'acknowledged')
    }
    equal(await pop(queen, queue), [], 'after the last try')
    const letters = await queen.queue(queue).dlq().get()
    equal([letters.messages.length, letters.total], [1, 1], `dead letters in ${JSON.stringify(letters)}`)
    const [letter] = letters.messages
    equal([letter.data, letter.errorMessage, letter.queue], ['poison', 'no good', queue])
  },

  async 'dead letters by group, partition, page and moment'(queen, queue) {
    await queen.queue(queue).config({ retryLimit: 0 }).create()
    await numbered(queen, queue, 3, { partition: 'p' })
    for (const message of await pop(queen, queue, { group: 'g' })) await queen.ack(message, 'dlq', { group: 'g' })
    const total = async builder => (await builder.get()).total
    equal(await total(queen.queue(queue).dlq('g')), 3, 'of the group')
    equal(await total(queen.queue(queue).dlq('other')), 0, 'of another')
    equal(await total(queen.queue(queue).partition('p').dlq('g')), 3, 'of the partition')
    equal((await queen.queue(queue).dlq('g').limit(2).offset(2).get()).messages.length, 1, 'the last page')
    equal(await total(queen.queue(queue).dlq().from('2000-01-01T00:00:00Z')), 3, 'since then')
    equal(await total(queen.queue(queue).dlq().to('2000-01-01T00:00:00Z')), 0, 'until then')
  },

  async 'a batch with a status for each'(queen, queue) {
    await queen.queue(queue).config({ retryLimit: 0 }).create()
    await numbered(queen, queue, 3)
    const messages = await pop(queen, queue)
    messages[0]._status = messages[2]._status = 'completed'
    Object.assign(messages[1], { _status: 'failed', _error: 'second' })
    equal((await queen.ack(messages)).success, true, 'acknowledged')
    equal(await pop(queen, queue), [], 'the rest')
    const { messages: letters } = await queen.queue(queue).dlq().get()
    equal(letters.map(letter => [letter.data.n, letter.errorMessage]), [[1, 'second']])
  },

  async 'an acknowledgement of nothing is refused'(queen, queue) {
    await numbered(queen, queue, 1)
    const [message] = await pop(queen, queue)
    equal((await queen.ack({ ...message, transactionId: randomUUID() })).success, false, 'unknown message')
    equal((await queen.ack({ ...message, leaseId: randomUUID() })).success, false, 'unknown lease')
    equal((await queen.ack(message)).success, true, 'the message itself')
  },

  async 'a lease runs out'(queen, queue) {
    await queen.queue(queue).config({ leaseTime: 1 }).create()
    await numbered(queen, queue, 1)
    const [first] = await pop(queen, queue)
    equal(await pop(queen, queue), [], 'while it is leased')
    const [second] = await eventually(() => pop(queen, queue), 5000)
    equal(second.transactionId, first.transactionId)
    equal((await queen.ack(first)).success, false, 'acknowledgement under the lost lease')
    equal((await queen.ack(second)).success, true, 'acknowledgement under the new one')
  },

  async 'a lease can be renewed'(queen, queue) {
    await queen.queue(queue).config({ leaseTime: 1 }).create()
    await numbered(queen, queue, 2)
    const messages = await pop(queen, queue)
    for (const renewed of [await queen.renew(messages[0]), await queen.renew(messages[0].leaseId)]) {
      equal(renewed.success, true, `success of ${JSON.stringify(renewed)}`)
      holds(Date.parse(renewed.newExpiresAt) > Date.now(), `newExpiresAt of ${JSON.stringify(renewed)}`)
    }
    equal((await queen.renew(messages)).every(renewed => renewed.success), true, 'of a list')
    await sleep(1300)
    equal(await pop(queen, queue), [], 'after the first lease would have been over')
    equal((await queen.ack(messages)).success, true, 'acknowledged')
  },

  async 'renewal of an unknown lease fails'(queen) {
    equal((await queen.renew(randomUUID())).success, false)
  },

  async 'each group gets everything'(queen, queue) {
    await numbered(queen, queue, 10)
    for (const group of ['one', 'two', null]) {
      const [options, context] = group ? [{ group }, { group }] : [{}, {}]
      const messages = await pop(queen, queue, options)
      equal(numbersOf(messages), upTo(10), `${group}`)
      equal((await queen.ack(messages, true, context)).success, true, 'acknowledged')
      equal(await pop(queen, queue, options), [], `${group} after it`)
    }
  },

  async 'a group that subscribes to new messages'(queen, queue) {
    await numbered(queen, queue, 3)
    const modes = ['new', 'new-only']
    for (const mode of modes) equal(await pop(queen, queue, { group: mode, subscriptionMode: mode }), [], `${mode}, before`)
    await numbered(queen, queue, 2, { start: 3 })
    await numbered(queen, queue, 1, { partition: 'later', start: 5 })
    for (const mode of modes) {
      const found = []
      for (let messages; (messages = await pop(queen, queue, { group: mode, subscriptionMode: mode })).length > 0;) {
        found.push(...numbersOf(messages))
        await queen.ack(messages, true, { group: mode })
      }
      equal(found.sort(), [3, 4, 5], mode)
    }
    equal((await pop(queen, queue, { group: 'all', subscriptionMode: 'all' })).length >= 1, true, 'all')
  },

  async 'a group that subscribes from a moment'(queen, queue) {
    await numbered(queen, queue, 3)
    await sleep(200)
    const moment = new Date().toISOString()
    await sleep(200)
    await numbered(queen, queue, 2, { start: 3 })
    equal(numbersOf(await pop(queen, queue, { group: 'g', subscriptionFrom: moment })), [3, 4])
    equal(await pop(queen, queue, { group: 'h', subscriptionFrom: 'now' }), [], 'from now')
  },

  async 'a transaction acknowledges and pushes'(queen, queue) {
    await numbered(queen, queue, 1)
    const [message] = await pop(queen, queue)
    const result = await queen.transaction().ack(message).queue(`${queue}.next`).push([{ data: 1 }, { data: 2 }])
      .queue(`${queue}.other`).partition('p').push({ data: 3 }).commit()
    equal([result.success, result.results.length], [true, 4])
    equal(await pop(queen, queue), [], 'acknowledged')
    equal(dataOf(await pop(queen, `${queue}.next`)), [1, 2], 'pushed')
    equal(dataOf(await pop(queen, `${queue}.other`, { partition: 'p' })), [3], 'pushed')
  },

  async 'a transaction is all or nothing'(queen, queue) {
    await numbered(queen, queue, 1)
    const [message] = await pop(queen, queue)
    const strange = { ...message, transactionId: randomUUID() }
    const transaction = queen.transaction().queue(`${queue}.next`).push({ data: 1 }).ack(message).ack(strange)
    const error = await refused(transaction.commit())
    holds(error.message.includes('Message not found'), `error: ${error.message}`)
    equal(await pop(queen, `${queue}.next`), [], 'pushed')
    equal((await queen.ack(message)).success, true, 'the message is still to be acknowledged')
  },

  async 'a transaction under a lost lease fails'(queen, queue) {
    await queen.queue(queue).config({ leaseTime: 1 }).create()
    await numbered(queen, queue, 1)
    const [message] = await pop(queen, queue)
    await eventually(() => pop(queen, queue), 5000)
    await refused(queen.transaction().ack(message).queue(`${queue}.next`).push({ data: 1 }).commit())
    equal(await pop(queen, `${queue}.next`), [], 'pushed')
  },

  async 'a transaction of a group'(queen, queue) {
    await numbered(queen, queue, 1)
    const [message] = await pop(queen, queue, { group: 'g' })
    await queen.transaction().ack(message, 'completed', { consumerGroup: 'g' }).queue(`${queue}.next`).push({ data: 1 }).commit()
    equal(await pop(queen, queue, { group: 'g' }), [], 'of the group')
    equal((await pop(queen, queue, { group: 'h' })).length, 1, 'of another')
  },

  async 'a failed message in a transaction is set aside'(queen, queue) {
    await numbered(queen, queue, 1)
    await queen.transaction().ack((await pop(queen, queue))[0], 'failed').queue(`${queue}.next`).push({ data: 1 }).commit()
    equal(await pop(queen, queue), [], 'again')
    equal((await queen.queue(queue).dlq().get()).total, 1, 'dead letters')
  },
}
