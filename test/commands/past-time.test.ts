import { equal, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { pastTimeOf } from '../../src/commands/shared/past-time.ts'
import { createZone } from '../../src/schedule/zone.ts'

const at = { now: Date.parse('2026-03-29T12:00:30Z'), zone: createZone('Europe/Berlin') }

const rows: readonly [string, string][] = [
  ['12h', '2026-03-29T00:00:30Z'],
  ['2h ago', '2026-03-29T10:00:30Z'],
  ['7d', '2026-03-22T12:00:30Z'],
  ['13:00', '2026-03-29T11:00:00Z'],
  // In Berlin it is 14:00: that was yesterday, before the clock went forward.
  ['18:00', '2026-03-28T17:00:00Z'],
  ['today', '2026-03-28T23:00:00Z'],
  ['today 3:30', '2026-03-29T01:30:00Z'],
  ['yesterday 02:00', '2026-03-28T01:00:00Z'],
  ['2026-03-01', '2026-02-28T23:00:00Z'],
  ['2026-03-01T12:00Z', '2026-03-01T12:00:00Z'],
]
for (const [text, instant] of rows) {
  test(`${text} is ${instant} in Berlin at noon of the day on which the clock goes forward`, () => {
    equal(new Date(pastTimeOf('--since', text, at)).toISOString().replace('.000', ''), instant)
  })
}

for (const text of ['', 'noon', '25:00', '12', 'yesterday noon', '-1h']) {
  test(`${JSON.stringify(text)} is no time`, () => {
    throws(() => pastTimeOf('--since', text, at), /expected a time that has passed/)
  })
}
