import { FIELDS } from './field.ts'
import { everyHint } from './foreign-expression.ts'
import { MACRO_NAMES, MACROS, REBOOT } from './macros.ts'
import type { ParsedSchedule } from './parse-schedule.ts'
import type { Schedule } from './schedule.ts'
import { quote, type ScheduleFinding } from './schedule-finding.ts'

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
export function parseMacro(
  texts: readonly string[],
  parseTexts: (texts: readonly string[]) => ParsedSchedule,
): ParsedSchedule {
  const findings = [...misplaced(texts), ...unknown(texts[0] ?? ''), ...company(texts)]
  if (findings.length > 0) return { schedule: null, findings }
  if (texts[0] === REBOOT) return { schedule: AT_REBOOT, findings: [] }
  return parseTexts((MACROS[texts[0] ?? ''] ?? '').split(' '))
}

function misplaced(texts: readonly string[]): readonly ScheduleFinding[] {
  return FIELDS.flatMap(({ name }, position): readonly ScheduleFinding[] => {
    const text = texts[position] ?? ''
    if (position === 0 || !isMacro(text)) return []
    const message = `${quote(text)}, expected a macro in cron_min alone`
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
