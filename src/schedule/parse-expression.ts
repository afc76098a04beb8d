import { FIELDS, type ScheduleFields } from './field.ts'
import { isMacro } from './parse-macro.ts'
import { type ParsedSchedule, parseSchedule } from './parse-schedule.ts'
import { quote } from './schedule-finding.ts'

/** Reads a schedule written on one line: five fields or a macro, with any white space between and around them. */
export function parseExpression(text: string): ParsedSchedule {
  const parts = text.trim().split(/\s+/)
  const [first = ''] = parts
  if (parts.length === 1 && isMacro(first)) return parseSchedule(fieldsOf([first, '*', '*', '*', '*']))
  if (parts.length === FIELDS.length) return parseSchedule(fieldsOf(parts))
  const count = first === '' ? 0 : parts.length
  const message = `${quote(text)} has ${count} ${count === 1 ? 'field' : 'fields'}, expected five (minute, hour, day of month, month, day of week) or a macro`
  return { schedule: null, findings: [{ severity: 'error', field: null, message, hint: hintFor(count) }] }
}

function fieldsOf([
  cron_min = '',
  cron_hour = '',
  cron_dom = '',
  cron_mon = '',
  cron_dow = '',
]: readonly string[]): ScheduleFields {
  return { cron_min, cron_hour, cron_dom, cron_mon, cron_dow }
}

function hintFor(count: number): string | null {
  return count === 6 || count === 7 ? 'leave out seconds and years: the unit is the minute' : null
}
