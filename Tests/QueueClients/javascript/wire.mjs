// What Queen MQ's JavaScript client sends, by the same fetch: `node wire.mjs URL [WORD ...]`. Prints lines as main.py does.
//
// No package of the client is to be had, so this is no test of it. It is what its requests look like and what it looks at
// in the answers, as its published source has it: a Content-Type with every request, nulls for what is not set, names that
// are not encoded in paths of pops, `{}` for a renewal, any status below 300 a success, `error` at the top of an answer.

const [base, ...words] = process.argv.slice(2)

async function ask(method, path, body = null, timeout = 30000) {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), timeout)
  try {
    const options = { method, signal: controller.signal, headers: { 'Content-Type': 'application/json' } }
    if (body) options.body = JSON.stringify(body)
    const response = await fetch(base + path, options)
    if (response.status === 204) return null
    if (!response.ok) {
      const text = await response.text()
      throw Object.assign(new Error(JSON.parse(text).error), { status: response.status })
    }
    if (!response.headers.get('content-type')?.includes('application/json')) throw new Error('an answer that is no JSON')
    return await response.json()
  } finally {
    clearTimeout(timer)
  }
}

const DEFAULTS = {
  leaseTime: 300, retryLimit: 3, priority: 0, delayedProcessing: 0, windowBuffer: 0, maxSize: 10000, retentionSeconds: 0,
  completedRetentionSeconds: 0, encryptionEnabled: false,
}

let number = 0
const transaction = () => `${process.pid}-${number++}`

const configure = (queue, options = {}, namespace = null, task = null) =>
  ask('POST', '/api/v1/configure', { queue, namespace, task, options: { ...DEFAULTS, ...options } })

const push = (queue, payloads, partition = 'Default') => ask('POST', '/api/v1/push', {
  items: payloads.map(payload => ({ queue, partition, payload, transactionId: transaction() })),
})

async function pop(queue, { partition = 'Default', wait = false, timeout = 30000, batch = 100, ...more } = {}) {
  const place = queue === null ? '' : partition === 'Default' ? `/queue/${queue}` : `/queue/${queue}/partition/${partition}`
  const query = new URLSearchParams({ batch: `${batch}`, wait: `${wait}`, timeout: `${timeout}`, ...more })
  const result = await ask('GET', `/api/v1/pop${place}?${query}`, null, timeout + 5000)
  return result?.messages?.filter(message => message != null) ?? []
}

const ackBody = (message, status, error, group) => ({
  transactionId: message.transactionId, partitionId: message.partitionId, status, error, consumerGroup: group,
  leaseId: message.leaseId,
})

// `{ success: false }` where the client finds an `error` at the top of the answer.
async function ack(message, status = 'completed', error = null, group = null) {
  const result = await ask('POST', '/api/v1/ack', ackBody(message, status, error, group))
  return result && result.error ? { success: false, error: result.error } : { success: true, ...result }
}

async function ackAll(messages, group = null) {
  const acknowledgments = messages.map(({ transactionId, partitionId, leaseId }) =>
    ({ transactionId, partitionId, status: 'completed', error: null, leaseId }))
  const result = await ask('POST', '/api/v1/ack/batch', { acknowledgments, consumerGroup: group })
  return !(result && result.error)
}

function equal(found, expected, what = 'value') {
  const [left, right] = [JSON.stringify(found), JSON.stringify(expected)]
  if (left !== right) throw new Error(`${what}: ${left}, expected ${right}`)
}

async function refused(promise) {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it was not refused')
}

const data = messages => messages.map(message => message.data)
const sleep = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))

const behaviours = {
  async 'create and delete a queue'(queue) {
    const made = await configure(queue, { leaseTime: 17 })
    equal([made.configured, made.queue, made.options.leaseTime, made.options.maxSize], [true, queue, 17, 10000])
    equal((await ask('DELETE', `/api/v1/resources/queues/${encodeURIComponent(queue)}`)).deleted, true)
  },
  async 'names with blanks and signs'(queue) {
    const name = `${queue} ü&x`
    await configure(name)
    await push(name, [1], 'left side')
    // The client puts names into paths as they are, and fetch encodes what a path cannot hold.
    equal(data(await pop(name, { partition: 'left side' })), [1])
    equal((await ask('DELETE', `/api/v1/resources/queues/${encodeURIComponent(name)}`)).existed, true)
  },
  async 'push, pop and acknowledge'(queue) {
    const results = await push(queue, [{ n: 1 }, null, 'é😀'])
    equal(results.map(result => result.status), ['queued', 'queued', 'queued'])
    const messages = await pop(queue)
    equal(data(messages), [{ n: 1 }, null, 'é😀'])
    equal((await ack(messages[0])).success, true)
    equal(await ackAll(messages.slice(1)), true)
    equal(await pop(queue), [])
  },
  async 'a duplicate is told'(queue) {
    const items = [{ queue, partition: 'Default', payload: 1, transactionId: transaction() }]
    equal((await ask('POST', '/api/v1/push', { items }))[0].status, 'queued')
    equal((await ask('POST', '/api/v1/push', { items }))[0].status, 'duplicate')
  },
  async 'a refused acknowledgement has its error at the top'(queue) {
    await push(queue, [1])
    const [message] = await pop(queue)
    equal((await ack({ ...message, transactionId: 'none' })).success, false, 'unknown message')
    equal((await ack({ ...message, leaseId: '11111111-1111-7111-8111-111111111111' })).success, false, 'unknown lease')
    equal((await ack(message)).success, true)
  },
  async 'an acknowledgement as the clients since version 1 read it'(queue) {
    await push(queue, [1])
    const [message] = await pop(queue)
    const answer = status => ask('POST', '/api/v1/ack', ackBody(message, status, null, null))
    // They take a list with an item for each, or an object with an error: an object without one is a failure to them.
    equal((await answer('completed')).map?.(({ success, error }) => [success, error]), [[true, null]], 'accepted')
    const refusal = await ask('POST', '/api/v1/ack', ackBody({ ...message, transactionId: 'none' }, 'completed', null, null))
    equal(typeof refusal.error, 'string', 'refused')
  },
  async 'an acknowledgement of a group'(queue) {
    await push(queue, [1, 2])
    const messages = await pop(queue, { consumerGroup: 'g' })
    equal(await ackAll(messages, 'g'), true)
    equal([(await pop(queue, { consumerGroup: 'g' })).length, (await pop(queue)).length], [0, 2])
  },
  async 'a failed message comes again and is set aside'(queue) {
    await configure(queue, { retryLimit: 1, retryDelay: 0 })
    await push(queue, ['poison'])
    for (let turn = 0; turn < 2; turn++) equal((await ack((await pop(queue, { wait: true }))[0], 'failed', 'bad')).success, true)
    equal(await pop(queue), [])
    const letters = await ask('GET', `/api/v1/dlq?${new URLSearchParams({ queue, limit: '100', offset: '0' })}`)
    equal([letters.total, letters.messages[0].data, letters.messages[0].errorMessage], [1, 'poison', 'bad'])
  },
  async 'a lease is renewed'(queue) {
    await configure(queue, { leaseTime: 1 })
    await push(queue, [1])
    const [message] = await pop(queue)
    const renewed = await ask('POST', `/api/v1/lease/${message.leaseId}/extend`, {})
    equal([renewed.leaseId, typeof renewed.newExpiresAt], [message.leaseId, 'string'])
    await sleep(1200)
    equal(await pop(queue), [])
    equal((await refused(ask('POST', '/api/v1/lease/11111111-1111-7111-8111-111111111111/extend', {}))).status, 404)
  },
  async 'a transaction, and one that fails'(queue) {
    await push(queue, [1])
    const [message] = await pop(queue)
    const operations = transactionId => [
      { type: 'ack', transactionId, partitionId: message.partitionId, status: 'completed' },
      { type: 'push', items: [{ queue: `${queue}.next`, payload: 2 }] },
    ]
    const commit = id => ask('POST', '/api/v1/transaction', { operations: operations(id), requiredLeases: [message.leaseId] })
    equal((await refused(commit('none'))).message.includes('Message not found'), true)
    equal(await pop(`${queue}.next`), [])
    equal((await commit(message.transactionId)).success, true)
    equal(data(await pop(`${queue}.next`)), [2])
  },
  async 'a long poll is woken, and one ends in time'(queue) {
    const waiting = pop(queue, { wait: true, timeout: 5000 })
    await sleep(200)
    await push(queue, [1])
    equal(data(await waiting), [1])
    const begun = Date.now()
    equal(await pop(queue, { wait: true, timeout: 500 }), [])
    equal(Date.now() - begun < 1500, true, 'in time')
  },
  async 'a pop of a namespace'(queue) {
    await configure(queue, {}, `${queue}-space`, 'chore')
    await push(queue, [1])
    equal(data(await pop(null, { namespace: `${queue}-space` })), [1])
    equal(data(await pop(null, { task: 'chore', namespace: `${queue}-space`, consumerGroup: 'g' })), [1])
  },
  async 'a subscription to what is new'(queue) {
    await push(queue, [1])
    equal(await pop(queue, { consumerGroup: 'g', subscriptionMode: 'new' }), [])
    await push(queue, [2])
    equal(data(await pop(queue, { consumerGroup: 'g', subscriptionMode: 'new' })), [2])
  },
  async 'fifty requests at once'(queue) {
    await Promise.all(Array.from({ length: 50 }, (_, n) => push(queue, [n], `p${n % 5}`)))
    const found = []
    for (let messages; (messages = await pop(queue, { autoAck: 'true' })).length > 0;) found.push(...data(messages))
    equal(found.sort((a, b) => a - b), Array.from({ length: 50 }, (_, n) => n))
  },
  async 'what is malformed is refused once'(queue) {
    equal((await refused(ask('POST', '/api/v1/push', { items: [{ queue: 5 }] }))).status, 400)
    equal((await refused(ask('POST', '/api/v1/ack', { transactionId: queue }))).status, 400)
    equal((await refused(ask('POST', '/api/v1/transaction', { operations: [] }))).status, 400)
  },
}

for (const [name, behaviour] of Object.entries(behaviours)) {
  if (words.length > 0 && !words.some(word => name.includes(word))) continue
  const queue = `js.${name.replaceAll(/[ ,]+/g, '-')}.${Date.now()}`
  try {
    await behaviour(queue)
    console.log(`pass\t${name}\t`)
  } catch (error) {
    console.log(`FAIL\t${name}\t${error.message.replaceAll(/\s+/g, ' ')}`)
  }
}
