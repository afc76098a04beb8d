import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Minute } from '../../src/domain/minute.ts'
import { type MinuteFacts, planMinutes } from '../../src/minutes/plan-minutes.ts'
import { hasMinute, minutesOf, unionOf, withoutSet } from '../../src/minutes/plan-ranges.ts'

const at = (value: number) => value as Minute
const range = (from: number, to = from) => ({ from: at(from), to: at(to) })

type Row = {
  readonly what: string
  readonly planned: readonly (readonly [number, number])[]
  readonly last?: number
  readonly now: number
  readonly due: readonly number[]
  readonly missed?: readonly (readonly [number, number])[]
}

const rows: readonly Row[] = [
  { what: 'first start: the current minute, nothing is missed', planned: [], now: 5000, due: [5000] },
  { what: 'the next minute', planned: [[4000, 5000]], now: 5001, due: [5001] },
  { what: 'woken twice in a minute', planned: [[4000, 5000]], now: 5000, due: [] },
  { what: 'woken 1 ms early', planned: [[4000, 5000]], now: 5000, due: [] },
  {
    what: 'a stall of 3 minutes is caught up, oldest first',
    planned: [[4000, 5000]],
    now: 5004,
    due: [5001, 5002, 5003, 5004],
  },
  {
    what: 'a stall of 5 minutes is caught up whole',
    planned: [[4000, 5000]],
    now: 5006,
    due: [5001, 5002, 5003, 5004, 5005, 5006],
  },
  {
    what: 'of 6 missing minutes the oldest is missed',
    planned: [[4000, 5000]],
    now: 5007,
    due: [5002, 5003, 5004, 5005, 5006, 5007],
    missed: [[5001, 5001]],
  },
  {
    what: 'an hour away',
    planned: [[4000, 5000]],
    now: 5060,
    due: [5055, 5056, 5057, 5058, 5059, 5060],
    missed: [[5001, 5054]],
  },
  { what: 'clock back 2 minutes', planned: [[4000, 5000]], now: 4998, due: [] },
  { what: 'back 3 hours, before the installation was', planned: [[4990, 5000]], now: 4820, due: [] },
  { what: 'back more than 3 hours: the new time counts at once', planned: [[4990, 5000]], now: 4819, due: [4819] },
  { what: 'back more than 3 hours into minutes that were planned', planned: [[4000, 5000]], now: 4500, due: [] },
  {
    what: 'going on after a correction',
    planned: [
      [4819, 4819],
      [4990, 5000],
    ],
    last: 4819,
    now: 4820,
    due: [4820],
  },
  {
    what: 'a stall after a correction',
    planned: [
      [4819, 4819],
      [4990, 5000],
    ],
    last: 4819,
    now: 4822,
    due: [4820, 4821, 4822],
  },
  {
    what: 'reaching what was planned before the correction',
    planned: [
      [4819, 4989],
      [4990, 5000],
    ],
    last: 4989,
    now: 4995,
    due: [],
  },
  {
    what: 'a stall across what was planned before the correction',
    planned: [
      [4819, 4988],
      [4990, 5000],
    ],
    last: 4988,
    now: 5001,
    due: [5001],
  },
  {
    what: 'forward again after a wrong correction: nothing is missed of the wrong time',
    planned: [
      [1000, 1010],
      [4990, 5000],
    ],
    last: 1010,
    now: 5003,
    due: [5001, 5002, 5003],
  },
  {
    what: 'corrected back twice, into a gap',
    planned: [
      [500, 600],
      [700, 800],
    ],
    last: 800,
    now: 610,
    due: [610],
  },
  {
    what: 'no catch-up of time before a correction',
    planned: [
      [500, 600],
      [1000, 2000],
    ],
    last: 2000,
    now: 700,
    due: [700],
  },
]

for (const { what, planned, now, due, missed = [], ...row } of rows) {
  test(`minutes: ${what}`, () => {
    const set = planned.map(([from, to]) => range(from, to))
    const last = row.last ?? set.at(-1)?.to ?? null
    const plan = planMinutes({ now: at(now), planned: set, last: last === null ? null : at(last), catchUpMinutes: 5 })
    deepEqual(plan.due, due)
    deepEqual(
      plan.missed,
      missed.map(([from, to]) => range(from, to)),
    )
    for (const minute of due) ok(hasMinute(plan.planned, at(minute)))
  })
}

test('an outage longer than the horizon is looked through up to it, and said to be longer', () => {
  const now = 500_000
  const plan = planMinutes({ now: at(now), planned: [range(0, 100)], last: at(100), catchUpMinutes: 5 })
  deepEqual(plan.missed, [range(now - 31 * 1440, now - 6)])
  equal(plan.missedMore, true)
  ok(!plan.planned.some(({ from, to }) => from !== 0 || to !== now), 'all of it is settled')
})

test('whatever the clock does, no minute is planned twice or after it was given up as missed', () => {
  const step = fc.oneof(
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: -10, max: 10 }),
    fc.integer({ min: -400, max: 400 }),
    fc.integer({ min: -100_000, max: 100_000 }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 0, max: 10 }), (steps, catchUpMinutes) => {
      const settled = new Set<Minute>()
      let facts: MinuteFacts = { now: at(1_000_000), planned: [], last: null, catchUpMinutes }
      for (const by of steps) {
        const plan = planMinutes(facts)
        deepEqual(
          [...plan.due],
          plan.due.toSorted((a, b) => a - b),
        )
        ok(plan.due.length <= catchUpMinutes + 1)
        for (const minute of [...minutesOf(plan.missed), ...plan.due]) {
          ok(!settled.has(minute), `${minute} twice`)
          settled.add(minute)
        }
        ok(plan.planned.length <= 32)
        facts = { ...facts, planned: plan.planned, last: plan.last, now: at(facts.now + by) }
      }
    }),
  )
})

test('while the clock only goes forward, every minute is planned or missed', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 100 }), (steps) => {
      const settled: Minute[] = []
      let facts: MinuteFacts = { now: at(1000), planned: [], last: null, catchUpMinutes: 5 }
      for (const by of steps) {
        facts = { ...facts, now: at(facts.now + by) }
        const plan = planMinutes(facts)
        settled.push(...minutesOf(plan.missed), ...plan.due)
        facts = { ...facts, planned: plan.planned, last: plan.last }
      }
      const first = 1000 + (steps[0] ?? 0)
      deepEqual(
        settled,
        Array.from({ length: facts.now - first + 1 }, (_, index) => first + index),
      )
    }),
  )
})

test('ranges: union and difference are those of sets of minutes', () => {
  const ranges = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 8 })), { maxLength: 12 })
    .map((pairs) => pairs.map(([from, length]) => range(from, from + length)))
  fc.assert(
    fc.property(ranges, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }), (some, one, other) => {
      const union = unionOf(some)
      const expected = [...new Set(some.flatMap((each) => [...minutesOf([each])]))].sort((a, b) => a - b)
      deepEqual([...minutesOf(union)], expected)
      const window = range(Math.min(one, other), Math.max(one, other))
      const rest = [...minutesOf([window])].filter((minute) => !expected.includes(minute))
      deepEqual([...minutesOf(withoutSet(window, union))], rest)
    }),
  )
})
