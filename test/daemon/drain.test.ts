import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { drain } from '../../src/daemon/drain.ts'
import { RecordingLog } from '../support/builders.ts'
import { HandClock, settled } from '../support/hand-clock.ts'

/** A drain of 60 s over `active` runs; `events` is what was done, in order. */
function aDrain(active: string[]) {
  const clock = new HandClock('2026-03-01T12:00:00Z')
  const log = new RecordingLog()
  const atOnce = new AbortController()
  const idle = Promise.withResolvers<void>()
  const recorded = Promise.withResolvers<void>()
  const events: string[] = []
  const ended = drain(
    {
      clock,
      log,
      active: () => active,
      idle: () => idle.promise,
      recorded: () => recorded.promise,
      abandon: async () => void events.push('abandon'),
      drainMs: 60_000,
    },
    atOnce.signal,
  ).then(() => events.push('end'))
  return { clock, log, atOnce, idle, recorded, events, ended }
}

test('with nothing active it ends as soon as the store has the records, and says nothing', async () => {
  const { idle, recorded, ended, events, log } = aDrain([])
  idle.resolve()
  await settled()
  deepEqual(events, ['abandon'])
  recorded.resolve()
  await ended
  deepEqual(log.entries, [])
})

test('D4: runs that end in time are waited for', async () => {
  const active = ['run']
  const { idle, recorded, ended, clock, log, events } = aDrain(active)
  await clock.advance(59_000)
  deepEqual(events, [])
  active.pop()
  idle.resolve()
  recorded.resolve()
  await ended
  deepEqual(log.of('info'), ['waiting for active runs to end'])
  deepEqual(log.of('warn'), [])
})

test('D4: what still runs when the time is over is left alive, and told', async () => {
  const { recorded, ended, clock, log, events } = aDrain(['one', 'two'])
  await clock.advance(60_000)
  deepEqual(events, ['abandon'])
  deepEqual(log.entries.at(-1)?.fields, { active: 2 })
  equal(log.of('warn').length, 1)
  recorded.resolve()
  await ended
})

test('a store that takes no records is given 2 s', async () => {
  const { idle, ended, clock, events } = aDrain([])
  idle.resolve()
  await settled()
  await clock.advance(1_999)
  deepEqual(events, ['abandon'])
  await clock.advance(1)
  await ended
})

test('D4: told to end at once, it waits for neither, before and during the drain', async () => {
  const during = aDrain(['run'])
  await during.clock.advance(1_000)
  during.atOnce.abort()
  await during.ended
  deepEqual(during.events, ['abandon', 'end'])
  const before = new AbortController()
  before.abort()
  const never = () => new Promise<void>(() => undefined)
  const parts = { active: () => ['run'], idle: never, recorded: never, abandon: async () => undefined, drainMs: 60_000 }
  await drain({ ...parts, clock: new HandClock(0), log: new RecordingLog() }, before.signal)
})
