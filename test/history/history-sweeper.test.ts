import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { keptFrom, sweepUntil } from '../../src/history/history-sweeper.ts'
import type { Retention, SweepPlace } from '../../src/store/history/history-store.ts'
import { StoreError } from '../../src/store/sql/store-error.ts'
import { RecordingLog } from '../support/builders.ts'
import { HandClock } from '../support/hand-clock.ts'

const HOUR_MS = 3_600_000

function aSweeper(steps: number, clock = new HandClock('2026-03-01T12:00:00Z')) {
  const asked: { readonly place: SweepPlace; readonly retention: Retention }[] = []
  const [log, stop] = [new RecordingLog(), new AbortController()]
  const store = {
    failure: null as Error | null,
    sweepHistory: async (place: SweepPlace, retention: Retention) => {
      asked.push({ place, retention })
      if (store.failure !== null) throw store.failure
      clock.standStill(5)
      return asked.length % steps === 0 ? null : place
    },
  }
  const over = sweepUntil({ store, kept: () => ({ days: 90, runs: 50 }), clock, log }, stop.signal)
  return { asked, clock, log, stop, store, over }
}

test('it begins ten minutes after the start, and rests between its steps for 19 times as long as each took', async () => {
  const { asked, clock } = aSweeper(3)
  await clock.advance(9 * 60_000)
  equal(asked.length, 0)
  await clock.advance(60_000)
  equal(asked.length, 1)
  await clock.advance(90)
  equal(asked.length, 1)
  await clock.advance(10)
  equal(asked.length, 2)
  await clock.advance(HOUR_MS)
  await clock.advance(HOUR_MS)
  equal(asked.length, 3)
  await clock.advance(6 * HOUR_MS)
  equal(asked.length, 4)
})

test('it keeps whole days, and what it has learnt in a sweep no longer than that', async () => {
  const { asked, clock } = aSweeper(1)
  await clock.advance(600_000)
  await clock.advance(HOUR_MS)
  await clock.advance(6 * HOUR_MS)
  const [first, second] = asked
  equal(first?.retention.before, Date.parse('2025-12-01T00:00:00Z'))
  equal(first?.retention.floors === second?.retention.floors, false)
  equal(keptFrom(Date.parse('2026-03-01T00:00:00Z'), 1), Date.parse('2026-02-28T00:00:00Z'))
})

test('a store that is away is swept the next time, and a daemon that stops is not waited for', async () => {
  const { asked, clock, log, stop, store, over } = aSweeper(1)
  store.failure = new StoreError('away', null)
  await clock.advance(600_000)
  store.failure = null
  await clock.advance(6 * HOUR_MS)
  deepEqual([asked.length, log.of('error'), log.of('debug').length], [2, [], 1])
  stop.abort()
  await over
})
