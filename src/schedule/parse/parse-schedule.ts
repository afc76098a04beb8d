import { comesNever } from '../calendar.ts'
import type { Schedule } from '../schedule.ts'
import { FIELDS, type ScheduleFields } from './field.ts'
import { everyHint } from './foreign-expression.ts'
import { MACRO_NAMES, MACROS, REBOOT } from './macros.ts'
import { type ParsedField, parseField } from './parse-field.ts'
import { quote, type ScheduleFinding } from './schedule-finding.ts'

/** A schedule, or null if a finding is an error; all findings of all five fields. */
export type ParsedSchedule = {
  readonly schedule: Schedule | null
  readonly findings: readonly ScheduleFinding[]
}

/** Reads the five fields as cronie does. White space around a field does not count. Never throws. */
export function parseSchedule(fields: ScheduleFields): ParsedSchedule {
  const texts = FIELDS.map(({ name }) => fields[name].trim())
  if (texts.some(isMacro)) return parseMacro(texts)
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
  const message = `day ${texts[2]} never occurs in month ${texts[3]}, so the cron never runs`
  return { severity: 'warning', field: 'cron_dom', message, hint: 'choose a day of that month' }
}

const AT_REBOOT: Schedule = {
  minutesLow: 0,
  minutesHigh: 0,
  hours: 0,
  daysOfMonth: 0,
  months: 0,
  daysOfWeek: 0,
  bothDays: true,
  wildcard: false,
  reboot: true,
}

export function isMacro(text: string): boolean {
  return text.startsWith('@')
}

/** Reads fields of which one is a macro: it stands in the first, alone, and the others are `*`. */
function parseMacro(texts: readonly string[]): ParsedSchedule {
  const findings = [...misplaced(texts), ...unknown(texts[0] ?? ''), ...company(texts)]
  if (findings.length > 0) return { schedule: null, findings }
  if (texts[0] === REBOOT) return { schedule: AT_REBOOT, findings: [] }
  return parseTexts((MACROS[texts[0] ?? ''] ?? '').split(' '))
}

function misplaced(texts: readonly string[]): readonly ScheduleFinding[] {
  return FIELDS.flatMap(({ name }, position): readonly ScheduleFinding[] => {
    const text = texts[position] ?? ''
    if (position === 0 || !isMacro(text)) return []
    const message = `${quote(text)}, expected a macro only in cron_min`
    return [{ severity: 'error', field: name, message, hint: 'put it into cron_min and "*" into the other fields' }]
  })
}

function unknown(text: string): readonly ScheduleFinding[] {
  if (!isMacro(text) || MACRO_NAMES.includes(text)) return []
  const lower = text.toLowerCase()
  const hint = MACRO_NAMES.includes(lower) ? `write ${quote(lower)}` : everyHint(text)
  return [
    { severity: 'error', field: 'cron_min', message: `${quote(text)}, expected one of ${MACRO_NAMES.join(' ')}`, hint },
  ]
}

function company(texts: readonly string[]): readonly ScheduleFinding[] {
  const text = texts[0] ?? ''
  if (!isMacro(text)) return []
  return FIELDS.flatMap(({ name }, position): readonly ScheduleFinding[] => {
    const other = texts[position] ?? ''
    if (position === 0 || other === '*' || isMacro(other)) return []
    const fields = MACROS[text]
    const hint =
      fields === undefined ? 'write "*"' : `write "*", or instead of ${text} the fields ${fields} with this one changed`
    return [{ severity: 'error', field: name, message: `${quote(other)} beside ${quote(text)}, expected "*"`, hint }]
  })
}
