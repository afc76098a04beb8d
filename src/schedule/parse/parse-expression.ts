import { FIELDS, type ScheduleFields } from './field.ts'
import { hintForExpression } from './foreign-expression.ts'
import { isMacro, type ParsedSchedule, parseSchedule } from './parse-schedule.ts'
import { quote, type ScheduleFinding } from './schedule-finding.ts'

/** Reads a schedule written on one line: five fields or a macro, with any white space between and around them. */
export function parseExpression(text: string): ParsedSchedule {
  const split = splitExpression(text)
  return 'fields' in split ? parseSchedule(split.fields) : { schedule: null, findings: [split.finding] }
}

/** The five columns of a schedule written on one line, unjudged; or why it has no such columns. A macro stands in the first. */
export function splitExpression(
  text: string,
): { readonly fields: ScheduleFields } | { readonly finding: ScheduleFinding } {
  const parts = text.trim().split(/\s+/)
  const [first = ''] = parts
  if (parts.length === 1 && isMacro(first)) return { fields: fieldsOf([first, '*', '*', '*', '*']) }
  if (parts.length === FIELDS.length) return { fields: fieldsOf(parts) }
  const count = first === '' ? 0 : parts.length
  const message = `${quote(text)} has ${count} ${count === 1 ? 'field' : 'fields'}, expected five (minute, hour, day of month, month, day of week) or a macro such as @daily`
  return { finding: { severity: 'error', field: null, message, hint: hintForExpression(text) } }
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
