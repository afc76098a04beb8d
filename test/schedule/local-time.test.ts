import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { formatLocal, parseTime } from '../../src/schedule/local-time.ts'
import { zoneOf } from '../../src/schedule/timezone.ts'

const times: readonly (readonly [text: string, zone: string, read: string | null])[] = [
  ['2026-07-01T12:30:59.999Z', 'Europe/Berlin', '2026-07-01T14:30:00+02:00'],
  ['2026-07-01T12:30-03:30', 'UTC', '2026-07-01T16:00:00+00:00'],
  ['2026-07-01 12:30', 'America/St_Johns', '2026-07-01T12:30:00-02:30'],
  ['2026-07-01', 'Asia/Kathmandu', '2026-07-01T00:00:00+05:45'],
  ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T03:00:00+02:00'],
  ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T02:30:00+02:00'],
  ['2026-10-25T03:00', 'Europe/Berlin', '2026-10-25T03:00:00+01:00'],
  ['2011-12-30T12:00', 'Pacific/Apia', '2011-12-31T00:00:00+14:00'],
  ['2026-02-30', 'UTC', null],
  ['2026-01-01T24:30', 'UTC', null],
  ['tomorrow', 'UTC', null],
  ['', 'UTC', null],
]

for (const [text, name, read] of times) {
  test(`${JSON.stringify(text)} in ${name} is ${read}`, () => {
    const minute = parseTime(text, zoneOf(name))
    equal(minute && formatLocal(minute, zoneOf(name)), read)
  })
}
