import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { addMinutes, type Minute } from '../../src/domain/minute.ts'
import { parseTime } from '../../src/schedule/local-time.ts'
import { parseSchedule } from '../../src/schedule/parse/parse-schedule.ts'
import type { Schedule } from '../../src/schedule/schedule.ts'
import { zoneOf } from '../../src/schedule/timezone.ts'
import { duenessOf } from '../../src/schedule/why-not-due.ts'
import { isDue } from '../support/is-due.ts'

const BERLIN = zoneOf('Europe/Berlin')

function scheduleOf(expression: string): Schedule {
  const [cron_min = '*', cron_hour = '*', cron_dom = '*', cron_mon = '*', cron_dow = '*'] = expression.split(' ')
  const { schedule } = parseSchedule({ cron_min, cron_hour, cron_dom, cron_mon, cron_dow })
  if (schedule === null) throw new Error(expression)
  return schedule
}

const minuteAt = (text: string): Minute => parseTime(text, BERLIN) ?? (0 as Minute)
const saidOf = (expression: string, time: string) => duenessOf(scheduleOf(expression), BERLIN, minuteAt(time))

const cases: readonly (readonly [string, string, ReturnType<typeof duenessOf>])[] = [
  ['0 2 * * *', '2026-03-01T02:00', { kind: 'due', isMoved: false }],
  ['0 2 * * *', '2026-03-01T02:01', { kind: 'not-due', fields: ['minute'] }],
  ['45 2 * * *', '2026-03-01T03:44', { kind: 'not-due', fields: ['minute', 'hour'] }],
  ['0 2 * 4 *', '2026-03-01T02:00', { kind: 'not-due', fields: ['month'] }],
  // A Sunday.
  ['0 2 * * 1-5', '2026-03-01T02:00', { kind: 'not-due', fields: ['day of week'] }],
  ['0 2 2 * *', '2026-03-01T02:00', { kind: 'not-due', fields: ['day of month'] }],
  ['0 2 2 * 1', '2026-03-01T02:00', { kind: 'not-due', fields: ['day of month', 'day of week'] }],
  ['0 2 1 * 1', '2026-03-01T02:00', { kind: 'due', isMoved: false }],
  ['@reboot', '2026-03-01T02:00', { kind: 'reboot' }],
  // Skipped by the clock.
  ['30 2 * * *', '2026-03-29T03:00', { kind: 'due', isMoved: true }],
  ['30 2 * * *', '2026-03-29T03:30', { kind: 'not-due', fields: ['hour'] }],
  // Twice on the clock.
  ['30 2 * * *', '2026-10-25T02:30+02:00', { kind: 'due', isMoved: false }],
  ['30 2 * * *', '2026-10-25T02:30+01:00', { kind: 'repeated' }],
  ['31 2 * * *', '2026-10-25T02:30+01:00', { kind: 'not-due', fields: ['minute'] }],
  ['*/30 * * * *', '2026-10-25T02:30+01:00', { kind: 'due', isMoved: false }],
]

for (const [expression, time, said] of cases) {
  test(`"${expression}" at ${time}: ${JSON.stringify(said)}`, () => deepEqual(saidOf(expression, time), said))
}

test('what is due by this is what is due, over the days on which the clock changes', () => {
  for (const expression of ['30 2 * * *', '0 3 * * *', '*/20 * * * *', '15 1-4 * * 0', '0 2 29 3 *']) {
    const schedule = scheduleOf(expression)
    for (const day of ['2026-03-29', '2026-10-25', '2026-07-05']) {
      for (let minute = minuteAt(day); minute < minuteAt(day) + 8 * 60; minute = addMinutes(minute, 5)) {
        const { kind } = duenessOf(schedule, BERLIN, minute)
        deepEqual([expression, minute, kind === 'due'], [expression, minute, isDue(schedule, BERLIN, minute)])
      }
    }
  }
})
