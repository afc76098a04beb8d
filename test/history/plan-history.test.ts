import { deepEqual, equal } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import type { FiringRow } from '../../src/domain/history/firing-row.ts'
import type { RunRow } from '../../src/domain/history/run-row.ts'
import { addMinutes } from '../../src/domain/minute.ts'
import type { Outcome } from '../../src/domain/outcome.ts'
import { NO_OUTPUT } from '../../src/domain/run.ts'
import type { AttemptEnd, FiringFacts, RunEvent, RunFacts } from '../../src/domain/run-event.ts'
import { firingShownBy, HistoryPlan } from '../../src/history/plan-history.ts'
import { ANY_OUTCOME } from '../support/any-outcome.ts'
import { minute } from '../support/builders.ts'
import { someRunFacts } from '../support/run-facts.ts'

const NAMES = {
  installation: 'i'.repeat(32),
  idOf: (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32),
}
const job = { name: 'dump', action: 'failover' } as const
const noon = minute('2026-03-01T12:00:00Z')
const firing: FiringFacts = { job, minute: noon, series: null, how: 'schedule' }

const runOf = (cron: number, of: number, more: Partial<RunFacts> = {}): RunFacts =>
  someRunFacts({ firing, id: String(cron).repeat(32), cron, host: `db${cron}`, attempt: { number: cron, of }, ...more })
const endedAs = (run: RunFacts, outcome: Outcome, at = 100, durationMs: number | null = 7): RunEvent => ({
  kind: 'ended',
  at,
  run,
  result: { outcome, output: NO_OUTPUT, startedAt: at - 10, durationMs, endedByItself: true },
})
const fired = (crons: readonly number[], of: FiringFacts = firing): RunEvent => ({
  kind: 'fired',
  at: 1,
  firing: of,
  crons,
})
const attempt = (run: RunFacts, outcome: Outcome | null): AttemptEnd => ({ cron: run, run: run.id, outcome })
const over = (attempts: readonly AttemptEnd[], of: FiringFacts = firing): RunEvent => {
  return { kind: 'firing-ended', at: 200, firing: of, attempts }
}
const failed: Outcome = { kind: 'failed', exitCode: 3 }
const succeeded: Outcome = { kind: 'succeeded' }

function rowsOf(events: readonly RunEvent[], plan = new HistoryPlan(NAMES)) {
  const rows = events.flatMap((event) => plan.note(event))
  return {
    firings: rows.flatMap((each): FiringRow[] => (each.kind === 'firing' ? [each.row] : [])),
    /** What stands for a firing as long as nothing better is known. */
    shown: rows.flatMap((each): FiringRow[] =>
      each.kind === 'run' && each.endsFiring ? [firingShownBy(each.row)] : [],
    ),
    runs: rows.flatMap((each): RunRow[] => (each.kind === 'run' ? [each.row] : [])),
  }
}

test('a failover that succeeded on its second host succeeded, 2nd of 3; its first attempt is a run that failed', () => {
  const [first, second] = [runOf(1, 3), runOf(2, 3)]
  const { firings, runs } = rowsOf([
    fired([1, 2, 3]),
    endedAs(first, failed),
    endedAs(second, succeeded, 150, 14_000),
    over([attempt(first, failed), attempt(second, succeeded)]),
  ])
  equal(firings.length, 1)
  const { kind, code, tried, of, host, run, durationMs, firedAt, endedAt, how, source } = firings[0] as FiringRow
  deepEqual(
    { kind, code, tried, of, host, run, durationMs, firedAt, endedAt, how, source },
    {
      kind: 'succeeded',
      code: 'SUCCEEDED',
      tried: 2,
      of: 3,
      host: 'db2',
      run: second.id,
      durationMs: 14_000,
      firedAt: 1,
      endedAt: 200,
      how: 'schedule',
      source: 'whole',
    },
  )
  deepEqual(
    runs.map(({ code, attempt: number, of: most, firing: id }) => [code, number, most, id === firings[0]?.id]),
    [
      ['FAILED', 1, 3, true],
      ['SUCCEEDED', 2, 3, true],
    ],
  )
})

test('a failover that failed on all hosts says so, and what the last one said', () => {
  const [first, second] = [runOf(1, 2), runOf(2, 2)]
  const { firings } = rowsOf([
    fired([1, 2]),
    endedAs(first, { kind: 'unreachable', reason: 'no route', detail: 'not for the store' }),
    endedAs(second, failed),
    over([attempt(first, { kind: 'unreachable', reason: 'no route' }), attempt(second, failed)]),
  ])
  const { kind, code, exitCode, host, tried } = firings[0] as FiringRow
  deepEqual([kind, code, exitCode, host, tried], ['failed', 'NO_HOST_LEFT', 3, 'db2', 2])
})

test('a firing that is skipped has a row, and so has each of its crons, although nothing began', () => {
  const { id: _, ...cron } = runOf(1, 1)
  const skipped: Outcome = { kind: 'skipped', reason: 'run 1 is still active' }
  const { firings, runs } = rowsOf([
    fired([1]),
    { kind: 'not-run', at: 2, run: { ...cron, id: null }, outcome: skipped },
    over([{ cron, run: null, outcome: skipped }]),
  ])
  deepEqual(
    firings.map(({ kind, code, run, tried, reason }) => [kind, code, run, tried, reason]),
    [['skipped', 'OVERLAP_SKIPPED', null, 0, 'run 1 is still active']],
  )
  deepEqual(
    runs.map(({ kind, startedAt, id }) => [kind, startedAt, id.length]),
    [['skipped', null, 32]],
  )
})

test('what rcron itself failed over ends with a code as well', () => {
  const { firings } = rowsOf([fired([1]), over([attempt(runOf(1, 1), null)])])
  deepEqual(
    firings.map(({ kind, code }) => [kind, code]),
    [['unknown', 'INTERNAL_ERROR']],
  )
})

test('an adopted run ends the firing of a process that has gone; what its walk continues with is told as it ends', () => {
  const gone = { ...firing, how: null }
  const adopted = runOf(1, 2, { firing: gone, attempt: null, isAdopted: true })
  const next = runOf(2, 2, { firing: { ...firing, how: 'catch-up' }, attempt: null })
  const { shown, firings, runs } = rowsOf([
    { kind: 'adopted', at: 90, run: adopted },
    endedAs(adopted, failed),
    { kind: 'continued', at: 110, run: adopted, crons: [2] },
    endedAs(next, succeeded, 150),
  ])
  deepEqual(
    shown.map(({ kind, source, tried, firedAt, host }) => [kind, source, tried, firedAt, host]),
    [
      ['failed', 'run', null, null, 'db1'],
      ['succeeded', 'run', null, null, 'db2'],
    ],
  )
  deepEqual([new Set(shown.map(({ id }) => id)).size, firings.length], [1, 0])
  deepEqual(
    runs.map(({ isAdopted }) => isAdopted),
    [true, false],
  )
})

test('a run stands for its firing until that is told, but not while its walk has a host left', () => {
  const [first, second] = [runOf(1, 2), runOf(2, 2)]
  const { shown } = rowsOf([fired([1, 2]), endedAs(first, failed), endedAs(second, failed, 150)])
  deepEqual(
    shown.map(({ host, kind, source }) => [host, kind, source]),
    [['db2', 'failed', 'run']],
  )
})

test('the rows of a firing are named the same in every process, and those of manual firings of one minute apart', () => {
  const run = runOf(1, 1)
  const [one, other] = [rowsOf([fired([1]), over([attempt(run, succeeded)])]), rowsOf([endedAs(run, succeeded)])]
  equal(one.firings[0]?.id, other.shown[0]?.id)
  const manual = ['a', 'b'].map((series) => ({ ...firing, series: series.repeat(32), how: 'manual' as const }))
  const ids = manual.map((each) => rowsOf([fired([1], each), over([attempt(run, succeeded)], each)]).firings[0]?.id)
  equal(new Set([...ids, one.firings[0]?.id]).size, 3)
})

test('a run that waited says since when and for how long', () => {
  const run = runOf(1, 1, { waitMs: 40 })
  const { runs } = rowsOf([
    fired([1]),
    { kind: 'queued', at: 50, run, limit: 'runs', most: 1, reason: 'all slots are taken (1)' },
    endedAs(run, succeeded),
  ])
  deepEqual(
    runs.map(({ queuedAt, waitMs, startedAt, endedAt }) => [queuedAt, waitMs, startedAt, endedAt]),
    [[50, 40, 90, 100]],
  )
})

const span = { job, crons: [1, 2], first: noon, last: addMinutes(noon, 9) }
const missed: readonly [string, RunEvent, readonly unknown[]][] = [
  ['missed', { kind: 'missed', at: 5, ...span, count: 10, caughtUp: 0 }, [10, 'MISSED_DAEMON_DOWN', null]],
  [
    'missed and partly caught up',
    { kind: 'missed', at: 5, ...span, count: 10, caughtUp: 1 },
    [9, 'MISSED_DAEMON_DOWN', null],
  ],
  ['interrupted', { kind: 'interrupted', at: 5, ...span, count: 2, reason: 'why' }, [2, 'INTERRUPTED', 'why']],
]
for (const [what, event, expected] of missed) {
  test(`minutes that were ${what} have one row for all of them`, () => {
    const { firings } = rowsOf([event])
    deepEqual(
      firings.map(({ count, code, reason }) => [count, code, reason]),
      [expected],
    )
    deepEqual([firings[0]?.first, firings[0]?.minute], [span.first, span.last])
  })
}

test('one missed minute has the name of its firing, and none where it is caught up', () => {
  const alone = { ...span, first: noon, last: noon, count: 1 }
  const [row] = rowsOf([{ kind: 'missed', at: 5, ...alone, caughtUp: 0 }]).firings
  equal(row?.id, rowsOf([fired([1]), over([])]).firings[0]?.id)
  deepEqual(rowsOf([{ kind: 'missed', at: 5, ...alone, caughtUp: 1 }]).firings, [])
})

test('every firing that ends has exactly one row in its process, and every run that does exactly one', () => {
  const ends = fc.array(fc.option(ANY_OUTCOME, { nil: null }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(ends, (outcomes) => {
      const runs = outcomes.map((_, at) => runOf(at + 1, outcomes.length))
      const events = runs.flatMap((run, at): RunEvent[] => {
        const outcome = outcomes[at] ?? null
        return outcome === null ? [] : [endedAs(run, outcome)]
      })
      const all = [fired(runs.map(({ cron }) => cron)), ...events]
      const attempts = runs.map((run, at) => attempt(run, outcomes[at] ?? null))
      const rows = rowsOf([...all, over(attempts)])
      deepEqual([rows.firings.length, rows.runs.length], [1, events.length])
    }),
  )
})

test('what is remembered is forgotten with the end of a firing', () => {
  const plan = new HistoryPlan(NAMES)
  const run = runOf(1, 1)
  const all = [fired([1]), endedAs(run, succeeded), over([attempt(run, succeeded)])]
  equal(rowsOf(all, plan).firings.length, 1)
  equal(rowsOf([endedAs(run, succeeded)], plan).shown[0]?.source, 'run')
})

test('what is for the log alone is in no row', () => {
  const outcome: Outcome = { kind: 'refused', reason: 'no', detail: 'a stranger said so' }
  const rows = rowsOf([fired([1]), endedAs(runOf(1, 1), outcome), over([attempt(runOf(1, 1), outcome)])])
  equal(JSON.stringify(rows).includes('stranger'), false)
})
