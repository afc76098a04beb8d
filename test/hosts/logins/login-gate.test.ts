import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { type NotHandedOver, refused, unreachable, unreachableForNow } from '../../../src/hosts/handover.ts'
import { LoginGate } from '../../../src/hosts/logins/login-gate.ts'
import type { Login } from '../../../src/hosts/transport.ts'
import { aLogin, BY_NAME, FakeTransport } from '../../support/fake-transport.ts'
import { HandClock, settled } from '../../support/hand-clock.ts'

const MINUTE = 60_000
const PROVEN_MS = 10 * MINUTE
const wrong = refused('authentication', 'wrong password')

type Asking = { readonly isUrgent?: boolean; readonly login?: Login; readonly signal?: AbortSignal }

function build(places = BY_NAME) {
  const clock = new HandClock('2026-03-01T12:00:00Z')
  const transport = new FakeTransport()
  const gate = new LoginGate({ transport, clock, places })
  const never = new AbortController().signal
  const ask = ({ isUrgent = false, login = aLogin(), signal = never }: Asking = {}) =>
    gate.connect({ login, isUrgent }, signal)
  const many = (count: number, asking: Asking = {}) => Promise.all(Array.from({ length: count }, () => ask(asking)))
  /** From now on logins wait until `answerAll`. */
  const hold = () => {
    transport.policy = () => {}
    transport.attempts.length = 0
  }
  const answerAll = async (failure?: NotHandedOver) => {
    for (const { answer } of transport.attempts) answer(failure)
    await settled()
  }
  const urgent = (asking: Asking = {}) => ({ ...asking, isUrgent: true })
  return { clock, gate, transport, ask, many, hold, answerAll, urgent }
}

const kinds = (answers: readonly { readonly kind: string }[]) => [...new Set(answers.map(({ kind }) => kind))]
const reasonOf = (answer: { readonly kind: string; readonly reason?: string }) => answer.reason ?? answer.kind
const byUser = (user: string, secret = 'a'): Login => {
  const login = aLogin(secret)
  return { ...login, target: { ...login.target, user } }
}

test('a secret that was changed on the host costs three tries at most, however many connections are wanted', async () => {
  const { transport, ask, many, hold, answerAll } = build()
  await ask()
  hold()
  const answers = many(20)
  await settled()
  await answerAll(wrong)
  deepEqual(kinds(await answers), ['refused'])
  equal(transport.attempts.length, 3)
})

test('a burst of refusals counts as one: the next try is 60 s away', async () => {
  const { clock, ask, many, hold, answerAll } = build()
  await ask()
  hold()
  const answers = many(20)
  await settled()
  await answerAll(wrong)
  await answers
  match(reasonOf(await ask()), /not tried again for 60 s, after 1 refused in a row/)
  await clock.advance(MINUTE)
  hold()
  void ask()
  await settled()
  await answerAll(wrong)
  match(reasonOf(await ask()), /not tried again for 120 s, after 2 refused in a row/)
})

test('what waits for its turn on the host is judged again before it is sent', async () => {
  const { transport, ask, many, hold } = build()
  for (const user of ['u1', 'u2', 'u3', 'u4']) await ask({ login: byUser(user) })
  await ask()
  hold()
  for (const user of ['u1', 'u2', 'u3']) void many(2, { login: byUser(user) })
  await settled()
  const answers = many(3)
  void many(2, { login: byUser('u4') })
  await settled()
  equal(transport.attempts.length, 8)
  for (const { login, answer } of transport.attempts) if (login.target.user === 'cron') answer(wrong)
  deepEqual(kinds(await answers), ['refused'])
  equal(transport.attempts.filter(({ login }) => login.target.user === 'cron').length, 2)
})

test('twenty kills with a secret that was never proven send it once', async () => {
  const { transport, ask, many, hold, answerAll, urgent } = build()
  hold()
  const answers = many(20, urgent())
  await settled()
  equal(transport.attempts.length, 1)
  await answerAll(wrong)
  deepEqual(kinds(await answers), ['refused'])
  equal(transport.attempts.length, 1)
  match(reasonOf(await ask()), /not tried again for 60 s/)
})

test('twenty kills on a host that lets them in all get there', async () => {
  const { transport, many, urgent } = build()
  transport.policy = (attempt) => setImmediate(() => attempt.answer())
  deepEqual(kinds(await many(20, urgent())), ['connected'])
  equal(transport.most, 3)
})

test('twenty kills on a host that does not answer wait for one try', async () => {
  const { transport, many, hold, answerAll, urgent } = build()
  hold()
  const answers = many(20, urgent())
  await settled()
  await answerAll(unreachable('no answer'))
  deepEqual(kinds(await answers), ['unreachable'])
  equal(transport.attempts.length, 1)
})

test('a kill never waits behind what is not urgent', async () => {
  const { transport, ask, many, hold, urgent } = build()
  hold()
  void many(20)
  await settled()
  const first = ask(urgent())
  await settled()
  transport.attempts[1]?.answer()
  equal((await first).kind, 'connected')
})

test('a kill goes before those that wait', async () => {
  const { transport, ask, many, hold, urgent } = build()
  await ask()
  hold()
  void many(20)
  await settled()
  const kills = many(2, urgent())
  await settled()
  equal(transport.attempts.length, 4, 'one at once, past the three that are under way')
  transport.attempts[3]?.answer()
  await settled()
  equal(transport.attempts.length, 5, 'the other in the place of the first')
  transport.attempts[4]?.answer()
  deepEqual(kinds(await kills), ['connected'])
})

test('jobs go on when the kills that went before them are done', async () => {
  const { transport, many, urgent } = build()
  transport.policy = (attempt) => setImmediate(() => attempt.answer())
  const answers = await Promise.all([many(10), many(10, urgent()), many(10, { login: aLogin('b') })])
  deepEqual(kinds(answers.flat()), ['connected'])
})

test('one good and one bad secret of a user: the bad one is sent once a window', async () => {
  const { clock, transport, ask } = build()
  transport.policy = ({ login, answer }) => answer(login.credential.identity === 'bad' ? wrong : undefined)
  const sentAt: number[] = []
  for (let second = 0; second <= 600; second += 30) {
    await ask({ login: aLogin('good') })
    const before = transport.attempts.length
    await ask({ login: aLogin('bad') })
    if (transport.attempts.length > before) sentAt.push(second)
    await clock.advance(30_000)
  }
  deepEqual(sentAt, [0, 60, 180, 420])
})

test('the proof of one secret is none for another', async () => {
  const { transport, ask, many, hold, answerAll } = build()
  await ask({ login: aLogin('good') })
  hold()
  const answers = many(20, { login: aLogin('bad') })
  await settled()
  await answerAll(wrong)
  deepEqual(kinds(await answers), ['refused'])
  equal(transport.attempts.length, 1)
})

test('a login whose proof is old is tried alone, and others wait for what comes of it', async () => {
  const { clock, transport, ask, many, hold, answerAll } = build()
  await ask()
  await clock.advance(PROVEN_MS)
  hold()
  const answers = many(20)
  await settled()
  await answerAll(wrong)
  deepEqual(kinds(await answers), ['refused'])
  equal(transport.attempts.length, 1)
})

test('a host that goes away is found out by those under way, not by everybody in turn', async () => {
  const { clock, transport, ask, many, hold, answerAll } = build()
  await ask()
  await clock.advance(1)
  hold()
  const answers = many(20)
  await settled()
  await answerAll(unreachable('no answer'))
  deepEqual(kinds(await answers), ['unreachable'])
  equal(transport.attempts.length, 3)
})

test('one connection that fails where others succeed is not the end of those that wait', async () => {
  const { clock, transport, ask, many, hold } = build()
  await ask()
  hold()
  const answers = many(20)
  await settled()
  await clock.advance(1)
  transport.attempts[0]?.answer()
  await settled()
  const later = (attempt: FakeTransport['attempts'][number]) => attempt.answer()
  transport.policy = later
  transport.attempts[1]?.answer(unreachable('the handshake was not over in time'))
  await settled()
  for (const attempt of transport.attempts.slice(2)) later(attempt)
  deepEqual((await answers).filter(({ kind }) => kind !== 'connected').length, 1)
})

test('a dropped connection of a proven login fails for itself alone', async () => {
  const { clock, transport, ask, many, hold } = build()
  await ask()
  await clock.advance(1)
  hold()
  const answers = many(6)
  await settled()
  transport.policy = (attempt) => attempt.answer()
  for (const attempt of transport.attempts.slice(0, 3)) attempt.answer(unreachableForNow('dropped'))
  const failed = (await answers).filter(({ kind }) => kind !== 'connected')
  equal(failed.length, 3)
})

test('who gives up while waiting is answered at once, and takes nobody along', async () => {
  const { transport, ask, hold } = build()
  hold()
  const first = ask()
  const stop = new AbortController()
  const given = ask({ signal: stop.signal })
  const waiting = ask()
  await settled()
  stop.abort()
  equal((await given).kind, 'unreachable')
  transport.attempts[0]?.answer()
  equal((await first).kind, 'connected')
  await settled()
  transport.attempts[1]?.answer()
  equal((await waiting).kind, 'connected')
  equal(transport.attempts.length, 2)
})

test('a try that was given up says nothing of the host to those that wait for it', async () => {
  const { transport, many, hold, ask, urgent } = build()
  for (const asking of [{ login: byUser('u1') }, urgent({ login: byUser('u2') })]) {
    hold()
    const stop = new AbortController()
    const given = ask({ ...asking, signal: stop.signal })
    const waiting = many(2, asking)
    await settled()
    equal(transport.attempts.length, 1)
    transport.policy = (attempt) => attempt.answer()
    stop.abort()
    equal((await given).kind, 'unreachable')
    deepEqual(kinds(await waiting), ['connected'])
  }
})

test('the names of one machine share its breaker: a secret that was refused by one name is not tried by another', async () => {
  const { transport, ask } = build({ of: ({ port }) => `10.0.0.1 ${port}` })
  transport.policy = ({ answer }) => answer(wrong)
  await ask({ login: aLogin('a', 'db1') })
  match(reasonOf(await ask({ login: aLogin('a', 'db1.example.com') })), /not tried again for/)
  equal(transport.attempts.length, 1)
})

test('the logins that are left alone are known by place and user, until they are tried again', async () => {
  const { clock, gate, transport, ask } = build()
  transport.policy = ({ answer }) => answer(wrong)
  await ask({ login: byUser('anna') })
  deepEqual(
    [...gate.paused().values()].map((logins) => logins.map(({ user, count, leftMs }) => [user, count, leftMs])),
    [[['anna', 1, MINUTE]]],
  )
  await clock.advance(MINUTE)
  deepEqual([...gate.paused()], [])
})
