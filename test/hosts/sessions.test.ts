import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { refused, unreachable, unreachableForNow } from '../../src/hosts/handover.ts'
import { LoginGate } from '../../src/hosts/logins/login-gate.ts'
import { ConnectionPool, type Sharing } from '../../src/hosts/pool/connection-pool.ts'
import { Sessions } from '../../src/hosts/sessions.ts'
import type { ExecAnswer, Login } from '../../src/hosts/transport.ts'
import { aLogin, BY_NAME, FakeTransport } from '../support/fake-transport.ts'
import { HandClock, settled } from '../support/hand-clock.ts'

const IDLE_MS = 60_000
const MAX_AGE_MS = 15 * 60_000

function build() {
  const clock = new HandClock('2026-03-01T12:00:00Z')
  const transport = new FakeTransport()
  const gate = new LoginGate({ transport, clock, places: BY_NAME })
  const pool = new ConnectionPool({ gate, clock, maxSessions: 4, idleMs: IDLE_MS, maxAgeMs: MAX_AGE_MS })
  const sessions = new Sessions({ pool, clock, startWindowMs: 60_000, random: () => 0.5 })
  const never = new AbortController().signal
  const exec = (sharing: Sharing = 'shared', { login = aLogin(), signal = never } = {}) =>
    sessions.exec({ login, sharing, command: 'true', onOutput: () => {} }, signal)
  return { clock, transport, pool, exec }
}

function asUser(user: string): Login {
  const login = aLogin()
  return { ...login, target: { ...login.target, user } }
}

const kinds = (answers: readonly { readonly kind: string }[]) => answers.map(({ kind }) => kind)

test('sessions share connections, four on each, and further ones are opened when those are full', async () => {
  const { transport, exec } = build()
  deepEqual(new Set(kinds(await Promise.all(Array.from({ length: 9 }, () => exec())))), new Set(['running']))
  deepEqual(
    transport.connections.map(({ running }) => running.length),
    [4, 4, 1],
  )
})

test('a session that has ended makes room for the next one', async () => {
  const { transport, exec } = build()
  await Promise.all(Array.from({ length: 4 }, () => exec()))
  transport.connections[0]?.running[0]?.end({ kind: 'exited', code: 0 })
  await settled()
  await exec()
  equal(transport.connections.length, 1)
})

test('a connection takes nothing new once it is old, and goes when what runs on it has ended', async () => {
  const { clock, transport, exec } = build()
  await exec()
  clock.advance(MAX_AGE_MS - 1)
  await exec()
  equal(transport.connections.length, 1)
  clock.advance(1)
  await exec()
  equal(transport.connections.length, 2)
  const [old] = transport.connections
  equal(old?.isOpen, true)
  for (const command of old?.running ?? []) command.end({ kind: 'exited', code: 0 })
  await settled()
  equal(old?.isOpen, false)
})

test('connections that are retired take nothing new; what runs on them ends in peace, and idle ones go at once', async () => {
  const { transport, pool, exec } = build()
  await exec()
  await exec('shared', { login: aLogin('b') })
  const [busy, idle] = transport.connections
  idle?.running[0]?.end({ kind: 'exited', code: 0 })
  await settled()
  pool.retire()
  await settled()
  deepEqual([busy?.isOpen, idle?.isOpen], [true, false])
  await exec()
  equal(transport.connections.length, 3)
  busy?.running[0]?.end({ kind: 'exited', code: 0 })
  await settled()
  equal(busy?.isOpen, false)
})

test('another secret, user or host has connections of its own', async () => {
  const { transport, exec } = build()
  await exec('shared', { login: aLogin('a') })
  await exec('shared', { login: aLogin('b') })
  await exec('shared', { login: aLogin('a', 'db2') })
  equal(transport.connections.length, 3)
})

test('an own connection is shared with nobody, and closed when its session ends', async () => {
  const { transport, exec } = build()
  await exec('own')
  await exec('shared')
  await exec('own')
  deepEqual(
    transport.connections.map(({ running }) => running.length),
    [1, 1, 1],
  )
  transport.connections[0]?.running[0]?.end({ kind: 'exited', code: 0 })
  await settled()
  deepEqual(
    transport.connections.map(({ isOpen }) => isOpen),
    [false, true, true],
  )
})

test('an idle connection is closed after a while, one in use is not', async () => {
  const { clock, transport, exec } = build()
  await exec()
  await exec('shared', { login: aLogin('a', 'db2') })
  transport.connections[0]?.running[0]?.end({ kind: 'exited', code: 0 })
  await settled()
  await clock.advance(IDLE_MS - 1)
  equal(transport.connections[0]?.isOpen, true)
  await clock.advance(1)
  deepEqual(
    transport.connections.map(({ isOpen }) => isOpen),
    [false, true],
  )
})

test('at most three handshakes at once with one login, and a first one alone', async () => {
  const { transport, exec } = build()
  transport.policy = () => {}
  const answers = Promise.all(Array.from({ length: 20 }, () => exec('own')))
  await settled()
  equal(transport.most, 1)
  transport.attempts[0]?.answer()
  await settled()
  equal(transport.most, 3)
  transport.policy = (attempt) => attempt.answer()
  for (const attempt of transport.attempts.slice(1, 4)) attempt.answer()
  deepEqual(new Set(kinds(await answers)), new Set(['running']))
  equal(transport.most, 3)
})

test('at most eight handshakes at once on a host', async () => {
  const { transport, exec } = build()
  transport.policy = () => {}
  const answers = Promise.all(Array.from({ length: 20 }, (_, n) => exec('own', { login: asUser(`u${n}`) })))
  await settled()
  equal(transport.most, 8)
  transport.policy = (attempt) => attempt.answer()
  for (const attempt of transport.attempts.slice(0, 8)) attempt.answer()
  deepEqual(new Set(kinds(await answers)), new Set(['running']))
  equal(transport.most, 8)
})

test('other hosts do not wait behind the handshakes of one', async () => {
  const { transport, exec } = build()
  transport.policy = (attempt) => {
    if (attempt.login.target.host === 'db2') attempt.answer()
  }
  void Promise.all(Array.from({ length: 20 }, () => exec('own')))
  equal((await exec('own', { login: aLogin('a', 'db2') })).kind, 'running')
})

test('an urgent session passes by everything that waits', async () => {
  const { transport, exec } = build()
  transport.policy = () => {}
  void Promise.all(Array.from({ length: 20 }, () => exec('own')))
  await settled()
  const urgent = exec('urgent')
  await settled()
  transport.attempts.at(-1)?.answer()
  equal((await urgent).kind, 'running')
})

test('a connection dropped before its login is tried again three times, then it is unreachable', async () => {
  const { clock, transport, exec } = build()
  transport.policy = (attempt) => attempt.answer(unreachableForNow('db1:22: it closed the connection'))
  const answer = exec()
  for (let turn = 0; turn < 5; turn++) await clock.advance(5_000)
  deepEqual(await answer, unreachableForNow('db1:22: it closed the connection'))
  equal(transport.attempts.length, 4)
})

test('a host that drops some handshakes gets fewer at once, and all come through', async () => {
  const { clock, transport, exec } = build()
  const logins = ['u1', 'u2', 'u3'].map(asUser)
  await Promise.all(logins.map((login) => exec('own', { login })))
  transport.policy = (attempt) => {
    if (transport.underway > 3) attempt.answer(unreachableForNow('dropped'))
    else setImmediate(() => attempt.answer())
  }
  const answers = Promise.all(logins.flatMap((login) => Array.from({ length: 10 }, () => exec('own', { login }))))
  for (let turn = 0; turn < 40; turn++) await clock.advance(500)
  deepEqual(new Set(kinds(await answers)), new Set(['running']))
})

test('what cannot be reached is not tried again', async () => {
  const { transport, exec } = build()
  transport.policy = (attempt) => attempt.answer(unreachable('no such host'))
  deepEqual(kinds(await Promise.all([exec(), exec('own')])), ['unreachable', 'unreachable'])
  equal(transport.attempts.length, 1)
})

test('A7: a wrong secret is tried once, however many jobs have it', async () => {
  const { transport, exec } = build()
  transport.policy = (attempt) => setImmediate(() => attempt.answer(refused('authentication', 'wrong password')))
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => exec(n % 2 === 0 ? 'shared' : 'own')))
  deepEqual(new Set(kinds(answers)), new Set(['refused']))
  equal(transport.attempts.length, 1)
})

test('A8: one user with a wrong secret does not stop another', async () => {
  const { transport, exec } = build()
  transport.policy = (attempt) => {
    const isWrong = attempt.login.target.user === 'cron'
    attempt.answer(isWrong ? refused('authentication', 'wrong password') : undefined)
  }
  await exec()
  equal((await exec('shared', { login: asUser('web') })).kind, 'running')
})

const dead: ExecAnswer = unreachableForNow('the connection was dead')

test('A12: a pooled connection that turns out dead is replaced, and the command is handed over once', async () => {
  const { clock, transport, exec } = build()
  await exec()
  const [first] = transport.connections
  if (first === undefined) throw new Error('no connection')
  first.answer = () => {
    first.close('dead')
    return dead
  }
  const answer = exec()
  await settled()
  await clock.advance(1_000)
  equal((await answer).kind, 'running')
  deepEqual(
    transport.connections.map(({ running }) => running.length),
    [1, 1],
  )
})

test('a command that may have begun is never handed over again', async () => {
  const { transport, exec } = build()
  await exec()
  const [first] = transport.connections
  if (first !== undefined) first.answer = () => ({ kind: 'unknown', reason: 'broke off' })
  deepEqual(await exec(), { kind: 'unknown', reason: 'broke off' })
  equal(transport.connections.length, 1)
})

test('a host that allows fewer sessions is given fewer, on more connections', async () => {
  const { clock, transport, exec } = build()
  transport.policy = (attempt) => {
    const connection = attempt.answer()
    connection.answer = () => (connection.running.length < 1 ? null : { kind: 'no-session', reason: 'MaxSessions' })
  }
  const answers = Promise.all(Array.from({ length: 6 }, () => exec()))
  for (let turn = 0; turn < 10; turn++) await clock.advance(2_000)
  deepEqual(new Set(kinds(await answers)), new Set(['running']))
  deepEqual(
    transport.connections.map(({ running }) => running.length),
    Array(6).fill(1),
  )
})

test('a host that never allows a session refuses the command', async () => {
  const { clock, transport, exec } = build()
  transport.policy = (attempt) => {
    attempt.answer().answer = () => ({ kind: 'no-session', reason: 'MaxSessions 0' })
  }
  const answer = exec()
  for (let turn = 0; turn < 10; turn++) await clock.advance(2_000)
  deepEqual(await answer, refused('exec', 'MaxSessions 0'))
})

test('aborted while it waits, it ends at once and hands nothing over', async () => {
  const { transport, exec } = build()
  transport.policy = () => {}
  const stop = new AbortController()
  const answer = exec('shared', { signal: stop.signal })
  await settled()
  stop.abort()
  equal((await answer).kind, 'unreachable')
})

test('one that gives up does not take others with it', async () => {
  const { transport, exec } = build()
  transport.policy = () => {}
  const stop = new AbortController()
  const given = exec('own', { signal: stop.signal })
  const waiting = exec('own')
  await settled()
  stop.abort()
  await given
  await settled()
  transport.attempts.at(-1)?.answer()
  equal((await waiting).kind, 'running')
})

test('a closed pool has closed every connection, and opens none', async () => {
  const { transport, pool, exec } = build()
  await exec()
  await exec('own')
  pool[Symbol.dispose]()
  deepEqual(
    transport.connections.map(({ isOpen }) => isOpen),
    [false, false],
  )
  equal((await exec('own')).kind, 'unreachable')
})
