import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { shortIds } from '../../../src/commands/live/short-ids.ts'
import { describeSpan, shortTime } from '../../../src/commands/live/show-times.ts'

const NOW = Date.parse('2026-11-28T23:30:00Z')

for (const [instant, expected] of [
  ['2026-11-28T22:00:05+00:00', '22:00:05+00:00'],
  // Behind midnight there.
  ['2026-11-29T00:10:00+01:00', '00:10:00+01:00'],
  ['2026-11-28T23:10:00+01:00', '2026-11-28T23:10+01:00'],
  ['2026-11-27T22:00:05-03:30', '2026-11-27T22:00-03:30'],
  ['no time', 'no time'],
] as const) {
  test(`${instant} is shown as ${expected}`, () => equal(shortTime(instant, NOW), expected))
}

for (const [seconds, expected] of [
  [0, '0 s'],
  [59.9, '59 s'],
  [61, '1 m 01 s'],
  [3_700, '1 h 01 m'],
  [100_000, '1 d 03 h'],
] as const) {
  test(`${seconds} s are shown as ${expected}`, () => equal(describeSpan(seconds * 1000), expected))
}

test('ids are as short as tells them apart, and eight letters at least', () => {
  const ids = ['aaaaaaaaab', 'aaaaaaaaac', 'ffffffffff']
  equal(shortIds(ids)('aaaaaaaaab'), 'aaaaaaaaab')
  equal(shortIds(['aaaaaaaaab', 'ffffffffff'])('aaaaaaaaab'), 'aaaaaaaa')
  equal(shortIds([])('aaaaaaaaab'), 'aaaaaaaa')
})
