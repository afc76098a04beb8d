import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { chmodSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Action } from '../../src/domain/action.ts'
import type { Cron } from '../../src/domain/cron.ts'
import { addMinutes } from '../../src/domain/minute.ts'
import type { Outcome } from '../../src/domain/outcome.ts'
import { identityOf } from '../../src/platform/process-identity.ts'
import { aFiring, aSystem, type RecordingLog } from '../support/builders.ts'
import { settled } from '../support/hand-clock.ts'
import { aDispatch } from './a-dispatch.ts'

const FAILED: Outcome = { kind: 'failed', exitCode: 42 }
const SIGNALED: Outcome = { kind: 'signaled', signal: 'SIGTERM' }
const KILLED: Outcome = { kind: 'killed', by: 'clobber' }
const NOBODY = 65534

// Permissions count for all users but root.
if (process.getuid?.() === 0) process.setuid?.(NOBODY)

const told = (log: RecordingLog) =>
  log.entries.filter(({ message }) => message === 'run ended').map(({ fields }) => fields['outcome'])

test('F1: a lock directory that takes no writes while a walk goes on: the walk goes on, and no later process repeats it', async (t) => {
  const crons = aFiring('failover', [1, 2, 3]).crons
  const first = aDispatch(t)
  const firing = first.dispatcher.fire(aFiring('failover', [1, 2, 3]), 'manual')
  await settled()
  chmodSync(first.directory, 0o500)
  first.executor.newest(1).end(FAILED)
  await settled()
  deepEqual(first.executor.crons, [1, 2])
  chmodSync(first.directory, 0o700)
  first.executor.newest(2).succeed()
  await firing.result
  const second = aDispatch(t, { directory: first.directory, crons })
  await second.dispatcher.adopt()
  await second.dispatcher.idle()
  deepEqual([second.executor.adopted.length, second.executor.crons, told(second.log)], [0, [], []])
  deepEqual(second.locks(), [])
})

test('F1: an end that is told under a lock that cannot be removed is told by no other process', async (t) => {
  const first = aDispatch(t, { holder: identityOf(process.ppid) })
  const firing = first.dispatcher.fire(aFiring('failover', [1]), 'manual')
  await settled()
  chmodSync(first.directory, 0o500)
  first.executor.newest(1).succeed()
  await firing.result
  const second = aDispatch(t, { directory: first.directory })
  await second.dispatcher.adopt()
  deepEqual([second.executor.adopted.length, [...second.dispatcher.active].length], [0, 0])
  chmodSync(first.directory, 0o700)
  const next = second.dispatcher.fire(aFiring('failover', [1]), 'manual')
  await settled()
  deepEqual(second.executor.crons, [1])
  second.executor.newest(1).succeed()
  await next.result
})

test('a lock that can neither be exchanged, removed nor marked keeps its walk from going on, until it can', async (t) => {
  const { dispatcher, executor, directory, clock, log } = aDispatch(t)
  const firing = dispatcher.fire(aFiring('failover', [1, 2]), 'manual')
  await settled()
  const [name = ''] = readdirSync(directory).filter((entry) => entry.endsWith('.rcron'))
  chmodSync(join(directory, name), 0o400)
  chmodSync(directory, 0o500)
  executor.newest(1).end(FAILED)
  await settled()
  await clock.advance(5_000)
  deepEqual(executor.crons, [1])
  chmodSync(directory, 0o700)
  await clock.advance(1_000)
  deepEqual(executor.crons, [1, 2])
  executor.newest(2).succeed()
  await firing.result
  // It never went on without a lock, and does not say so.
  deepEqual(log.of('alarm'), [])
})

test('F1: a lock directory that was removed is made again', async (t) => {
  const { dispatcher, executor, directory, locks } = aDispatch(t)
  rmSync(directory, { recursive: true })
  const firing = dispatcher.fire(aFiring('failover', [1, 2]), 'manual')
  await settled()
  equal(locks().length, 1)
  rmSync(directory, { recursive: true })
  executor.onAdopt = (handle) => handle.end(FAILED, { endedByItself: true })
  executor.newest(1).end(FAILED)
  await settled()
  deepEqual([executor.crons, locks().length], [[1, 2], 1])
  executor.newest(2).succeed()
  await firing.result
})

for (const [endedByItself, outcome, tried] of [
  [true, FAILED, [1, 2]],
  [false, KILLED, [1]],
] as const) {
  test(`F4: a lock that has vanished proves nothing; its host says that the run ${endedByItself ? 'ended by itself' : 'was ended'}`, async (t) => {
    const { dispatcher, executor, directory, locks, log } = aDispatch(t)
    const firing = dispatcher.fire(aFiring('failover', [1, 2]), 'manual')
    await settled()
    for (const name of locks()) rmSync(join(directory, name))
    executor.onAdopt = (handle) => handle.end(FAILED, { endedByItself })
    executor.newest(1).end(FAILED)
    await settled()
    deepEqual(executor.crons, tried)
    if (endedByItself) executor.newest(2).succeed()
    deepEqual((await firing.result).outcomes[0]?.outcome, outcome)
    deepEqual(told(log)[0], outcome.kind)
  })
}

test('a lock that has vanished while its run waited for its place: the run is not begun, and that is told', async (t) => {
  const { dispatcher, executor, directory, locks } = aDispatch(t, { limits: { runs: 1, runsPerHost: 1 } })
  void dispatcher.fire(aFiring('failover', [9], { name: 'long' }), 'schedule')
  await settled()
  const waiting = dispatcher.fire(aFiring('failover', [1, 2]), 'schedule')
  await settled()
  for (const name of locks()) rmSync(join(directory, name))
  executor.onAdopt = (handle) => handle.end({ kind: 'succeeded' }, { endedByItself: true })
  executor.newest(9).succeed()
  equal((await waiting.result).outcomes[0]?.outcome?.kind, 'blocked')
  deepEqual(executor.crons, [9])
})

/** Two living processes: `a` has started the run, `b` clobbers it. */
function aClobber(t: TestContext) {
  const a = aDispatch(t, { holder: identityOf(process.ppid) })
  const b = aDispatch(t, { directory: a.directory })
  const firing = aFiring('clobber', [1])
  const later = { ...firing, minute: addMinutes(firing.minute, 1) }
  return { a, b, firing, later }
}

test('F2: what another process is killing keeps its lock until its host has proved its death, whatever its session says', async (t) => {
  const { a, b, firing, later } = aClobber(t)
  const first = a.dispatcher.fire(firing, 'schedule')
  await settled()
  const proof = Promise.withResolvers<void>()
  b.executor.onAdopt = (handle) => {
    handle.onKill = async () => {
      await proof.promise
      handle.end(KILLED)
      return { kind: 'dead' }
    }
  }
  const second = b.dispatcher.fire(later, 'schedule')
  await settled()
  a.executor.newest(1).end(SIGNALED)
  await settled()
  // Its shell died of TERM; the command lives on in its grace.
  deepEqual([told(a.log), a.locks().length, b.executor.crons], [[], 1, []])
  deepEqual(
    a.executor.adopted.map(({ run }) => run.killedBy),
    ['clobber'],
  )
  proof.resolve()
  await settled()
  deepEqual([told(b.log), b.executor.crons], [['killed'], [1]])
  a.executor.adopted[0]?.handle.end(KILLED)
  deepEqual((await first.result).outcomes[0]?.outcome, KILLED)
  deepEqual([told(a.log), told(b.log)], [[], ['killed']])
  b.executor.newest(1).succeed()
  await second.result
  deepEqual(
    readdirSync(a.directory).filter((name) => /\.(rcron|told)$/.test(name)),
    [],
  )
})

test('F2: the owner tells where it has the proof first, and the killer does not', async (t) => {
  const { a, b, firing, later } = aClobber(t)
  const first = a.dispatcher.fire(firing, 'schedule')
  await settled()
  const proof = Promise.withResolvers<void>()
  b.executor.onAdopt = (handle) => {
    handle.onKill = async () => {
      await proof.promise
      handle.end(KILLED)
      return { kind: 'dead' }
    }
  }
  a.executor.onAdopt = (handle) => handle.end(KILLED)
  const second = b.dispatcher.fire(later, 'schedule')
  await settled()
  a.executor.newest(1).end(SIGNALED)
  await first.result
  proof.resolve()
  await settled()
  deepEqual([told(a.log), told(b.log)], [['killed'], []])
  b.executor.newest(1).succeed()
  await second.result
})

test('F2: a killer whose owner hears nothing tells the end itself, once; the owner says nothing, and goes on nowhere', async (t) => {
  const { a, b } = aClobber(t)
  const firing = aFiring('clobber', [1, 2])
  const first = a.dispatcher.fire(firing, 'schedule')
  await settled()
  a.executor.newest(1).watch.unknown('connection lost')
  await settled()
  b.executor.onStart = (handle) => handle.succeed()
  await b.dispatcher.fire({ ...firing, minute: addMinutes(firing.minute, 1) }, 'schedule').result
  deepEqual(told(b.log), ['killed', 'succeeded'])
  await b.records.flushed()
  ok(b.recorder.records.length > 0)
  a.executor.newest(1).end(FAILED)
  deepEqual(
    (await first.result).outcomes.map(({ outcome }) => outcome),
    [KILLED],
  )
  deepEqual([a.executor.crons, told(a.log)], [[1], []])
})

test('F2: the end of a run whose owner died after it was killed is told by the killer', async (t) => {
  const { a, b, firing, later } = aClobber(t)
  void a.dispatcher.fire(firing, 'schedule')
  await settled()
  b.executor.onStart = (handle) => handle.succeed()
  await b.dispatcher.fire(later, 'schedule').result
  deepEqual([told(b.log), b.locks()], [['killed', 'succeeded'], []])
})

test('what cannot be taken over in writing is not taken over: it counts as active, is told of once, and taken up when it can be', async (t) => {
  const before = aDispatch(t)
  void before.dispatcher.fire(aFiring('failover', [1]), 'schedule')
  await settled()
  void before.dispatcher.abandon()
  const [name = ''] = before.locks()
  const after = aDispatch(t, { directory: before.directory })
  chmodSync(join(before.directory, name), 0o400)
  chmodSync(before.directory, 0o500)
  for (let minute = 0; minute < 3; minute++) {
    await after.clock.advance(60_000)
    const { outcomes } = await after.dispatcher.fire(aFiring('failover', [1]), 'manual').result
    deepEqual([outcomes[0]?.outcome?.kind, after.executor.adopted.length], ['skipped', 0])
  }
  equal(after.log.of('error').filter((message) => message.includes('cannot rewrite its lock')).length, 1)
  chmodSync(before.directory, 0o700)
  await after.clock.advance(60_000)
  await after.dispatcher.adopt()
  equal(after.executor.adopted.length, 1)
  after.executor.adopted[0]?.handle.succeed()
  await after.dispatcher.idle()
  deepEqual([told(after.log), after.locks()], [['succeeded'], []])
})

test('a run that is being killed is not adopted meanwhile: its end is told once', async (t) => {
  const before = aDispatch(t)
  void before.dispatcher.fire(aFiring('clobber', [1]), 'schedule')
  await settled()
  void before.dispatcher.abandon()
  const [name = ''] = before.locks()
  const after = aDispatch(t, { directory: before.directory })
  chmodSync(join(before.directory, name), 0o400)
  chmodSync(before.directory, 0o500)
  await after.dispatcher.adopt()
  chmodSync(before.directory, 0o700)
  chmodSync(join(before.directory, name), 0o600)
  const proofs: (() => void)[] = []
  after.executor.onAdopt = (handle) => {
    handle.onKill = async () => {
      await new Promise<void>((resolve) => proofs.push(resolve))
      handle.end(KILLED)
      return { kind: 'dead' }
    }
  }
  const firing = after.dispatcher.fire(aFiring('clobber', [1]), 'manual')
  await settled()
  equal(proofs.length, 1)
  await after.clock.advance(5_000)
  await after.dispatcher.adopt()
  await settled()
  for (const prove of proofs) prove()
  await settled()
  after.executor.newest(1).succeed()
  await firing.result
  deepEqual([told(after.log), after.locks()], [['killed', 'succeeded'], []])
})

test('a lock that was moved away and comes back in the life of its process leads nowhere', async (t) => {
  const { dispatcher, executor, directory, locks } = aDispatch(t)
  const firing = dispatcher.fire(aFiring('failover', [1, 2]), 'manual')
  await settled()
  renameSync(directory, `${directory}.away`)
  t.after(() => rmSync(`${directory}.away`, { recursive: true, force: true }))
  executor.onAdopt = (handle) => handle.end(FAILED, { endedByItself: true })
  executor.newest(1).end(FAILED)
  await settled()
  deepEqual(executor.crons, [1, 2])
  ok(locks().length === 1)
  executor.newest(2).succeed()
  await firing.result
})

/** A process that comes to a lock directory which takes no writes; `hasSeen`: it has seen it before that. */
async function anUnwritableDirectory(t: TestContext, hasSeen: boolean, isTransient = true) {
  const lab = aDispatch(t, { isTransient })
  if (hasSeen) await lab.dispatcher.adopt()
  chmodSync(lab.directory, 0o500)
  lab.executor.onStart = (handle) => handle.succeed()
  const fire = async (action: Action, change: Partial<Cron> = {}) => {
    const { outcomes } = await lab.dispatcher.fire(aFiring(action, [1], change), 'manual').result
    return outcomes.map(({ outcome }) => outcome?.kind)
  }
  return { ...lab, fire, end: () => chmodSync(lab.directory, 0o700) }
}

for (const action of ['failover', 'shuffle', 'clobber'] as const) {
  test(`${action}: a tick that finds the lock directory unusable begins nothing, since another process’s run cannot be excluded; told once for the job`, async (t) => {
    const { fire, executor, log, end } = await anUnwritableDirectory(t, false)
    deepEqual([await fire(action), await fire(action)], [['blocked'], ['blocked']])
    deepEqual([executor.crons, log.of('alarm')], [[], ['job does not run: cannot write a lock file']])
    end()
    deepEqual(await fire(action), ['succeeded'])
  })
}

test('a daemon, which knows its own runs, goes on without locks from its start on', async (t) => {
  const { fire, log, end } = await anUnwritableDirectory(t, false, false)
  deepEqual(await fire('failover'), ['succeeded'])
  deepEqual(log.of('alarm'), ['run continues without a lock file'])
  end()
})

test('a process that has seen the lock directory in order goes on without locks, and tells so once for each job', async (t) => {
  const { fire, log, end } = await anUnwritableDirectory(t, true)
  deepEqual([await fire('failover'), await fire('failover')], [['succeeded'], ['succeeded']])
  deepEqual(log.of('alarm'), ['run continues without a lock file'])
  end()
})

test('a run that began without a lock gets it as soon as one can be written, and a later process finds it', async (t) => {
  const { dispatcher, executor, directory, clock, locks } = aDispatch(t)
  chmodSync(directory, 0o500)
  void dispatcher.fire(aFiring('failover', [1, 2]), 'schedule')
  await settled()
  await clock.advance(2_000)
  deepEqual([executor.crons, locks()], [[1], []])
  chmodSync(directory, 0o700)
  await clock.advance(2_000)
  equal(locks().length, 1)
  void dispatcher.abandon()
  const after = aDispatch(t, { directory, crons: aFiring('failover', [1, 2]).crons })
  await after.dispatcher.adopt()
  after.executor.adopted[0]?.handle.end(FAILED)
  await settled()
  deepEqual(after.executor.crons, [2])
  after.executor.newest(2).succeed()
  await after.dispatcher.idle()
  deepEqual(locks(), [])
})

test('without a lock nothing begins on a host that cannot tell of it', async (t) => {
  const { fire, executor, end } = await anUnwritableDirectory(t, true)
  deepEqual(await fire('all', { system: aSystem({ supervise: 0 }) }), ['blocked'])
  deepEqual(await fire('all'), ['succeeded'])
  deepEqual(executor.crons, [1])
  end()
})

test('its host is told whether a lock tells of a run, and which runs exclude each other: those of a job, or of one row of action all', async (t) => {
  const { executor, dispatcher, end } = await anUnwritableDirectory(t, true)
  const fire = (action: Action, id: number) => dispatcher.fire(aFiring(action, [id]), 'manual').result
  for (const action of ['failover', 'all'] as const) {
    for (const id of [1, 2]) await fire(action, id)
  }
  end()
  await fire('failover', 1)
  const told = executor.started.map(({ keeping }) => keeping)
  deepEqual(
    told.map((it) => it?.isUnlocked),
    [true, true, true, true, false],
  )
  const [one, two, row1, row2, locked] = told.map((it) => it?.exclusion)
  match(one ?? '', /^[0-9a-f]{32}$/)
  deepEqual([two, locked, new Set([one, row1, row2]).size], [one, one, 3])
})
