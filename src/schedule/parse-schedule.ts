import { comesNever } from './calendar.ts'
import { FIELDS, type ScheduleFields } from './field.ts'
import { type ParsedField, parseField } from './parse-field.ts'
import { isMacro, parseMacro } from './parse-macro.ts'
import type { Schedule } from './schedule.ts'
import type { ScheduleFinding } from './schedule-finding.ts'

/** A schedule, or null where a finding is an error; all findings of all five fields. */
export type ParsedSchedule = {
  readonly schedule: Schedule | null
  readonly findings: readonly ScheduleFinding[]
}

/** Reads the five fields as cronie does. White space around a field does not count. Never throws. */
export function parseSchedule(fields: ScheduleFields): ParsedSchedule {
  const texts = FIELDS.map(({ name }) => fields[name].trim())
  if (texts.some(isMacro)) return parseMacro(texts, parseTexts)
  return parseTexts(texts)
}

function parseTexts(texts: readonly string[]): ParsedSchedule {
  const parsed = FIELDS.map((field, position) => parseField(field, texts[position] ?? ''))
  const findings = parsed.flatMap((field) => field.findings)
  if (findings.some(({ severity }) => severity === 'error')) return { schedule: null, findings }
  const schedule = scheduleOf(parsed)
  return { schedule, findings: comesNever(schedule) ? [...findings, neverComes(texts)] : findings }
}

function scheduleOf(parsed: readonly ParsedField[]): Schedule {
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = parsed
  const minuteValues = minutes?.values ?? []
  return {
    minutesLow: maskOf(minuteValues.filter((value) => value < 30)),
    minutesHigh: maskOf(minuteValues.filter((value) => value >= 30).map((value) => value - 30)),
    hours: maskOf(hours?.values ?? []),
    daysOfMonth: maskOf(daysOfMonth?.values ?? []),
    months: maskOf(months?.values ?? []),
    daysOfWeek: maskOf(daysOfWeek?.values ?? []),
    bothDays: daysOfMonth?.star === true || daysOfWeek?.star === true,
    wildcard: minutes?.star === true || hours?.star === true,
    reboot: false,
  }
}

function maskOf(values: readonly number[]): number {
  return values.reduce((mask, value) => mask | (1 << value), 0)
}

function neverComes(texts: readonly string[]): ScheduleFinding {
  const message = `day ${texts[2]} never comes in month ${texts[3]}, so that the cron never runs`
  return { severity: 'warning', field: 'cron_dom', message, hint: 'choose a day that the month has' }
}
