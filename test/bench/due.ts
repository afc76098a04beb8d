import { CronExpressionParser } from 'cron-parser'
import { Cron } from 'croner'
import { addMinutes, type Minute, minuteOf, startOf } from '../../src/domain/minute.ts'
import { dueRows } from '../../src/schedule/due-rows.ts'
import { parseExpression } from '../../src/schedule/parse/parse-expression.ts'
import { type ScheduleTable, scheduleTableSteps, type TableEntry } from '../../src/schedule/schedule-table.ts'
import { zoneOf } from '../../src/schedule/timezone.ts'

const CRONS = 1_000_000
const PEER_CRONS = 10_000
const MINUTES = 60
const ZONES = (
  'UTC Europe/Berlin Europe/London Europe/Moscow Europe/Lisbon America/New_York America/Chicago America/Denver ' +
  'America/Los_Angeles America/Sao_Paulo America/St_Johns Africa/Casablanca Africa/Cairo Asia/Tokyo Asia/Kolkata ' +
  'Asia/Kathmandu Asia/Tehran Australia/Sydney Australia/Lord_Howe Antarctica/Troll'
).split(' ')

/** A mix as crontabs have it: mostly once a day, some hourly, some every few minutes, some on days. */
function expressionOf(index: number): string {
  const minute = (index * 7) % 60
  const hour = (index * 11) % 24
  const shapes = [
    `${minute} ${hour} * * *`,
    `${minute} ${hour} * * 1-5`,
    `${minute} * * * *`,
    `*/${5 * (1 + (index % 6))} * * * *`,
    `${minute} ${hour} 1,15 * ${index % 7}`,
    `${minute},${(minute + 30) % 60} 8-18 * * *`,
  ]
  return shapes[index % shapes.length] ?? '* * * * *'
}

function timezoneOf(index: number): string {
  return ZONES[Math.floor(index / 6) % ZONES.length] ?? 'UTC'
}

function entryOf(index: number, parsed: Map<string, TableEntry['schedule']>): TableEntry {
  const expression = expressionOf(index)
  const schedule = parsed.get(expression) ?? parseExpression(expression).schedule
  if (schedule === null) throw new Error(expression)
  parsed.set(expression, schedule)
  return { schedule, zone: zoneOf(timezoneOf(index)) }
}

function buildTable(entries: readonly TableEntry[]): ScheduleTable {
  const step = scheduleTableSteps(entries, Number.POSITIVE_INFINITY).next()
  if (!step.done) throw new Error('one step was expected')
  return step.value
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Milliseconds that `decide` takes for each of some minutes on end; the first ones warm it up. */
function timeMinutes(from: Minute, warmUp: number, count: number, decide: (minute: Minute) => number) {
  const times: number[] = []
  let due = 0
  for (let away = 0; away < warmUp + count; away += 1) {
    const begin = performance.now()
    const found = decide(addMinutes(from, away))
    if (away < warmUp) continue
    times.push(performance.now() - begin)
    due += found
  }
  return { ms: median(times), due }
}

function memoryOf(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const from = minuteOf(Date.UTC(2026, 5, 15, 12))
const parsed = new Map<string, TableEntry['schedule']>()
const entries = Array.from({ length: CRONS }, (_, index) => entryOf(index, parsed))
const before = memoryOf()
const table = buildTable(entries)
const bytes = (memoryOf() - before) / CRONS
const ours = timeMinutes(from, 20, MINUTES, (minute) => dueRows(table, minute).length)

const few = Array.from({ length: PEER_CRONS }, (_, index) => index)
const fewTable = buildTable(entries.slice(0, PEER_CRONS))
const oursFew = timeMinutes(from, 20, MINUTES, (minute) => dueRows(fewTable, minute).length)
const croners = few.map((index) => new Cron(expressionOf(index), { timezone: timezoneOf(index), paused: true }))
const croner = timeMinutes(from, 1, 5, (minute) => {
  const instant = new Date(startOf(minute))
  return croners.filter((it) => it.match(instant)).length
})
const parsers = few.map((index) => CronExpressionParser.parse(expressionOf(index), { tz: timezoneOf(index) }))
const parser = timeMinutes(from, 1, 5, (minute) => {
  const instant = new Date(startOf(minute))
  return parsers.filter((it) => it.includesDate(instant)).length
})

const row = (name: string, crons: number, { ms }: { readonly ms: number }, note: string) =>
  `| ${name} | ${crons.toLocaleString('en')} | ${ms.toFixed(2)} | ${((ms * 1e6) / crons).toFixed(0)} | ${note} |`
console.log('| what is due in one minute, 20 time zones | crons | ms (median) | ns a cron | |\n|---|--:|--:|--:|---|')
console.log(row('rcron', CRONS, ours, `${bytes.toFixed(1)} bytes a cron, ${ours.due} due in ${MINUTES} minutes`))
console.log(row('rcron', PEER_CRONS, oursFew, ''))
console.log(row('croner', PEER_CRONS, croner, `${(croner.ms / oursFew.ms).toFixed(0)} × rcron`))
console.log(row('cron-parser', PEER_CRONS, parser, `${(parser.ms / oursFew.ms).toFixed(0)} × rcron`))
