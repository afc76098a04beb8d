import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { describeStatus } from '../../src/daemon/describe-status.ts'
import { definitionsOf, snapshotOf } from '../daemon/definitions.ts'
import { aMinuteLoop } from '../minutes/a-minute-loop.ts'
import { aCronRow } from '../support/builders.ts'
import { settled } from '../support/hand-clock.ts'
import { aSource } from './a-source.ts'

const HOUR_MS = 3_600_000

/** A source whose store goes away now, asked every hour from then on. */
async function anOutage(maxAgeHours: number | null) {
  const parts = aSource({ maxAgeMs: () => maxAgeHours && maxAgeHours * HOUR_MS })
  await parts.source.refresh()
  const { definitions } = parts.store
  parts.store.definitions = null
  const pass = async (hours: number) => {
    for (let hour = 0; hour < hours; hour++) {
      await parts.clock.advance(HOUR_MS)
      await parts.source.refresh()
    }
  }
  const comeBack = async () => {
    parts.store.definitions = definitions
    await parts.source.refresh()
  }
  return { ...parts, pass, comeBack }
}

test('without a limit definitions stay in use, and each day of an outage is an alarm', async () => {
  const { source, log, pass, comeBack } = await anOutage(null)
  await pass(23)
  deepEqual(log.of('alarm'), [])
  await pass(1)
  const message = 'the store has been unavailable for a day or longer; later changes are not in force'
  deepEqual(log.of('alarm'), [message])
  await pass(49)
  deepEqual(
    log.entries.filter(({ level }) => level === 'alarm').map(({ fields }) => fields['ageHours']),
    [24, 48, 72],
  )
  equal(source.snapshot?.enabled.length, 1)
  await comeBack()
  await pass(23)
  equal(log.of('alarm').length, 3)
})

test('with neither store nor cache each day is an alarm as well', async () => {
  const { source, log, store, clock } = aSource()
  store.definitions = null
  await source.refresh()
  await clock.advance(24 * HOUR_MS)
  await source.refresh()
  deepEqual(log.of('alarm'), ['the store has been unavailable for a day or longer; nothing runs'])
})

test('definitions older than the limit run no more, which is said once; the way to what still runs stays', async () => {
  const { source, log, pass, comeBack } = await anOutage(6)
  await pass(6)
  equal(source.snapshot?.enabled.length, 1)
  await pass(1)
  deepEqual([source.snapshot], [null])
  equal(source.access(1, 1)?.system.id, 1)
  match(
    describeStatus(source, 0),
    /^nothing runs: the store is unavailable, .* as of 2026-03-01T12:00:00.000Z are too old$/,
  )
  await pass(5)
  const [told, ...more] = log.entries.filter(({ level }) => level === 'alarm')
  deepEqual(told?.fields, { crons: 1, from: 'store', ageHours: 7, maxAgeHours: 6 })
  deepEqual(more, [])
  await comeBack()
  equal(source.snapshot?.enabled.length, 1)
})

test('a store that answers seldom is not one that is away', async () => {
  const { source, clock } = aSource({ maxAgeMs: () => HOUR_MS })
  await source.refresh()
  await clock.advance(24 * HOUR_MS)
  equal(source.snapshot?.enabled.length, 1)
})

test('a cache that is too old at the start is not run', async () => {
  const { source, log, store, cache, clock } = aSource({ maxAgeMs: () => HOUR_MS })
  cache.kept = { definitions: definitionsOf([aCronRow()]), savedAt: clock.now() - 2 * HOUR_MS }
  store.definitions = null
  await source.refresh()
  deepEqual([source.snapshot, log.of('alarm').length], [null, 1])
})

test('what was due while definitions were too old is told as missed, and caught up as its rows ask', async () => {
  const rows = [aCronRow({ cron_min: '30' }), aCronRow({ id: 2, cron_min: '0', cron_hour: '*/4', catch_up: 'last' })]
  const { source, pass, clock, store } = await anOutage(6)
  store.definitions = definitionsOf(rows)
  await source.refresh()
  const planner = await aMinuteLoop('2026-03-01T12:00:00Z', snapshotOf(definitionsOf(rows)))
  const step = async () => {
    planner.clock.set(clock.now())
    await planner.loop.step(source.snapshot)
  }
  await step()
  const fired = planner.fired().length
  store.definitions = null
  await pass(7)
  await step()
  await pass(4)
  await step()
  equal(planner.fired().length, fired)
  store.definitions = definitionsOf(rows)
  await source.refresh()
  await step()
  await settled()
  deepEqual(
    planner.log.entries.map(({ message, fields }) => [message, fields['job'], fields['count'], fields['caughtUp']]),
    [
      ['minutes missed', 'job1', 11, 0],
      ['minutes missed', 'job2', 2, 1],
    ],
  )
  deepEqual(planner.fired().slice(fired), ['job2 2026-03-01T20:00Z catch-up'])
})
