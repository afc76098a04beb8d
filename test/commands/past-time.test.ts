import { equal, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { pastTimeOf, timeOf } from '../../src/commands/shared/past-time.ts'
import type { Toward } from '../../src/commands/shared/time-words.ts'
import { createZone } from '../../src/schedule/zone.ts'

/** In Berlin it is 14:00:30 of the day on which the clock went from 02:00 to 03:00. */
const spring = { now: Date.parse('2026-03-29T12:00:30Z'), zone: createZone('Europe/Berlin') }
/** In Berlin it is 13:00 of the day on which the clock went from 03:00 back to 02:00. */
const autumn = { now: Date.parse('2026-10-25T12:00:00Z'), zone: createZone('Europe/Berlin') }
/** In Auckland it is the next day already. */
const east = { now: Date.parse('2026-03-29T12:00:00Z'), zone: createZone('Pacific/Auckland') }

type Frame = typeof spring
const rows: readonly (readonly [string, Frame, Toward, string, string])[] = [
  ['now', spring, 'past', '12h', '2026-03-29T00:00:30Z'],
  ['now', spring, 'past', '2h ago', '2026-03-29T10:00:30Z'],
  ['now', spring, 'past', '7d', '2026-03-22T12:00:30Z'],
  ['now', spring, 'coming', '2h', '2026-03-29T14:00:30Z'],
  ['now', spring, 'any', 'in 1h30m', '2026-03-29T13:30:30Z'],
  ['now', spring, 'any', '90s ago', '2026-03-29T11:59:00Z'],
  ['now', spring, 'past', 'now', '2026-03-29T12:00:30Z'],
  ['today', spring, 'past', '13:00', '2026-03-29T11:00:00Z'],
  // It is not yet 18:00: that was yesterday, before the clock went forward.
  ['yesterday', spring, 'past', '18:00', '2026-03-28T17:00:00Z'],
  ['today', spring, 'coming', '18:00', '2026-03-29T16:00:00Z'],
  ['today', spring, 'any', '18:00', '2026-03-29T16:00:00Z'],
  ['tomorrow', spring, 'coming', '06:00', '2026-03-30T04:00:00Z'],
  ['the first minute after the gap', spring, 'past', '02:30', '2026-03-29T01:00:00Z'],
  ['today', spring, 'past', 'today', '2026-03-28T23:00:00Z'],
  ['today', spring, 'past', 'today 3:30', '2026-03-29T01:30:00Z'],
  ['yesterday', spring, 'past', 'yesterday 02:00', '2026-03-28T01:00:00Z'],
  ['tomorrow', spring, 'coming', 'Tomorrow 02:00', '2026-03-30T00:00:00Z'],
  ['the first pass', autumn, 'past', '02:30', '2026-10-25T00:30:00Z'],
  ['the second pass, which is said', autumn, 'past', '02:30+01:00', '2026-10-25T01:30:00Z'],
  ['23 hours of a day of 25', autumn, 'past', 'yesterday 13:00', '2026-10-24T11:00:00Z'],
  ['the day there', east, 'past', 'today', '2026-03-29T11:00:00Z'],
  ['the day there', east, 'past', 'yesterday 23:00', '2026-03-29T10:00:00Z'],
  ['the day in UTC', east, 'past', '11:00Z', '2026-03-29T11:00:00Z'],
  ['of the last seven days', spring, 'past', 'Mon 06:00', '2026-03-23T05:00:00Z'],
  ['today', spring, 'past', 'sunday 13:00', '2026-03-29T11:00:00Z'],
  ['a week ago', spring, 'past', 'sun 18:00', '2026-03-22T17:00:00Z'],
  ['of the next ones', spring, 'coming', 'Mon 06:00+02:00', '2026-03-30T04:00:00Z'],
  ['in a week', spring, 'coming', 'sun 13:00', '2026-04-05T11:00:00Z'],
  ['as it is printed', spring, 'past', '15:02:11+02:00', '2026-03-28T13:02:11Z'],
  ['a zone by its name', spring, 'past', '02:00 UTC', '2026-03-29T02:00:00Z'],
  ['a zone by its name', spring, 'past', 'yesterday 02:00 America/New_York', '2026-03-28T06:00:00Z'],
  ['a date', spring, 'past', '2026-03-01', '2026-02-28T23:00:00Z'],
  ['ISO in the zone', spring, 'past', '2026-03-01T12:00', '2026-03-01T11:00:00Z'],
  ['ISO with a space', spring, 'past', '2026-03-01 12:00:30', '2026-03-01T11:00:30Z'],
  ['ISO with its own', spring, 'past', '2026-03-01T12:00Z', '2026-03-01T12:00:00Z'],
  ['ISO with its own', spring, 'any', '2027-03-01T12:00:00-05:00', '2027-03-01T17:00:00Z'],
]
for (const [what, frame, toward, text, instant] of rows) {
  const on = formatDay(frame)
  test(`${text} (${toward}) is ${instant} at ${on}: ${what}`, () => {
    equal(new Date(timeOf('--at', text, { ...frame, toward })).toISOString().replace('.000', ''), instant)
  })
}

function formatDay({ now, zone }: Frame): string {
  return `${new Date(now).toISOString()} in ${zone.name}`
}

for (const text of [
  '',
  'noon',
  '25:00',
  '12',
  'yesterday noon',
  '-1h',
  'in 2h ago',
  '02:00 Nowhere/Town',
  '\u001b[2J',
]) {
  test(`${JSON.stringify(text)} is no time`, () => {
    throws(() => pastTimeOf('--since', text, spring), /expected a time that has passed/)
  })
}

test('a length of time is no time where it may lie on either side of now', () => {
  throws(() => timeOf('--at', '2h', { ...spring, toward: 'any' }), /"2h ago", "in 2h"/)
})
