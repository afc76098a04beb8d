import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ACTIONS } from '../../../src/domain/action.ts'
import { dayChanges, hourChanges } from '../../../src/domain/history/counts.ts'
import { FIRING_SOURCES, type FiringRow, mergeFirings } from '../../../src/domain/history/firing-row.ts'
import { type RecentEnd, type Rollup, rollUp, unpackRecent } from '../../../src/domain/history/recent.ts'
import { mergeRuns } from '../../../src/domain/history/run-row.ts'
import { reasonOfOutcome } from '../../../src/domain/reasons/reason-of-outcome.ts'
import { ANY_OUTCOME } from '../../support/any-outcome.ts'
import { aFiringRow, aRunRow } from '../../support/history-rows.ts'

const AT = fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_003 })

/** Reports of one firing, as processes may make them. */
const reportsOf = (action: (typeof ACTIONS)[number]) =>
  fc
    .record({
      outcome: ANY_OUTCOME,
      endedAt: AT,
      source: fc.constantFrom(...FIRING_SOURCES),
      run: fc.constantFrom('a', 'b', null),
    })
    .map(({ outcome, source, ...rest }) => {
      const told = source === 'whole' ? ({ firedAt: 1, how: 'schedule' } as const) : { firedAt: null, how: null }
      const job = { name: 'dump', action }
      return aFiringRow({ ...rest, job, source, ...told, kind: outcome.kind, code: reasonOfOutcome(outcome) })
    })

const ANY_REPORTS = fc
  .constantFrom(...ACTIONS)
  .chain((action) => fc.array(reportsOf(action), { minLength: 1, maxLength: 6 }))
const folded = <Row>(rows: readonly Row[], merge: (a: Row, b: Row) => Row) => rows.reduce(merge)

test('reports of a firing come to the same in whatever order and however often they come', () => {
  fc.assert(
    fc.property(ANY_REPORTS, fc.infiniteStream(fc.nat()), (reports, order) => {
      const once = folded(reports, mergeFirings)
      const shuffled = [...reports, ...reports]
        .map((row) => [order.next().value, row] as const)
        .sort(([a], [b]) => a - b)
      deepEqual(
        folded(
          shuffled.map(([, row]) => row),
          mergeFirings,
        ),
        once,
      )
      deepEqual(mergeFirings(once, folded(reports, mergeFirings)), once)
    }),
  )
})

test('the process that began a firing knows best; a run of it better than that its minute was missed', () => {
  const [missed, run, whole] = FIRING_SOURCES.map((source, at) => aFiringRow({ source, endedAt: 9 - at }))
  equal(folded([whole, run, missed] as readonly FiringRow[], mergeFirings).source, 'whole')
  equal(folded([missed, run] as readonly FiringRow[], mergeFirings).source, 'run')
})

test('of a walk whose process has gone the last run speaks, of an `all` the worst', () => {
  const ends = [
    { kind: 'failed', code: 'FAILED', endedAt: 1, run: 'a', source: 'run' },
    { kind: 'succeeded', code: 'SUCCEEDED', endedAt: 2, run: 'b', source: 'run' },
  ] as const
  for (const [action, kind] of [
    ['failover', 'succeeded'],
    ['all', 'failed'],
  ] as const)
    equal(
      folded(
        ends.map((end) => aFiringRow({ ...end, job: { name: 'dump', action } })),
        mergeFirings,
      ).kind,
      kind,
    )
})

test('a run that was reported twice is kept as the process says that saw it run', () => {
  const own = aRunRow({ durationMs: 7, endedAt: 9 })
  const adopted = aRunRow({ isAdopted: true, durationMs: null, endedAt: 5 })
  deepEqual([mergeRuns(own, adopted), mergeRuns(adopted, own)], [own, own])
})

const ANY_END: fc.Arbitrary<RecentEnd> = fc.record(
  {
    at: fc.integer({ min: 0, max: 4e12 }),
    kind: ANY_OUTCOME.map(({ kind }) => kind),
    durationMs: fc.option(fc.nat(), { nil: null }),
  },
  { noNullPrototype: true },
)
const ANY_ENDS = fc.array(ANY_END, { minLength: 1, maxLength: 300 })
const newOnes = (added: readonly RecentEnd[]) => ({ added, removed: [] })

test('a roll-up is the same in whatever portions and order its ends come', () => {
  fc.assert(
    fc.property(ANY_ENDS, fc.integer({ min: 1, max: 40 }), (ends, size) => {
      let rollup: Rollup | null = null
      for (let at = 0; at < ends.length; at += size)
        rollup = rollUp(rollup, newOnes(ends.slice(at, at + size).reverse()))
      deepEqual(rollup, rollUp(null, newOnes(ends)))
    }),
  )
})

test('an end that takes the place of another is the only one of the two, and one that is not there any more takes none away', () => {
  fc.assert(
    fc.property(fc.array(ANY_END, { maxLength: 90 }), ANY_END, ANY_END, (others, before, after) => {
      const first = rollUp(null, newOnes([...others, before]))
      const known = { recent: first?.recent ?? [], packed: first?.packed ?? '', lastSuccessAt: null }
      const replaced = rollUp(known, { added: [after], removed: [before] })
      deepEqual(replaced?.recent, rollUp(null, newOnes([...others, after]))?.recent)
      const nowhere = { ...before, at: -1 }
      deepEqual(rollUp(known, { added: [], removed: [nowhere] })?.recent, first?.recent)
    }),
  )
})

test('what is packed is the same when it is unpacked; what is none of ours is left out', () => {
  fc.assert(
    fc.property(ANY_ENDS, (ends) => {
      const { recent, packed, lastAt } = rollUp(null, newOnes(ends)) ?? { recent: [], packed: '', lastAt: 0 }
      deepEqual(unpackRecent(packed, lastAt), recent)
    }),
  )
  deepEqual(unpackRecent(' ,1 2 §,,', 9), [])
  deepEqual(unpackRecent('§zz.1-a', 2000), [{ at: 704, kind: 'succeeded', durationMs: 10 }])
})

const endAt = (at: number, kind: RecentEnd['kind'], durationMs: number | null = null): RecentEnd => {
  return { at, kind, durationMs }
}

test('a roll-up tells the last 60, the streak, the last success, and what is usual for a success', () => {
  const successes = Array.from({ length: 100 }, (_, at) => endAt(at, 'succeeded', at + 1))
  const rollup = rollUp(null, newOnes(successes))
  deepEqual([rollup?.p50Ms, rollup?.p95Ms, rollup?.streak, rollup?.bar], [50, 95, 100, '.'.repeat(60)])
  const later = rollUp(rollup, newOnes([endAt(100, 'failed', 9999), endAt(101, 'missed')]))
  deepEqual(
    [later?.streak, later?.bar.slice(-3), later?.lastSuccessAt, later?.lastKind, later?.recent.length],
    [-2, '.FM', 99, 'missed', 100],
  )
})

test('the last success is remembered beyond the last hundred ends', () => {
  const rollup = rollUp(null, newOnes([endAt(0, 'succeeded', 5)]))
  const later = rollUp(rollup, newOnes(Array.from({ length: 150 }, (_, at) => endAt(at + 1, 'failed'))))
  deepEqual([later?.lastSuccessAt, later?.streak, later?.p50Ms], [0, -100, null])
})

test('counts change by what a firing was and is, and not at all where it stays as it was', () => {
  const before = aFiringRow({ kind: 'failed', code: 'FAILED', endedAt: 3_600_000, durationMs: 5 })
  const after = aFiringRow({ kind: 'succeeded', code: 'SUCCEEDED', endedAt: 3_600_001, durationMs: 8 })
  deepEqual(hourChanges([{ before, after }]), [
    { hour: 1, kind: 'failed', firings: -1 },
    { hour: 1, kind: 'succeeded', firings: 1 },
  ])
  deepEqual(dayChanges([{ before, after }]), [
    { job: 'failover:dump', day: 0, firings: 0, succeeded: 1, trouble: -1, durationMs: 8 },
  ])
  deepEqual(hourChanges([{ before: after, after }]), [])
  const missed = aFiringRow({ kind: 'missed', code: 'MISSED_DAEMON_DOWN', count: 7, endedAt: 0 })
  deepEqual(hourChanges([{ before: null, after: missed }]), [{ hour: 0, kind: 'missed', firings: 7 }])
})
