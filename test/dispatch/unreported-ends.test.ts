import { deepEqual, equal, match } from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { lockOfRun } from '../../src/dispatch/locks/lock-of-run.ts'
import { SystemRunLocks } from '../../src/dispatch/locks/system-run-locks.ts'
import { randomSeries } from '../../src/dispatch/run-id.ts'
import type { Cron } from '../../src/domain/cron.ts'
import type { FiringTrigger } from '../../src/domain/job.ts'
import { addMinutes } from '../../src/domain/minute.ts'
import type { NotRun, Outcome } from '../../src/domain/outcome.ts'
import { reasonOfOutcome } from '../../src/domain/reasons/reason-of-outcome.ts'
import { identityOf } from '../../src/platform/process-identity.ts'
import { aCron, aFiring, minute, type RecordingLog } from '../support/builders.ts'
import { settled } from '../support/hand-clock.ts'
import { aDispatch } from './a-dispatch.ts'

const FAILED: Outcome = { kind: 'failed', exitCode: 42 }
const NOBODY = 65534

// Permissions count for all users but root.
if (process.getuid?.() === 0) process.setuid?.(NOBODY)

/** What was reported of the crons' runs: of each its cron and its outcome, in order. */
function reports(log: RecordingLog): readonly string[] {
  const ends = log.entries.filter(
    ({ message, fields }) =>
      message.startsWith('run ') && typeof fields['outcome'] === 'string' && typeof fields['run'] === 'string',
  )
  return ends.map(({ fields }) => `${fields['cron']} ${fields['outcome']}`)
}

const ofLocks = (log: RecordingLog) =>
  log.entries.filter(({ message }) => message.startsWith('not reported')).map(({ message }) => message)

/** From now on no lock can be made, changed or removed, until `mend`. */
function takeNoWrites({ directory, locks }: Pick<ReturnType<typeof aDispatch>, 'directory' | 'locks'>) {
  const paths = locks().map((name) => join(directory, name))
  for (const path of paths) chmodSync(path, 0o400)
  chmodSync(directory, 0o500)
  return function mend() {
    chmodSync(directory, 0o700)
    for (const path of paths) chmodSync(path, 0o600)
  }
}

/** A run of cron 1 waits for the end of cron 9's, and its lock says so. */
async function aWaitingRun(t: TestContext, change: Partial<Cron> = {}, how: FiringTrigger = 'schedule') {
  const lab = aDispatch(t, { limits: { runs: 1, runsPerHost: 1 } })
  void lab.dispatcher.fire(aFiring('failover', [9], { name: 'long' }), 'schedule')
  await settled()
  const firing = lab.dispatcher.fire(aFiring('clobber', [1], change), how)
  await settled()
  return { ...lab, firing }
}

type Waiting = Awaited<ReturnType<typeof aWaitingRun>>

/** Another process, by its look at the same directory, wants the run ended before that takes no writes any more. */
async function mark(t: TestContext, { directory, log }: Waiting): Promise<void> {
  const other = SystemRunLocks.open({ directory, clock: aDispatch(t).clock, log, holder: identityOf(process.ppid) })
  const found = await other.readOthers()
  for (const { lock } of found) if (lock.isWaiting) await other.requestKill(lock.run, 'clobber')
}

const WAYS: readonly {
  readonly says: string
  readonly change?: Partial<Cron>
  readonly how?: FiringTrigger
  readonly before?: (t: TestContext, lab: Waiting) => Promise<void>
  readonly outcome: string
}[] = [
  { says: 'its lock could not say that it began', outcome: 'blocked' },
  { says: 'its lock could not say that it began, by hand', how: 'manual', outcome: 'blocked' },
  { says: 'another process wanted it ended', before: mark, outcome: 'killed' },
  {
    says: 'it is too late',
    change: { latestStartMin: 1 },
    how: 'catch-up',
    before: async (_, { clock }) => await clock.advance(180_000),
    outcome: 'missed',
  },
]

for (const { says, change, how, before, outcome } of WAYS) {
  test(`F1: a run that waited and is not begun (${says}) is reported when its lock can say so, once; until then its job is occupied`, async (t) => {
    const lab = await aWaitingRun(t, change, how)
    await before?.(t, lab)
    const mend = takeNoWrites(lab)
    lab.executor.newest(9).succeed()
    await settled()
    for (let second = 0; second < 70; second++) await lab.clock.advance(1_000)
    deepEqual(reports(lab.log), ['9 succeeded'])
    deepEqual(ofLocks(lab.log), ['not reported yet: cannot change lock file; retrying'])
    const { outcomes } = await lab.dispatcher.fire(
      { ...aFiring('clobber', [1]), minute: addMinutes(minute('2026-03-01T12:00:00Z'), 1) },
      'schedule',
    ).result
    deepEqual(
      outcomes.map((each) => each.outcome?.kind),
      ['skipped'],
    )
    mend()
    await lab.clock.advance(1_000)
    equal((await lab.firing.result).outcomes[0]?.outcome?.kind, outcome)
    await lab.clock.advance(5_000)
    deepEqual(reports(lab.log), ['9 succeeded', `1 ${outcome}`])
    deepEqual([lab.locks(), lab.executor.crons], [[], [9]])
  })
}

for (const [how, stop] of [
  ['lets go of its runs', ({ dispatcher }: Waiting) => dispatcher.abandon()],
  ['kills its runs', ({ dispatcher }: Waiting) => dispatcher.killAll('shutdown')],
] as const) {
  test(`F1: a run that waits, with a lock that cannot say that it is killed, when rcron stops and ${how}: the next process reports it, once`, async (t) => {
    const first = await aWaitingRun(t)
    const mend = takeNoWrites(first)
    await stop(first)
    equal((await first.firing.result).outcomes[0]?.outcome, null)
    deepEqual(
      reports(first.log).filter((report) => report.startsWith('1 ')),
      [],
    )
    deepEqual(ofLocks(first.log), ['not reported: lock file cannot be changed; left to the next start'])
    mend()
    const second = aDispatch(t, { directory: first.directory })
    await second.dispatcher.adopt()
    deepEqual(reports(second.log), ['1 missed'])
  })
}

test('F1: a walk that cannot leave its lock behind when rcron stops: nothing is reported of the next run, which the next process begins', async (t) => {
  const { crons } = aFiring('failover', [1, 2])
  const first = aDispatch(t)
  const firing = first.dispatcher.fire(aFiring('failover', [1, 2]), 'schedule')
  await settled()
  const mend = takeNoWrites(first)
  first.executor.newest(1).end(FAILED)
  await settled()
  await first.clock.advance(3_000)
  await first.dispatcher.abandon()
  deepEqual(
    (await firing.result).outcomes.map(({ outcome }) => outcome?.kind),
    ['failed', undefined],
  )
  deepEqual(reports(first.log), ['1 failed'])
  mend()
  await first.clock.advance(5_000)
  const second = aDispatch(t, { directory: first.directory, crons })
  second.executor.onAdopt = (handle) => handle.end(FAILED, { endedByItself: true })
  second.executor.onStart = (handle) => handle.succeed()
  await second.dispatcher.adopt()
  await second.dispatcher.idle()
  deepEqual([reports(second.log), second.executor.crons], [['1 failed', '2 succeeded'], [2]])
  deepEqual(second.locks(), [])
})

test('F1: a walk whose lock stays for over a minute is blocked; that is reported when its lock has gone, and no process continues it', async (t) => {
  const { crons } = aFiring('failover', [1, 2])
  const first = aDispatch(t)
  const firing = first.dispatcher.fire(aFiring('failover', [1, 2]), 'schedule')
  await settled()
  const mend = takeNoWrites(first)
  first.executor.newest(1).end(FAILED)
  for (let second = 0; second <= 65; second++) await first.clock.advance(1_000)
  deepEqual(reports(first.log), ['1 failed'])
  mend()
  await first.clock.advance(1_000)
  deepEqual(
    (await firing.result).outcomes.map(({ outcome }) => outcome?.kind),
    ['failed', 'blocked'],
  )
  deepEqual([reports(first.log), first.locks()], [['1 failed', '2 blocked'], []])
  const second = aDispatch(t, { directory: first.directory, crons })
  await second.dispatcher.adopt()
  deepEqual([second.executor.adopted, second.executor.crons], [[], []])
})

test('F1: while the lock of a walk can neither be exchanged nor removed it stays that of the walk, also when it could be removed', async (t) => {
  const first = aDispatch(t, { holder: identityOf(process.ppid) })
  const firing = first.dispatcher.fire(aFiring('failover', [1, 2]), 'schedule')
  await settled()
  const mend = takeNoWrites(first)
  first.executor.newest(1).end(FAILED)
  await settled()
  for (let second = 0; second < 3; second++) await first.clock.advance(1_000)
  mend()
  // The process looks at its locks for another job, before the walk has its turn.
  void first.dispatcher.fire(aFiring('failover', [7], { name: 'other' }), 'schedule')
  await settled()
  const second = aDispatch(t, { directory: first.directory })
  const { outcomes } = await second.dispatcher.fire(aFiring('failover', [1, 2]), 'manual').result
  deepEqual(
    outcomes.map(({ outcome }) => outcome?.kind),
    ['skipped', 'skipped'],
  )
  await first.clock.advance(1_000)
  deepEqual(first.executor.crons, [1, 7, 2])
  first.executor.newest(2).succeed()
  await firing.result
})

test('F1: the lock of a next host that could not be removed when the one before it could not either is the one to go on with', async (t) => {
  const { directory, clock, log, locks: names } = aDispatch(t)
  const locks = SystemRunLocks.open({ directory, clock, log })
  const [first, second] = [1, 2].map((id) => {
    const run = { id: randomSeries(), cron: aCron({ id }), minute: minute('2026-03-01T12:00:00Z') }
    return lockOfRun(run, { startedAt: 0, series: null, rest: [], isWaiting: false })
  })
  if (first === undefined || second === undefined) throw new Error('there are two')
  for (const lock of [first, second]) await locks.create(lock)
  const mend = takeNoWrites({ directory, locks: names })
  equal(await locks.remove(second.run), false)
  mend()
  equal(await locks.exchange(first.run, second), 'created')
  await clock.advance(2_000)
  const found = await SystemRunLocks.open({ directory, clock, log }).readOthers()
  deepEqual(
    found.map(({ lock }) => lock.run),
    [second.run],
  )
})

test('F1: a run that was handed over and killed before it began is reported when its lock can say so, and its walk continues nowhere', async (t) => {
  const { crons } = aFiring('clobber', [1, 2])
  const first = aDispatch(t)
  void first.dispatcher.fire(aFiring('clobber', [1, 2]), 'schedule')
  await settled()
  const mend = takeNoWrites(first)
  first.executor.newest(1).end({ kind: 'killed', by: 'clobber' }, { startedAt: null, durationMs: null })
  await settled()
  deepEqual(reports(first.log), [])
  mend()
  await first.clock.advance(1_000)
  deepEqual([reports(first.log), first.locks()], [['1 killed'], []])
  const second = aDispatch(t, { directory: first.directory, crons })
  await second.dispatcher.adopt()
  deepEqual([second.executor.adopted, second.executor.crons], [[], []])
})

test('F2: a run that another process kills before it began is reported by one of the two', async (t) => {
  const a = aDispatch(t, { holder: identityOf(process.ppid) })
  const b = aDispatch(t, { directory: a.directory })
  const firing = aFiring('clobber', [1])
  const first = a.dispatcher.fire(firing, 'schedule')
  await settled()
  const proof = Promise.withResolvers<void>()
  b.executor.onAdopt = (handle) => {
    handle.onKill = async () => {
      await proof.promise
      handle.end({ kind: 'killed', by: 'clobber' })
      return { kind: 'dead' }
    }
  }
  const second = b.dispatcher.fire({ ...firing, minute: addMinutes(firing.minute, 1) }, 'schedule')
  await settled()
  // Its report is not in the log yet, and its lock is there still, when the other process has its proof.
  const writing = Promise.withResolvers<void>()
  a.log.writing = writing.promise
  a.executor.newest(1).end({ kind: 'killed', by: 'clobber' }, { startedAt: null, durationMs: null })
  await settled()
  proof.resolve()
  await settled()
  deepEqual([reports(a.log), reports(b.log)], [['1 killed'], []])
  writing.resolve()
  await Promise.all([first.result, second.result])
  deepEqual([reports(a.log), reports(b.log), a.locks()], [['1 killed'], [], []])
})

test('F1: a walk that is not continued is reported so when no later process can continue it either', async (t) => {
  const before = aDispatch(t)
  void before.dispatcher.fire(aFiring('failover', [1, 2]), 'schedule')
  await settled()
  void before.dispatcher.abandon()
  const after = aDispatch(t, { directory: before.directory })
  await after.dispatcher.adopt()
  const mend = takeNoWrites(after)
  after.executor.adopted[0]?.handle.end(FAILED, { endedByItself: true })
  await settled()
  const said = () =>
    after.log.entries.filter(({ message }) => message === 'failover does not continue after an adopted run').length
  deepEqual([reports(after.log), said()], [['1 failed'], 0])
  mend()
  await after.clock.advance(1_000)
  deepEqual([said(), after.locks(), [...after.dispatcher.active]], [1, [], []])
})

for (const notRun of [
  { kind: 'killed', by: 'operator' },
  { kind: 'blocked', reason: 'its lock file disappeared while it waited for a slot' },
  { kind: 'blocked', code: 'LOCK_UNWRITABLE', reason: 'its lock file cannot be written' },
  { kind: 'missed', code: 'START_WINDOW_EXPIRED', reason: '3 minutes late, latest_start_min is 1' },
] as const satisfies readonly NotRun[]) {
  test(`a process that has written down why a run is not begun (${reasonOfOutcome(notRun)}), and dies: the next one reports that`, async (t) => {
    const { dispatcher, log, directory, clock, locks, found, events } = aDispatch(t)
    const earlier = SystemRunLocks.open({ directory, clock, log })
    const run = { id: randomSeries(), cron: aCron({ id: 1 }), minute: minute('2026-03-01T12:00:00Z') }
    await earlier.create({ ...lockOfRun(run, { startedAt: 0, series: null, rest: [2], isWaiting: true }), notRun })
    await dispatcher.adopt()
    deepEqual([reports(log), locks(), found], [[`1 ${notRun.kind}`], [], [1]])
    deepEqual(
      events.flatMap((event) => (event.kind === 'not-run' ? [reasonOfOutcome(event.outcome)] : [])),
      [reasonOfOutcome(notRun)],
    )
    const [line] = log.entries.filter(({ fields }) => fields['outcome'] === notRun.kind)
    match(JSON.stringify(line?.fields), new RegExp('by' in notRun ? notRun.by : notRun.reason))
  })
}
