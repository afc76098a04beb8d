import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { CronExpressionParser } from 'cron-parser'
import { Cron } from 'croner'
import fc from 'fast-check'
import { addMinutes, type Minute, minuteOf, startOf } from '../../src/domain/minute.ts'
import { countDue } from '../../src/schedule/count-due.ts'
import { dueRows } from '../../src/schedule/due-rows.ts'
import { nextMinutes } from '../../src/schedule/next-minutes.ts'
import { parseExpression } from '../../src/schedule/parse/parse-expression.ts'
import type { Schedule } from '../../src/schedule/schedule.ts'
import { scheduleTableSteps } from '../../src/schedule/schedule-table.ts'
import { zoneOf } from '../../src/schedule/timezone.ts'
import { isDue } from '../support/is-due.ts'
import { naiveIsDue } from './naive-due.ts'

/** An instant near a change of the clock in each of these zones; UTC has none. */
const CHANGES = [
  ['Europe/Berlin', '2026-03-29T01:00Z'],
  ['Europe/Berlin', '2026-10-25T01:00Z'],
  ['America/New_York', '2026-11-01T06:00Z'],
  ['Asia/Amman', '2018-03-29T22:00Z'],
  ['America/Nuuk', '2024-03-31T01:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30Z'],
  ['Antarctica/Troll', '2026-03-29T01:00Z'],
  ['Antarctica/Troll', '2026-10-25T01:00Z'],
  ['Africa/Casablanca', '2026-02-15T02:00Z'],
  ['Africa/Casablanca', '2026-03-22T02:00Z'],
  ['Pacific/Apia', '2011-12-30T10:00Z'],
  ['Antarctica/Casey', '2010-03-04T15:00Z'],
  ['UTC', '2026-01-01T00:00Z'],
] as const

const number = (min: number, max: number) => fc.integer({ min, max })
const item = (min: number, max: number) =>
  fc.oneof(
    fc.constant('*'),
    number(1, max).map((step) => `*/${step}`),
    number(min, max).map(String),
    fc
      .tuple(number(min, max), number(min, max), number(1, 9))
      .map(([a, b, step]) => `${Math.min(a, b)}-${Math.max(a, b)}/${step}`),
  )
const field = (min: number, max: number) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant('*') },
    { weight: 3, arbitrary: fc.array(item(min, max), { minLength: 1, maxLength: 3 }).map((items) => items.join(',')) },
  )
const days = fc.tuple(field(1, 31), field(1, 12), field(0, 7))
const expressions = fc.tuple(field(0, 59), field(0, 5), days).map(([m, h, d]) => [m, h, ...d].join(' '))
const places = fc
  .tuple(fc.constantFrom(...CHANGES), number(-2000, 2000))
  .map(([[name, at], away]) => ({ zone: zoneOf(name), minute: addMinutes(minuteOf(Date.parse(at)), away) }))

function scheduleOf(expression: string): Schedule {
  const { schedule, findings } = parseExpression(expression)
  if (schedule === null) throw new Error(`${expression}: ${JSON.stringify(findings)}`)
  return schedule
}

const minutesFrom = (from: Minute, count: number) => Array.from({ length: count }, (_, away) => addMinutes(from, away))

test('isDue is what a slow reading of the rules says, around changes of the clock', () => {
  fc.assert(
    fc.property(expressions, places, (expression, { zone, minute }) => {
      const schedule = scheduleOf(expression)
      for (const it of minutesFrom(minute, 40)) {
        equal(isDue(schedule, zone, it), naiveIsDue(expression, zone.name, it), `${expression} ${zone.name} ${it}`)
      }
    }),
    { numRuns: 400 },
  )
})

test('the table, nextMinutes and countDue agree with isDue', () => {
  fc.assert(
    fc.property(expressions, places, (expression, { zone, minute }) => {
      const schedule = scheduleOf(expression)
      const window = minutesFrom(minute, 1500)
      const due = window.filter((it) => isDue(schedule, zone, it))
      const last = addMinutes(minute, 1499)
      deepEqual(
        nextMinutes(schedule, zone, addMinutes(minute, -1), due.length + 1).filter((it) => it <= last),
        due,
      )
      deepEqual(countDue(schedule, zone, minute, last), { count: due.length, last: due.at(-1) ?? null })
      const table = scheduleTableSteps([{ schedule, zone }], 100).next().value
      if (table === undefined) throw new Error('a table of one entry takes one step')
      const byTable = window.filter((it) => dueRows(table, it).length === 1)
      deepEqual(byTable, due)
    }),
    { numRuns: 150 },
  )
})

test('in UTC, croner and cron-parser agree wherever both day fields are not restricted at once', () => {
  const oneDayField = fc
    .tuple(item(0, 59), item(0, 23), item(1, 12), fc.boolean(), number(1, 28), number(0, 6))
    .map(([m, h, month, byMonth, dom, dow]) =>
      byMonth ? `${m} ${h} ${dom} ${month} *` : `${m} ${h} * ${month} ${dow}`,
    )
  fc.assert(
    fc.property(oneDayField, number(25_000_000, 32_000_000), (expression, from) => {
      const currentDate = new Date(startOf(from as Minute))
      const ours = nextMinutes(scheduleOf(expression), zoneOf('UTC'), from as Minute, 5).map(startOf)
      const croner = new Cron(expression, { timezone: 'UTC' }).nextRuns(5, currentDate)
      const parser = CronExpressionParser.parse(expression, { tz: 'UTC', currentDate })
      deepEqual(
        ours,
        croner.map((it) => it.getTime()),
        expression,
      )
      deepEqual(
        ours,
        ours.map(() => parser.next().getTime()),
        expression,
      )
    }),
    { numRuns: 200 },
  )
})

test('a date that comes once in decades is found, and one that never comes ends the search', () => {
  const leapSunday = nextMinutes(scheduleOf('0 0 29 2 */7'), zoneOf('UTC'), minuteOf(Date.UTC(2088, 2, 1)), 1)
  deepEqual(leapSunday.map(startOf), [Date.UTC(2128, 1, 29)])
  deepEqual(nextMinutes(scheduleOf('0 0 30 2 *'), zoneOf('Europe/Berlin'), minuteOf(0), 3), [])
})
