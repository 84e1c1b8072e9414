// What the clients offer beside queues and messages.

import { equal, eventually, gathered, holds, need, numbered, numbersOf, pop, refused, sleep } from './behaviours.mjs'

function admin(queen, ...names) {
  need(queen, 'admin')
  need(queen.admin, ...names)
  return queen.admin
}

export const administration = {
  async 'a message is traced'(queen, queue) {
    await queen.queue(queue).push({ data: 1 })
    let result, message
    await queen.queue(queue).batch(1).limit(1).each().consume(async one => {
      message = one
      result = await one.trace({ traceName: ['n1', queue], eventType: 'step', data: { text: 'x' } })
    })
    equal(result.success, true, `success of ${JSON.stringify(result)}`)
    const { traces } = await admin(queen, 'getTracesForMessage').getTracesForMessage(message.partitionId, message.transactionId)
    equal(traces.map(trace => [trace.event_type, trace.data, trace.trace_names.sort()]), [['step', { text: 'x' }, [queue, 'n1'].sort()]])
    const named = await queen.admin.getTracesByName(queue, { limit: 10 })
    equal([named.total, named.traces[0].transaction_id], [1, message.transactionId], 'by name')
    const { trace_names: names } = await queen.admin.getTraceNames({ limit: 1000 })
    holds(names.some(entry => entry.trace_name === queue), `names: ${JSON.stringify(names)}`)
  },

  async 'health'(queen) {
    equal((await admin(queen, 'health').health()).status, 'healthy')
  },

  async 'metrics'(queen) {
    // The client understands JSON alone and returns null for text: it is enough that it is answered.
    await admin(queen, 'metrics').metrics()
  },

  async 'overview, namespaces and tasks'(queen, queue) {
    admin(queen, 'getOverview', 'getNamespaces', 'getTasks')
    await queen.queue(queue).namespace(queue).task(`${queue}.t`).create()
    await numbered(queen, queue, 2)
    const overview = await queen.admin.getOverview()
    holds(overview.queues >= 1 && overview.messages.total >= 2, `overview: ${JSON.stringify(overview)}`)
    const space = (await queen.admin.getNamespaces()).namespaces.find(entry => entry.namespace === queue)
    equal([space.queues, space.messages.total], [1, 2], 'namespace')
    const task = (await queen.admin.getTasks()).tasks.find(entry => entry.task === `${queue}.t`)
    equal(task.messages.pending, 2, 'task')
  },

  async 'queues are listed'(queen, queue) {
    await numbered(queen, queue, 2)
    await numbered(queen, queue, 1, { partition: 'p' })
    const entry = (await admin(queen, 'listQueues').listQueues({ limit: 1000 })).queues.find(({ name }) => name === queue)
    equal([entry.partitions, entry.messages.total], [2, 3], 'in the list')
    const one = await queen.admin.getQueue(queue)
    equal([one.name, one.totals.pending, one.partitions.length], [queue, 3, 2], 'by name')
  },

  async 'a queue is cleared'(queen, queue) {
    await numbered(queen, queue, 2)
    await numbered(queen, queue, 1, { partition: 'p', start: 2 })
    await admin(queen, 'clearQueue').clearQueue(queue, 'p')
    equal(numbersOf(await pop(queen, queue)), [0, 1], 'a partition alone')
    await queen.admin.clearQueue(queue)
    equal(await pop(queen, queue), [], 'all')
  },

  async 'partitions are listed'(queen, queue) {
    await numbered(queen, queue, 2, { partition: 'p' })
    const answer = JSON.stringify(await admin(queen, 'getPartitions').getPartitions({ queue }))
    holds(answer.includes('"p"'), `no partition p in ${answer}`)
  },

  async 'messages are listed and read'(queen, queue) {
    await numbered(queen, queue, 3)
    const { messages: entries } = await admin(queen, 'listMessages').listMessages({ queue, limit: 10 })
    equal(entries.length, 3, 'messages')
    const { partitionId, transactionId } = entries[0]
    const one = await queen.admin.getMessage(partitionId, transactionId)
    equal([one.transactionId, one.queue, one.status], [transactionId, queue, 'pending'])
    holds('n' in one.payload, `payload of ${JSON.stringify(one)}`)
    equal((await queen.admin.deleteMessage(partitionId, transactionId)).success, true, 'deleted')
    equal((await queen.admin.listMessages({ queue })).messages.length, 2, 'after it')
  },

  async 'a message is set aside and tried again'(queen, queue) {
    await numbered(queen, queue, 1)
    const [{ partitionId, transactionId }] = (await admin(queen, 'retryMessage', 'moveMessageToDLQ').listMessages({ queue })).messages
    await queen.admin.moveMessageToDLQ(partitionId, transactionId)
    equal(await pop(queen, queue), [], 'set aside')
    equal((await queen.queue(queue).dlq().get()).total, 1, 'dead letters')
    await queen.admin.retryMessage(partitionId, transactionId)
    equal((await eventually(() => pop(queen, queue))).length, 1, 'tried again')
  },

  async 'status and statistics'(queen, queue) {
    admin(queen, 'getStatus', 'getQueueStats', 'getQueueDetail', 'getAnalytics')
    await numbered(queen, queue, 2)
    const status = await queen.admin.getStatus()
    for (const key of ['timeRange', 'throughput', 'queues', 'messages', 'leases', 'deadLetterQueue', 'workers']) {
      holds(key in status, `no ${key} in ${Object.keys(status)}`)
    }
    holds((await queen.admin.getQueueStats({ limit: 1000 })).queues.some(({ name }) => name === queue), 'not in the list')
    const detail = await queen.admin.getQueueDetail(queue)
    equal([detail.queue.name, detail.partitions.length], [queue, 1], 'detail')
    holds('dataPoints' in await queen.admin.getAnalytics({ interval: 'hour' }), 'no dataPoints')
  },

  async 'consumer groups'(queen, queue) {
    admin(queen, 'listConsumerGroups', 'getConsumerGroup', 'getLaggingConsumers', 'refreshConsumerStats')
    await numbered(queen, queue, 3)
    const group = `g.${queue}`
    await queen.ack(await pop(queen, queue, { batch: 1, group }), true, { group })
    await queen.admin.refreshConsumerStats()
    const entries = (await queen.admin.listConsumerGroups()).filter(({ name }) => name === group)
    equal(entries.map(entry => [entry.queueName, entry.totalLag]), [[queue, 2]], 'in the list')
    const [partition] = (await queen.admin.getConsumerGroup(group))[queue].partitions
    equal([partition.totalConsumed, partition.offsetLag], [1, 2], 'by name')
    equal(Array.isArray(await queen.admin.getLaggingConsumers(0)), true, 'the lagging ones')
  },

  async 'a group seeks'(queen, queue) {
    await numbered(queen, queue, 3)
    await queen.ack(await pop(queen, queue, { group: 'g' }), true, { group: 'g' })
    await admin(queen, 'seekConsumerGroup').seekConsumerGroup('g', queue, { timestamp: '2000-01-01T00:00:00Z' })
    equal((await pop(queen, queue, { group: 'g' })).length, 3, 'from the beginning')
    await queen.admin.seekConsumerGroup('g', queue, { toEnd: true })
    equal(await pop(queen, queue, { group: 'g' }), [], 'at the end')
  },

  async 'a group is forgotten'(queen, queue) {
    need(queen, 'deleteConsumerGroup')
    await numbered(queen, queue, 2)
    const group = `g.${queue}`
    await queen.ack(await pop(queen, queue, { group }), true, { group })
    await queen.deleteConsumerGroup(group)
    const messages = await pop(queen, queue, { group })
    equal(messages.length, 2, 'after the group was deleted')
    await queen.ack(messages, true, { group })
    await admin(queen, 'deleteConsumerGroupForQueue').deleteConsumerGroupForQueue(group, queue)
    equal((await pop(queen, queue, { group })).length, 2, 'after the group was deleted for the queue')
  },

  async 'a subscription is moved'(queen, queue) {
    need(queen, 'updateConsumerGroupTimestamp')
    const group = `g.${queue}`
    await numbered(queen, queue, 2)
    equal(await pop(queen, queue, { group, subscriptionMode: 'new' }), [], 'new ones')
    const answer = await queen.updateConsumerGroupTimestamp(group, '2000-01-01T00:00:00Z')
    equal(answer.success, true, `success of ${JSON.stringify(answer)}`)
  },

  async 'pushes are kept during maintenance'(queen, queue) {
    await numbered(queen, queue, 1)
    equal((await admin(queen, 'setMaintenanceMode').setMaintenanceMode(true)).maintenanceMode, true, 'on')
    try {
      equal((await queen.admin.getMaintenanceMode()).maintenanceMode, true, 'seen')
      const results = await numbered(queen, queue, 2, { start: 1 })
      equal(results.map(result => result.status), ['buffered', 'buffered'], 'statuses')
    } finally {
      await queen.admin.setMaintenanceMode(false)
    }
    equal(await gathered(queen, queue, 3), [0, 1, 2], 'after it')
  },

  async 'pops are empty during maintenance'(queen, queue) {
    await numbered(queen, queue, 1)
    equal((await admin(queen, 'setPopMaintenanceMode').setPopMaintenanceMode(true)).popMaintenanceMode, true, 'on')
    try {
      await sleep(1200)
      equal((await queen.admin.getPopMaintenanceMode()).popMaintenanceMode, true, 'seen')
      equal(await pop(queen, queue), [], 'meanwhile')
    } finally {
      await queen.admin.setPopMaintenanceMode(false)
    }
    equal((await eventually(() => pop(queen, queue), 5000)).length, 1, 'after it')
  },

  async 'system metrics'(queen) {
    holds('replicas' in await admin(queen, 'getSystemMetrics').getSystemMetrics(), 'no replicas')
  },

  async 'what is not served is refused once'(queen) {
    for (const name of ['getWorkerMetrics', 'getPostgresStats']) {
      equal((await refused(admin(queen, name)[name]())).status, 404, name)
    }
  },
}
