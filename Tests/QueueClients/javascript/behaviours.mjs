// What a behaviour is: an async function that gets a client and a queue's name of its own, and what makes another client. It
// throws when something is wrong.

import { randomUUID } from 'node:crypto'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const LIMIT = 30_000
const HERE = dirname(fileURLToPath(import.meta.url))
// What the clients say of each request when they are asked to: only that an operation failed is of use here.
const FAILED = /^\[[^\]]+\] \[ERROR\] /

/** This version of the client cannot do it. */
export class Absent extends Error {}

/** Throws `Absent` when the client has none of that name. */
export function need(owner, ...names) {
  for (const name of names) if (!(name in owner)) throw new Absent(`no ${name} in this version`)
}

/** Throws with both when they are not the same JSON. */
export function equal(found, expected, what = 'value') {
  const [left, right] = [JSON.stringify(found), JSON.stringify(expected)]
  if (left !== right) throw new Error(`${what}: ${left}, expected ${right}`)
}

/** Throws when the condition is false. */
export function holds(condition, what) {
  if (!condition) throw new Error(what)
}

/** The error that a promise ends with. */
export async function refused(promise) {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it was not refused')
}

/** The payloads of messages. */
export const dataOf = messages => messages.map(message => message.data)
/** The numbers that `numbered` pushed. */
export const numbersOf = messages => messages.map(message => message.data.n)
/** 0, 1, … below `count`. */
export const upTo = count => Array.from({ length: count }, (_, n) => n)
/** Waits. */
export const sleep = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))

/**
 * Messages of a queue by the client's pop; `options` are names of builder methods.
 *
 * The client turns every failure into no messages: one that it told of is thrown.
 */
export async function pop(queen, queue, { batch = 100, wait = false, timeout = 10_000, ...options } = {}) {
  let builder = queen.queue(queue).batch(batch).wait(wait)
  // Not all versions have it; those wait for 30 seconds.
  if ('timeoutMillis' in builder) builder = builder.timeoutMillis(timeout)
  for (const [name, value] of Object.entries(options)) builder = builder[name](value)
  const before = said.length
  const messages = await builder.pop()
  const failure = said.slice(before).find(line => FAILED.test(line) && line.includes('.pop]'))
  if (failure) throw new Error(failure)
  return messages
}

/** Pushes {n: start} … in one request. */
export async function numbered(queen, queue, count, { partition, start = 0 } = {}) {
  let builder = queen.queue(queue)
  if (partition) builder = builder.partition(partition)
  return await builder.push(upTo(count).map(n => ({ data: { n: start + n } })))
}

/** The numbers of the next `count` messages, as they come; each is acknowledged. */
export async function gathered(queen, queue, count) {
  const found = []
  await eventually(async () => {
    const messages = await pop(queen, queue)
    found.push(...numbersOf(messages))
    if (messages.length > 0) equal((await queen.ack(messages)).success, true, 'acknowledged')
    return found.length >= count
  })
  return found
}

/** Asks until the answer is true or not empty, for `limit` milliseconds. */
export async function eventually(question, limit = 10_000) {
  const deadline = Date.now() + limit
  for (;;) {
    const answer = await question()
    if (Array.isArray(answer) ? answer.length > 0 : answer) return answer
    if (Date.now() > deadline) throw new Error(`not within ${limit} ms, the last answer: ${JSON.stringify(answer)}`)
    await sleep(50)
  }
}

/** What the client wrote during the behaviour that runs. */
const said = []

/** Writes a line of the outcome, past what the client's own output is kept in. */
export function tell(...parts) {
  process.stdout.write(`${parts.map(part => part.replaceAll(/\s+/g, ' ')).join('\t')}\n`)
}

/** Keeps what the client writes. */
export function listen() {
  process.env.QUEEN_CLIENT_LOG = 'true'
  for (const name of ['log', 'info', 'warn', 'error']) console[name] = (...words) => said.push(words.join(' '))
}

/** [outcome, detail] of one behaviour: `pass`, `FAIL` or `skip`. What the client said of failures is part of the detail. */
export async function play(name, behaviour, client) {
  said.length = 0
  const queue = `js.${name.replaceAll(/[ ,]+/g, '-').slice(0, 40)}.${randomUUID().slice(0, 8)}`
  let queen, timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${LIMIT / 1000} s`)), LIMIT)
  })
  try {
    queen = client()
    await Promise.race([behaviour(queen, queue, client), late])
    return ['pass', '']
  } catch (error) {
    if (error instanceof Absent) return ['skip', error.message]
    return ['FAIL', `${placeOf(error)} ${error.message}${told()}`]
  } finally {
    clearTimeout(timer)
    await queen?.close()
  }
}

function placeOf(error) {
  const lines = (error.stack ?? '').split('\n').filter(line => line.includes(HERE) && !line.includes('behaviours.mjs'))
  const place = lines[0]?.match(/([^/()]+\.mjs:\d+)/)
  return place ? basename(place[1]) : '?'
}

function told() {
  const lines = said.filter(line => FAILED.test(line)).map(line => line.replace(FAILED, ''))
  return lines.length > 0 ? ` [the client said: ${lines.slice(0, 3).join('; ')}]` : ''
}
