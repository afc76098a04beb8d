import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { RefreshLoop } from '../../src/definitions/refresh-loop.ts'
import { HandClock, settled } from '../support/hand-clock.ts'

const MINUTE_MS = 60_000

/** A loop over a store that answers or not; `readings` are the seconds at which it was asked. */
function aLoop({ staleMinutes = 5 } = {}) {
  const clock = new HandClock('2026-03-01T12:00:00Z')
  const stop = new AbortController()
  const settings = { staleMs: staleMinutes * MINUTE_MS }
  const source = {
    storeFailing: false,
    answer: async () => undefined as undefined,
    readings: [] as number[],
    async refresh() {
      source.readings.push(clock.monotonic() / 1000)
      await source.answer()
      return !source.storeFailing
    },
    reread: () => source.refresh(),
  }
  let told = 0
  const loop = new RefreshLoop({
    clock,
    source,
    staleAfterMs: () => settings.staleMs,
    onRefreshed: () => {
      told += 1
    },
  })
  const ended = loop.run(stop.signal)
  return { clock, stop, source, loop, ended, settings, told: () => told }
}

async function passSeconds(clock: HandClock, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) await clock.advance(1000)
}

test('while the store answers, it is read at the pace of the settings', async () => {
  const { clock, source, stop, ended, told } = aLoop()
  await passSeconds(clock, 900)
  deepEqual(source.readings, [300, 600, 900])
  equal(told(), 3)
  stop.abort()
  await ended
})

test('B1: while it is away, it is asked after 1 s doubling to 30 s, and at its pace again once it is back', async () => {
  const { clock, source, stop, ended } = aLoop()
  source.storeFailing = true
  await passSeconds(clock, 300)
  source.readings.length = 0
  await passSeconds(clock, 122)
  deepEqual(
    source.readings.map((at) => at - 300),
    [1, 3, 7, 15, 31, 61, 91, 121],
  )
  source.storeFailing = false
  await passSeconds(clock, 30)
  source.readings.length = 0
  await passSeconds(clock, 310)
  deepEqual(source.readings.length, 1)
  stop.abort()
  await ended
})

test('an outage never makes it ask more seldom than the settings say', async () => {
  const { clock, source, stop, ended, settings } = aLoop({ staleMinutes: 1 })
  settings.staleMs = 10_000
  await passSeconds(clock, 60)
  source.storeFailing = true
  source.readings.length = 0
  await passSeconds(clock, 100)
  const gaps = source.readings.slice(1).map((at, index) => at - (source.readings[index] ?? 0))
  equal(Math.max(...gaps), 10)
  stop.abort()
  await ended
})

test('a reread is told, and the time to the next reading counts from it, at the new pace', async () => {
  const { clock, source, stop, ended, settings, loop, told } = aLoop()
  await passSeconds(clock, 200)
  settings.staleMs = 60_000
  await loop.reread()
  equal(told(), 1)
  await passSeconds(clock, 130)
  deepEqual(source.readings, [200, 260, 320])
  stop.abort()
  await ended
})

test('a stop ends it at once, in a pause and in the middle of a reading that hangs', async () => {
  const pausing = aLoop()
  pausing.stop.abort()
  await pausing.ended
  const reading = aLoop()
  reading.source.answer = () => new Promise(() => undefined)
  await passSeconds(reading.clock, 300)
  equal(reading.source.readings.length, 1)
  reading.stop.abort()
  await reading.ended
  equal(reading.told(), 0)
  await settled()
})
