import { deepEqual, equal, ok } from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { hasSucceeded } from '../../src/dispatch/firing-result.ts'
import { addMinutes } from '../../src/domain/minute.ts'
import type { Outcome } from '../../src/domain/outcome.ts'
import type { KillConfirmation } from '../../src/execution/executor.ts'
import { identityOf } from '../../src/platform/process-identity.ts'
import { aFiring } from '../support/builders.ts'
import type { FakeRun } from '../support/fake-executor.ts'
import { settled } from '../support/hand-clock.ts'
import { aDispatch } from './a-dispatch.ts'

const SIGNALED: Outcome = { kind: 'signaled', signal: 'SIGTERM' }
const AWAY: Outcome = { kind: 'unreachable', reason: 'connection broken' }
const FAILED: Outcome = { kind: 'failed', exitCode: 1 }

/** Two living processes over one lock directory; what the second one kills ends on its host, and so for the first. */
function twoProcesses(t: TestContext, endOfKilled: Outcome = SIGNALED, limits = { runs: 9, runsPerHost: 9 }) {
  const a = aDispatch(t, { holder: identityOf(process.ppid), limits })
  const b = aDispatch(t, { directory: a.directory })
  const isOwnEnd = endOfKilled.kind === 'succeeded'
  b.executor.onAdopt = (handle, { id, killedBy }) => {
    handle.onKill = () => {
      a.executor.started.find(({ run }) => run.id === id)?.handle.end(endOfKilled)
      handle.end(isOwnEnd || killedBy === null ? endOfKilled : { kind: 'killed', by: killedBy }, {
        endedByItself: isOwnEnd,
      })
      return { kind: 'dead' }
    }
  }
  // What is marked, and is not known to have ended by itself, is dead when its host has said so to this process too.
  a.executor.onAdopt = (handle, { killedBy }) => {
    if (isOwnEnd || killedBy === null) handle.end(endOfKilled, { endedByItself: isOwnEnd })
    else handle.end({ kind: 'killed', by: killedBy })
  }
  const clobber = aFiring('clobber', [1, 2])
  return { a, b, clobber, later: { ...clobber, minute: addMinutes(clobber.minute, 1) } }
}

const kindsOf = ({ outcomes }: { readonly outcomes: readonly { readonly outcome: Outcome | null }[] }) =>
  outcomes.map(({ outcome }) => outcome?.kind)

for (const end of [SIGNALED, AWAY, FAILED]) {
  test(`a walk whose run another process has killed stops there, though it sees it end as ${end.kind}`, async (t) => {
    const { a, b, clobber, later } = twoProcesses(t, end)
    const first = a.dispatcher.fire(clobber, 'schedule')
    await settled()
    const second = b.dispatcher.fire(later, 'schedule')
    await settled()
    deepEqual(
      (await first.result).outcomes.map(({ outcome }) => outcome),
      [{ kind: 'killed', by: 'clobber' }],
    )
    deepEqual([a.executor.crons, b.executor.crons], [[1], [1]])
    b.executor.newest(1).succeed()
    ok(hasSucceeded(await second.result))
    deepEqual(a.locks(), [])
  })
}

test('what had succeeded before the kill came has succeeded', async (t) => {
  const { a, b, clobber, later } = twoProcesses(t, { kind: 'succeeded' })
  const first = a.dispatcher.fire(clobber, 'schedule')
  await settled()
  void b.dispatcher.fire(later, 'schedule')
  deepEqual(kindsOf(await first.result), ['succeeded'])
})

test('a walk that has gone on to its next host before its run is marked is ended there', async (t) => {
  const { a, b, clobber, later } = twoProcesses(t)
  const first = a.dispatcher.fire(clobber, 'schedule')
  await settled()
  await b.dispatcher.adopt()
  a.executor.newest(1).end(FAILED)
  await settled()
  deepEqual(a.executor.crons, [1, 2])
  const second = b.dispatcher.fire(later, 'schedule')
  await settled()
  deepEqual(kindsOf(await first.result), ['failed', 'killed'])
  deepEqual(b.executor.crons, [1])
  b.executor.newest(1).succeed()
  ok(hasSucceeded(await second.result))
})

test('what another process has begun while the run before was being ended is ended as well', async (t) => {
  const { a, b, clobber, later } = twoProcesses(t)
  void a.dispatcher.fire(clobber, 'schedule')
  await settled()
  const { promise: dead, resolve: confirm } = Promise.withResolvers<KillConfirmation>()
  a.executor.newest(1).onKill = () => dead
  const last = a.dispatcher.fire({ ...clobber, minute: addMinutes(clobber.minute, 2) }, 'schedule')
  const between = b.dispatcher.fire(later, 'manual')
  await settled()
  deepEqual([a.executor.crons, b.executor.crons], [[1], [1]])
  a.executor.onAdopt = (handle, { id }) => {
    const other = b.executor.started.find(({ run }) => run.id === id)?.handle
    handle.onKill = (by) => {
      for (const it of [other, handle]) it?.end({ kind: 'killed', by })
      return { kind: 'dead' }
    }
  }
  confirm({ kind: 'dead' })
  await settled()
  deepEqual([a.executor.crons, kindsOf(await between.result)], [[1, 1], ['killed']])
  a.executor.newest(1).succeed()
  ok(hasSucceeded(await last.result))
  deepEqual(a.locks(), [])
})

test('between two hosts there is always a lock, and another process holds off', async (t) => {
  const { a, b } = twoProcesses(t)
  const firing = aFiring('failover', [1, 2])
  const first = a.dispatcher.fire(firing, 'schedule')
  await settled()
  a.executor.newest(1).end(FAILED)
  for (let turn = 0; turn < 20; turn++) {
    equal(a.locks().length > 0, true)
    await new Promise((next) => setImmediate(next))
  }
  deepEqual(kindsOf(await b.dispatcher.fire(firing, 'manual').result), ['skipped', 'skipped'])
  a.executor.newest(2).succeed()
  await first.result
  deepEqual(a.locks(), [])
})

test('a run that waits for its place has a lock: another process holds off, in action 3 too, and keeps it from losing its place', async (t) => {
  const { a, b, clobber, later } = twoProcesses(t, SIGNALED, { runs: 1, runsPerHost: 1 })
  void a.dispatcher.fire(aFiring('failover', [9], { name: 'long' }), 'schedule')
  await settled()
  const waiting = a.dispatcher.fire(clobber, 'schedule')
  await settled()
  equal(a.locks().length, 2)
  deepEqual(kindsOf(await b.dispatcher.fire(later, 'schedule').result), ['skipped', 'skipped'])
  a.executor.newest(9).succeed()
  await settled()
  deepEqual(a.executor.crons, [9, 1])
  a.executor.newest(1).succeed()
  ok(hasSucceeded(await waiting.result))
})

test('a run whose lock was marked while it waited is not handed over', async (t) => {
  const { a, clobber } = twoProcesses(t, SIGNALED, { runs: 1, runsPerHost: 1 })
  void a.dispatcher.fire(aFiring('failover', [9], { name: 'long' }), 'schedule')
  await settled()
  const waiting = a.dispatcher.fire(clobber, 'schedule')
  await settled()
  for (const name of readdirSync(a.directory).filter((entry) => entry.endsWith('.rcron'))) {
    const path = join(a.directory, name)
    const lock = JSON.parse(readFileSync(path, 'utf8'))
    if (lock.isWaiting) writeFileSync(path, JSON.stringify({ ...lock, killedBy: 'operator' }))
  }
  a.executor.newest(9).succeed()
  deepEqual(
    (await waiting.result).outcomes.map(({ outcome }) => outcome),
    [{ kind: 'killed', by: 'operator' }],
  )
  deepEqual([a.executor.crons, a.locks()], [[9], []])
})

for (const [endedByItself, told] of [
  [true, { kind: 'signaled', signal: 'SIGKILL' }],
  [false, { kind: 'killed', by: 'clobber' }],
] as const) {
  test(`the process after one that could not end a run tells it as ${told.kind} where its host ${endedByItself ? 'proves' : 'does not say'} that it ended by itself`, async (t) => {
    const before = aDispatch(t)
    before.executor.onStart = (handle) => {
      handle.onKill = () => ({ kind: 'unconfirmed', reason: 'no answer' })
    }
    const firing = aFiring('clobber', [1])
    void before.dispatcher.fire(firing, 'schedule')
    await settled()
    await before.dispatcher.fire({ ...firing, minute: addMinutes(firing.minute, 1) }, 'schedule').result
    void before.dispatcher.abandon()
    const after = aDispatch(t, { directory: before.directory })
    after.executor.onAdopt = (handle, { killedBy }) => {
      const isOwn = endedByItself || killedBy === null
      handle.end(isOwn ? { kind: 'signaled', signal: 'SIGKILL' } : { kind: 'killed', by: killedBy }, { endedByItself })
    }
    await after.dispatcher.adopt()
    await after.dispatcher.idle()
    deepEqual(
      after.log.entries.filter(({ message }) => message === 'run ended').map(({ fields }) => fields['outcome']),
      [told.kind],
    )
  })
}

test('a run that only waited when its process went is told as missed and begun by nobody', async (t) => {
  const before = aDispatch(t, { limits: { runs: 1, runsPerHost: 1 } })
  void before.dispatcher.fire(aFiring('failover', [9], { name: 'long' }), 'schedule')
  await settled()
  void before.dispatcher.fire(aFiring('failover', [1, 2]), 'schedule')
  await settled()
  const after = aDispatch(t, { directory: before.directory, crons: aFiring('failover', [1, 2]).crons })
  await after.dispatcher.adopt()
  const taken: readonly { readonly handle: FakeRun }[] = after.executor.adopted
  deepEqual([taken.length, after.locks().length, after.executor.crons], [1, 1, []])
  deepEqual(after.log.of('warn'), ['run missed', 'job backup was missed on host1'])
  deepEqual(after.found.toSorted(), [1, 9])
  taken[0]?.handle.succeed()
  await after.dispatcher.idle()
  deepEqual(after.locks(), [])
})
