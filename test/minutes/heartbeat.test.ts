import { ok } from 'node:assert/strict'
import { mock, test } from 'node:test'
import { systemHeartbeat } from '../../src/minutes/heartbeat.ts'
import { until } from '../support/wait-until.ts'

test('it beats within a few milliseconds of each second, and no more once it is stopped', async () => {
  const beats: number[] = []
  const beating = systemHeartbeat.start(() => beats.push(Date.now()))
  await until('three beats', () => beats.length >= 3, 5_000)
  beating[Symbol.dispose]()
  const intoSecond = beats.map((at) => Math.min(at % 1000, 1000 - (at % 1000)))
  ok(Math.min(...intoSecond) < 50, `beats came ${intoSecond.join(', ')} ms beside their second`)
})

test('D3: it beats every second, and at the boundary of each minute, in an hour that a zone repeats', () => {
  // 01:00 UTC on this day: clocks in central Europe go from 03:00 back to 02:00.
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.parse('2026-10-25T00:59:30.400Z') })
  try {
    const beats: number[] = []
    const beating = systemHeartbeat.start(() => beats.push(Date.now()))
    for (let step = 0; step < 1300; step++) mock.timers.tick(100)
    beating[Symbol.dispose]()
    const seconds = new Set(beats.map((at) => Math.floor(at / 1000)))
    ok(seconds.size >= 129, `${seconds.size} of 130 seconds had a beat`)
    for (const boundary of ['2026-10-25T01:00:00Z', '2026-10-25T01:01:00Z']) {
      const late = beats.map((at) => at - Date.parse(boundary)).filter((ms) => ms >= 0)
      ok(Math.min(...late) <= 100, `no beat within 100 ms of ${boundary}`)
    }
    const before = beats.length
    mock.timers.tick(5_000)
    ok(beats.length === before, 'it beats after it was stopped')
  } finally {
    mock.timers.reset()
  }
})
