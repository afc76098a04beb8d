import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { compileSnapshot } from '../../src/definitions/compile-snapshot.ts'
import type { Cron } from '../../src/domain/cron.ts'
import { addMinutes, type Minute } from '../../src/domain/minute.ts'
import type { CronRow } from '../../src/domain/rows.ts'
import { dueMinutesOf } from '../../src/minutes/due-minutes.ts'
import { reportInterrupted } from '../../src/minutes/interrupted-firings.ts'
import { settleMissed } from '../../src/minutes/missed-minutes.ts'
import { missedJobs, missedOf } from '../../src/minutes/plan-missed.ts'
import type { MinuteSet } from '../../src/minutes/plan-ranges.ts'
import { zoneOf } from '../../src/schedule/timezone.ts'
import { aDispatch } from '../dispatch/a-dispatch.ts'
import { aJournal } from '../support/a-journal.ts'
import { aCronRow, aFiring, anAuth, aSystem, minute, RecordingLog } from '../support/builders.ts'
import { HandClock, settled } from '../support/hand-clock.ts'
import { isDue } from '../support/is-due.ts'
import { NO_LEDGER } from './a-minute-loop.ts'

const aRow = (overrides: Partial<CronRow>): CronRow =>
  aCronRow({
    cron_name: 'backup',
    cron_path: '/opt/backup.sh',
    cron_min: '*/5',
    timezone: 'Europe/Berlin',
    ...overrides,
  })

const snapshotOf = (...rows: readonly Partial<CronRow>[]) =>
  compileSnapshot({
    definitions: { auths: [anAuth()], systems: [aSystem()], crons: rows.map(aRow) },
    problems: [],
    defaultTimezone: 'UTC',
  })

const UNKEPT = { book: { reported: async () => undefined }, ledger: NO_LEDGER }

const hour: MinuteSet = [{ from: minute('2026-03-01T12:01:00Z'), to: minute('2026-03-01T13:00:00Z') }]
const times = (minutes: readonly Minute[]) => minutes.map((each) => new Date(each * 60_000).toISOString().slice(11, 16))

const planOf = (missed: MinuteSet, ...rows: readonly Partial<CronRow>[]) => {
  const snapshot = snapshotOf(...rows)
  return missedJobs(snapshot.enabled.flatMap((cron) => missedOf(cron, missed, dueMinutesOf(snapshot)) ?? []))
}

test('missed: one summary for a job, with all its crons; the disabled and the undue are not in it', () => {
  const rows = [{ id: 1 }, { id: 2, cron_min: '7' }, { id: 3, enabled: 0 }, { id: 4, cron_min: '0', cron_hour: '3' }]
  const [plan, ...others] = planOf(hour, ...rows.map((row) => ({ ...row, cron_path: `/opt/${row.id}` })))
  deepEqual(others, [])
  deepEqual(
    plan?.missed.map(({ cron, count }) => [cron.id, count]),
    [
      [1, 12],
      [2, 1],
    ],
  )
  const { job, first, last, firings } = plan
  deepEqual(job, { name: 'backup', action: 'failover' })
  deepEqual(times([first, last]), ['12:05', '13:00'])
  deepEqual(firings, [])
})

test('missed: what is counted are firings, the minutes in which one of the crons was due, caught up or not', async (t) => {
  const days: MinuteSet = [{ from: minute('2026-03-27T12:01:00Z'), to: minute('2026-03-30T12:00:00Z') }]
  const walk = { cron_min: '30', cron_hour: '*' }
  for (const [rows, count, caughtUp] of [
    [[walk, walk, walk], 72, 0],
    [[walk, { ...walk, cron_min: '30,45' }], 144, 0],
    [
      [
        { ...walk, catch_up: 'last' },
        { ...walk, catch_up: 'last' },
      ],
      72,
      1,
    ],
    [
      [
        { cron_min: '30', cron_hour: '2' },
        { cron_min: '15', cron_hour: '1-4' },
      ],
      14,
      0,
    ],
  ] as const) {
    const { dispatcher, clock, log, executor } = aDispatch(t)
    executor.onStart = (run) => run.succeed()
    clock.set('2026-03-30T12:01:00Z')
    const snapshot = snapshotOf(...rows.map((row, index) => ({ ...row, id: index + 1, cron_path: `/opt/${index}` })))
    const missed = { crons: snapshot.enabled, minutes: days, more: false }
    await settleMissed(
      { ...UNKEPT, dispatcher, clock, journal: aJournal(log), log, due: dueMinutesOf(snapshot) },
      missed,
    )
    const [told] = log.entries
    deepEqual([told?.fields['count'], told?.fields['caughtUp']], [count, caughtUp], JSON.stringify(rows))
  }
})

test('missed: catch_up last is one run, all is each one, oldest first', () => {
  const [last] = planOf(hour, { catch_up: 'last' })
  deepEqual(times(last?.firings.map((firing) => firing.minute) ?? []), ['13:00'])
  const [all] = planOf(hour, { cron_min: '*/20', catch_up: 'all' })
  deepEqual(times(all?.firings.map((firing) => firing.minute) ?? []), ['12:20', '12:40', '13:00'])
})

test('missed: catch_up all is bounded to the newest 1,440, and no more', () => {
  const week: MinuteSet = [{ from: addMinutes(hour[0]?.to as Minute, -7 * 1440 + 1), to: hour[0]?.to as Minute }]
  const [plan] = planOf(week, { cron_min: '*', catch_up: 'all' })
  equal(plan?.missed[0]?.count, 7 * 1440)
  equal(plan?.firings.length, 1440)
  equal(plan?.firings.at(-1)?.minute, hour[0]?.to)
  equal(plan?.firings[0]?.minute, addMinutes(hour[0]?.to as Minute, -1439))
})

test('missed: what is counted and caught up is what was due, over the change of a clock and over two ranges', () => {
  const ranges: MinuteSet = [
    { from: minute('2026-03-28T20:00:00Z'), to: minute('2026-03-29T00:40:00Z') },
    { from: minute('2026-03-29T00:50:00Z'), to: minute('2026-03-29T05:00:00Z') },
  ]
  for (const fields of [
    { cron_min: '*/7' },
    { cron_min: '30', cron_hour: '2' },
    { cron_min: '15', cron_hour: '1-4' },
  ]) {
    const snapshot = snapshotOf({ ...fields, catch_up: 'all' })
    const cron = snapshot.enabled[0] as Cron
    const due: Minute[] = []
    for (const { from, to } of ranges) {
      for (let each = from; each <= to; each = addMinutes(each, 1)) {
        const schedule = snapshot.schedules.get(cron.id)
        if (schedule !== undefined && isDue(schedule, zoneOf(cron.timezone), each)) due.push(each)
      }
    }
    const missed = missedOf(cron, ranges, dueMinutesOf(snapshot))
    deepEqual([missed?.count, missed?.first, missed?.last], [due.length, due[0], due.at(-1)])
    deepEqual(missed?.caughtUp, due)
  }
})

test('missed runs of one job are caught up one after the other, and latest_start_min bounds them', async (t) => {
  const { dispatcher, executor, clock, log } = aDispatch(t)
  clock.set('2026-03-01T13:06:00Z')
  const snapshot = snapshotOf({ cron_min: '*/20', catch_up: 'all', latest_start_min: 30 })
  const settling = settleMissed(
    { ...UNKEPT, dispatcher, clock, journal: aJournal(log), log, due: dueMinutesOf(snapshot) },
    { crons: snapshot.enabled, minutes: hour, more: false },
  )
  await settled()
  equal(executor.started.length, 1)
  executor.newest(1).succeed()
  await settled()
  deepEqual(times(executor.started.map(({ run }) => run.minute)), ['12:40', '13:00'])
  executor.newest(1).succeed()
  await (await settling).results
  deepEqual(log.of('warn').toSorted(), ['job backup was missed on host1', 'minutes missed', 'run missed'])
})

test('a week away with 20,000 crons holds nobody up for long', async () => {
  const crons = Array.from({ length: 20_000 }, (_, id) => ({
    id,
    cron_name: `job ${id % 50}`,
    cron_path: `/opt/${id}`,
    cron_min: `${id % 60}`,
  }))
  const snapshot = snapshotOf(...crons)
  const week: MinuteSet = [{ from: minute('2026-03-01T00:00:00Z'), to: minute('2026-03-08T00:00:00Z') }]
  class RealTime extends HandClock {
    override monotonic(): number {
      return performance.now()
    }
  }
  let turns = 0
  const log = new RecordingLog()
  const timer = setInterval(() => turns++, 1)
  const dispatcher = {
    fire: () => ({ begun: Promise.resolve(), result: Promise.reject(new Error('nothing to fire')) }),
  }
  await settleMissed(
    { ...UNKEPT, dispatcher, clock: new RealTime(0), journal: aJournal(log), log, due: dueMinutesOf(snapshot) },
    { crons: snapshot.enabled, minutes: week, more: false },
  )
  clearInterval(timer)
  ok(turns >= 3, `others got ${turns} turns`)
  equal(log.entries.length, 50)
})

test('interrupted: told for what shows no run, and not for what has begun', () => {
  const log = new RecordingLog()
  const walk = aFiring('failover', [1, 2])
  const each = aFiring('all', [3, 4])
  const never = aFiring('clobber', [5])
  reportInterrupted(
    { journal: aJournal(log), clock: new HandClock(0) },
    [walk, each, never],
    (cronId) => cronId === 2 || cronId === 3,
  )
  deepEqual(
    log.entries.map(({ fields }) => fields['crons']),
    [[4], [5]],
  )
})
