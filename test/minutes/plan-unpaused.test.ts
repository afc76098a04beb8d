import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { inForceAt } from '../../src/definitions/judge/pauses/pause.ts'
import { type Minute, startOf } from '../../src/domain/minute.ts'
import type { DueMinutes } from '../../src/minutes/plan-missed.ts'
import { pausedIn, unpausedMinutes } from '../../src/minutes/plan-unpaused.ts'
import { aCron, minute } from '../support/builders.ts'
import { aPause } from '../support/pauses.ts'

/** Due at every minute. */
const ALWAYS: DueMinutes = {
  count: (_, { from, to }) => ({ count: to - from + 1, first: from, last: to }),
  newest: (_, { from, to }, most) =>
    Array.from({ length: Math.min(most, to - from + 1) }, (_, at) => (to - at) as Minute).reverse(),
}
const range = { from: minute('2026-03-01T12:00:00Z'), to: minute('2026-03-01T12:59:00Z') }
const during = { since: Date.parse('2026-03-01T12:10:00Z'), until: Date.parse('2026-03-01T12:40:00Z') }

test('minutes of a pause were not missed, and are not caught up', () => {
  const due = unpausedMinutes(ALWAYS, [aPause({ kind: 'job', subject: 'backup', ...during })])
  deepEqual(due.count(aCron(), range), { count: 30, first: range.from, last: range.to })
  const newest = due.newest(aCron(), range, 25)
  deepEqual([newest.length, newest[0], newest[5]], [25, range.from + 5, range.to - 19])
  equal(due.count(aCron({ name: 'another' }), range)?.count, 60)
})

test('all of a range that is paused was missed by nobody', () => {
  const due = unpausedMinutes(ALWAYS, [aPause()])
  equal(due.count(aCron(), range), null)
  deepEqual(due.newest(aCron(), range, 5), [])
})

test('the minutes that are paused are those that begin in the pause', () => {
  const from = fc.integer({ min: range.from, max: range.from + 3_000 })
  const offset = fc.integer({ min: -200 * 60_000, max: 4_000 * 60_000 })
  const window = fc.option(
    fc.record({ schedule: fc.constantFrom('*/5 * * * *', '0 */3 * * *'), minutes: fc.integer({ min: 1, max: 240 }) }),
  )
  fc.assert(
    fc.property(
      from,
      fc.integer({ min: 0, max: 600 }),
      offset,
      fc.option(offset),
      window,
      (first, length, begin, end, opens) => {
        const asked = { from: first as Minute, to: (first + length) as Minute }
        const base = startOf(range.from)
        const times = { since: base + begin, until: end === null ? null : base + end }
        const pause = aPause({ ...times, ...opens })
        const set = pausedIn(pause, asked)
        for (let at = asked.from; at <= asked.to; at++) {
          const isIn = set.some((each) => each.from <= at && at <= each.to)
          equal(isIn, inForceAt(pause, startOf(at)) !== null, `minute ${at}`)
        }
        equal(
          set.every((each) => each.from >= asked.from && each.to <= asked.to && each.from <= each.to),
          true,
        )
      },
    ),
    { numRuns: 60 },
  )
})
