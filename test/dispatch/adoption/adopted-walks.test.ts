import { deepEqual, equal, match, notDeepEqual } from 'node:assert/strict'
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runIdOf } from '../../../src/dispatch/run-id.ts'
import type { Action } from '../../../src/domain/action.ts'
import type { Cron } from '../../../src/domain/cron.ts'
import type { FiringTrigger } from '../../../src/domain/job.ts'
import type { Outcome } from '../../../src/domain/outcome.ts'
import { identityOf } from '../../../src/platform/process-identity.ts'
import { aCron, aFiring } from '../../support/builders.ts'
import { settled } from '../../support/hand-clock.ts'
import { aDispatch } from '../a-dispatch.ts'

const NOT_BEGUN: Outcome = { kind: 'unreachable', reason: 'its host had not begun it' }
const FAILED: Outcome = { kind: 'failed', exitCode: 1 }
const LOST: Outcome = { kind: 'lost', reason: 'cancelled' }

/** A walk over hosts 1 to 3 whose process went while its first run was under way, and the process after it. */
async function adoptedWalk(
  t: TestContext,
  action: Action,
  crons = aFiring(action, [1, 2, 3]).crons,
  how: FiringTrigger = 'schedule',
) {
  const before = aDispatch(t)
  void before.dispatcher.fire(aFiring(action, [1, 2, 3]), how)
  await settled()
  void before.dispatcher.abandon()
  const after = aDispatch(t, { directory: before.directory, crons })
  await after.dispatcher.adopt()
  await settled()
  const [first] = before.executor.crons
  const end = async (outcome: Outcome) => {
    after.executor.adopted[0]?.handle.end(outcome)
    await settled()
  }
  return { ...after, first, end }
}

for (const action of ['failover', 'shuffle', 'clobber'] as const) {
  test(`${action}: a firing goes on to its next hosts after a run that was adopted, and counts as active meanwhile`, async (t) => {
    const { dispatcher, executor, end, first, locks } = await adoptedWalk(t, action)
    await end(NOT_BEGUN)
    equal(executor.crons.length, 1)
    deepEqual(
      [...dispatcher.active].map(({ state }) => state),
      ['running'],
    )
    executor.newest(executor.crons[0] ?? 0).end(FAILED)
    await settled()
    deepEqual([...executor.crons, first].toSorted(), [1, 2, 3])
    executor.newest(executor.crons[1] ?? 0).succeed()
    await dispatcher.idle()
    deepEqual(locks(), [])
  })
}

test('the hosts come in the order of the firing, and the runs have the ids they would have had', async (t) => {
  const whole = aDispatch(t)
  whole.executor.onStart = (handle) => handle.end(FAILED)
  await whole.dispatcher.fire(aFiring('shuffle', [1, 2, 3]), 'schedule').result
  const { executor, end } = await adoptedWalk(t, 'shuffle')
  executor.onStart = (handle) => handle.end(FAILED)
  await end(FAILED)
  deepEqual(
    executor.started.map(({ run }) => run.id),
    whole.executor.started.slice(1).map(({ run }) => run.id),
  )
})

const rows = aFiring('failover', [1, 2, 3]).crons
const without = (id: number) => rows.filter((row) => row.id !== id)
const changed = (id: number, change: Partial<Cron>) => rows.map((row) => (row.id === id ? { ...row, ...change } : row))

const ends: readonly { what: string; crons: readonly Cron[]; outcome: Outcome; tried: readonly number[] }[] = [
  { what: 'a success', crons: rows, outcome: { kind: 'succeeded' }, tried: [] },
  { what: 'a loss', crons: rows, outcome: LOST, tried: [] },
  { what: 'a loss that the row passes over', crons: changed(1, { onLost: 'failover' }), outcome: LOST, tried: [2] },
  { what: 'a kill', crons: rows, outcome: { kind: 'killed', by: 'operator' }, tried: [] },
  { what: 'a failure of a row that is gone', crons: without(1), outcome: FAILED, tried: [] },
  { what: 'a failure of a row that was disabled', crons: changed(1, { enabled: false }), outcome: FAILED, tried: [] },
  { what: 'a failure, the next row gone', crons: without(2), outcome: FAILED, tried: [3] },
  { what: 'a failure, the next row renamed', crons: changed(2, { name: 'other' }), outcome: FAILED, tried: [3] },
  { what: 'a failure, another row new', crons: [...rows, aCron({ id: 4 })], outcome: FAILED, tried: [2] },
]

for (const { what, crons, outcome, tried } of ends) {
  test(`after ${what}, what is tried next: ${tried.join(', ') || 'nothing'}`, async (t) => {
    const { executor, end } = await adoptedWalk(t, 'failover', crons)
    await end(outcome)
    deepEqual(executor.crons, tried)
  })
}

test('the runs of a manual firing, too, have the ids that they would have had', async (t) => {
  const ids = async () => {
    const { executor, end, directory } = await adoptedWalk(t, 'failover', rows, 'manual')
    await end(FAILED)
    const second = aDispatch(t, { directory, crons: rows })
    executor.newest(2).abandon()
    await second.dispatcher.adopt()
    return [executor.newest(2).id, second.executor.adopted.map(({ run }) => run.id)]
  }
  const [begun, adopted] = await ids()
  deepEqual([begun], adopted)
  notDeepEqual(await ids(), [begun, adopted])
})

const dropped = [
  { what: 'its row is disabled', crons: changed(1, { enabled: false }) },
  { what: 'its row is gone', crons: without(1) },
  { what: 'the other rows are gone', crons: rows.slice(0, 1) },
] as const

for (const { what, crons } of dropped) {
  test(`a firing that does not go on because ${what} is told of, with the reason`, async (t) => {
    const { executor, end, log } = await adoptedWalk(t, 'failover', crons)
    await end(FAILED)
    const line = log.entries.find(({ message }) => message.startsWith('failover does not continue'))
    match(String(line?.fields['reason']), /row.* (is|are) gone, disabled or now in another job$/)
    deepEqual(executor.crons, [])
  })
}

test('a firing that has come to its end is not told of as one that does not go on', async (t) => {
  const { end, log } = await adoptedWalk(t, 'failover', without(1))
  await end({ kind: 'succeeded' })
  deepEqual(log.of('warn'), [])
})

test('a firing that goes on is one of those that a tick waits for, and a run that is alive is not', async (t) => {
  const { dispatcher, executor, end } = await adoptedWalk(t, 'failover')
  let isHeard = false
  void dispatcher.probed().then(() => {
    isHeard = true
  })
  await end(FAILED)
  equal(isHeard, false)
  executor.newest(2).succeed()
  await settled()
  equal(isHeard, true)
  const alive = await adoptedWalk(t, 'failover')
  alive.executor.adopted[0]?.handle.watch.found()
  await alive.dispatcher.probed()
})

test('the moment it began, and since when it is unknown, outlive the process that saw them', async (t) => {
  const before = aDispatch(t)
  const began = before.clock.now() + 5_000
  void before.dispatcher.fire(aFiring('failover', [1]), 'schedule')
  await settled()
  await before.clock.advance(5_000)
  before.executor.newest(1).begin()
  await before.clock.advance(1_000)
  before.executor.newest(1).watch.unknown('connection lost')
  await settled()
  const second = aDispatch(t, { directory: before.directory })
  await second.dispatcher.adopt()
  await second.clock.advance(60_000)
  second.executor.adopted[0]?.handle.watch.unknown('still away')
  await settled()
  const third = aDispatch(t, { directory: before.directory })
  await third.dispatcher.adopt()
  const facts = third.executor.adopted.map(({ run }) => [run.startedAt, run.unknownSince, run.ownConnection])
  deepEqual(facts, [[began, began + 1_000, false]])
  third.executor.adopted[0]?.handle.watch.found()
  await settled()
  const fourth = aDispatch(t, { directory: before.directory })
  await fourth.dispatcher.adopt()
  equal(fourth.executor.adopted[0]?.run.unknownSince, null)
})

/** A walk that had gone on from host 1 to host 2 when its process went, and before the lock of host 1 was removed. */
async function walkPassedOn(t: TestContext) {
  const holder = { pid: 1, start: '1', boot: 'an earlier one' }
  const directories = [aDispatch(t, { holder }), aDispatch(t, { holder })]
  const [one, two] = directories.map(({ directory }) => directory)
  const killed = directories.map(({ dispatcher }) => dispatcher)
  void killed[0]?.fire(aFiring('failover', [1, 2, 3]), 'schedule')
  void killed[1]?.fire(aFiring('failover', [2, 3]), 'schedule')
  await settled()
  for (const dispatcher of killed) void dispatcher.abandon()
  for (const name of readdirSync(two ?? '').filter((each) => each.endsWith('.rcron')))
    copyFileSync(join(two ?? '', name), join(one ?? '', name))
  return one ?? ''
}

test('a walk that had gone on is not gone on with from the run before, even where the process that saw so is gone as well', async (t) => {
  const directory = await walkPassedOn(t)
  const next = aDispatch(t, { directory, crons: rows })
  await next.dispatcher.adopt()
  await settled()
  const second = next.executor.adopted.find(({ run }) => run.id === idOf(2))
  second?.handle.succeed()
  await settled()
  deepEqual([next.executor.crons, next.locks().length], [[], 1])
  void next.dispatcher.abandon()

  const last = aDispatch(t, { directory, crons: rows })
  last.executor.onAdopt = (handle) => handle.end(FAILED)
  await last.dispatcher.adopt()
  await last.dispatcher.idle()
  deepEqual([last.executor.adopted.map(({ run }) => run.id), last.executor.crons, last.locks()], [[idOf(1)], [], []])
})

test('a walk whose next run another living process has taken up is not gone on with from the run before', async (t) => {
  const directory = await walkPassedOn(t)
  const [name = ''] = readdirSync(directory).filter(
    (each) => each.endsWith('.rcron') && readFileSync(join(directory, each), 'utf8').includes(idOf(2)),
  )
  const file = JSON.parse(readFileSync(join(directory, name), 'utf8'))
  const after = aDispatch(t, { directory, crons: rows })
  writeFileSync(join(directory, name), JSON.stringify({ ...file, daemon: identityOf(process.ppid) }))
  await after.dispatcher.adopt()
  await settled()
  // It ends there, and its lock goes, before anything is heard of the first.
  rmSync(join(directory, name))
  await after.clock.advance(60_000)
  await after.dispatcher.adopt()
  after.executor.adopted[0]?.handle.end(FAILED)
  await after.dispatcher.idle()
  deepEqual([after.executor.adopted.map(({ run }) => run.id), after.executor.crons], [[idOf(1)], []])
})

function idOf(cronId: number): string {
  return runIdOf({ series: '0'.repeat(32), cronId, minute: aFiring('failover', [cronId]).minute, attempt: 1 })
}
