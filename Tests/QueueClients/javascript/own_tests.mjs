// Runs the tests that come with the JavaScript client: `node own_tests.mjs CLIENT URL [WORD ...]`. Prints lines as main.mjs does.
//
// CLIENT is the folder of the package, which has them in test-v2: functions that get a client and tell {success, message}.
// Their queues have fixed names: the server has to be a new one.

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { listen, tell } from './behaviours.mjs'
import { clientIn } from './client.mjs'

// In the order of the client's own run.js. Left out are those of authentication and watermarks, which look into Queen's own tables.
const FILES = ['queue', 'push', 'pop', 'consume', 'load', 'dlq', 'complete', 'transaction', 'subscription', 'retention',
  'maintenance', 'ai_error_handling', 'ai_lease_renewal', 'ai_resources', 'ai_buffering', 'ai_priority', 'ai_ttl_retention',
  'ai_mixed_scenarios']
// What they ask without the client.
const FIXED = 'localhost:6632'
const LIMIT = 180_000

const anArray = 'it wants an array where servers of this version answer an object'
const oneQueue = 'it wants messages of several queues from one pop'
const interval = 'it wants MessageQueue.RetentionIntervalSeconds to be 2'
// Those that no server of the client's version passes, or not without settings of its own. A word that names one runs it.
const NOT_HELD = {
  testDLQ: 'it wants the first failure to be the last with retryLimit 1: in this version the second is',
  testInvalidQueueName: 'it wants the empty name refused that testLoadConsumerGroup wants taken',
  testHighConcurrencyMixedOperations: 'it pushes 50 messages and waits for 100',
  testDeleteQueue: anArray,
  testGetNamespaces: anArray,
  testGetTasks: anArray,
  testListQueues: anArray,
  testNamespaceWithMultipleQueues: oneQueue,
  testPriorityWithNamespace: oneQueue,
  testPriorityWithTask: oneQueue,
  retentionTest: interval,
  retentionTestMaxTime: interval,
}

/** [outcome, detail] of a test. */
async function outcomeOf(test, client) {
  let timer
  const late = new Promise(done => {
    timer = setTimeout(() => done({ success: false, message: `not done after ${LIMIT / 1000} s` }), LIMIT)
  })
  try {
    const { success, message = '' } = await Promise.race([test(client), late])
    return success ? ['pass', ''] : ['FAIL', message]
  } catch (error) {
    return ['FAIL', error.message]
  } finally {
    clearTimeout(timer)
  }
}

const [folder, url, ...words] = process.argv.slice(2)
listen()
const { Queen } = await clientIn(folder)

for (const name of FILES) {
  const file = resolve(join(folder, 'test-v2', `${name}.js`))
  if (!existsSync(file)) continue
  if (!url.includes(':6632') && (await readFile(file, 'utf8')).includes(FIXED)) {
    tell('skip', name, `it asks ${FIXED}`)
    continue
  }
  for (const test of Object.values(await import(pathToFileURL(file)))) {
    if (words.length > 0 && !words.some(word => test.name.includes(word))) continue
    if (NOT_HELD[test.name] && !words.includes(test.name)) {
      tell('skip', `${name}: ${test.name}`, NOT_HELD[test.name])
      continue
    }
    const client = new Queen(url)
    const [outcome, detail] = await outcomeOf(test, client)
    tell(outcome, `${name}: ${test.name}`, detail)
    await client.close()
  }
}
process.exit(0)
