import type { CronRow } from '../../domain/rows.ts'

/** The columns that make a schedule. */
export type FieldName = 'cron_min' | 'cron_hour' | 'cron_dom' | 'cron_mon' | 'cron_dow'

/** The five fields as text, in the form of a row. */
export type ScheduleFields = Pick<CronRow, FieldName>

/** What may stand in one field. */
export type Field = {
  readonly name: FieldName
  readonly noun: string
  readonly min: number
  /** The largest value that may be written; the weekday 7 means 0. */
  readonly max: number
  /** The last value that `*` covers. */
  readonly last: number
  /** Three-letter names; the first one means `min`. */
  readonly names: readonly string[]
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** In the order in which a crontab line writes them. */
export const FIELDS: readonly Field[] = [
  { name: 'cron_min', noun: 'minute', min: 0, max: 59, last: 59, names: [] },
  { name: 'cron_hour', noun: 'hour', min: 0, max: 23, last: 23, names: [] },
  { name: 'cron_dom', noun: 'day of month', min: 1, max: 31, last: 31, names: [] },
  { name: 'cron_mon', noun: 'month', min: 1, max: 12, last: 12, names: MONTHS },
  { name: 'cron_dow', noun: 'day of week', min: 0, max: 7, last: 6, names: WEEKDAYS },
]

/** What the field takes: `a minute (0–59)`, `a month (1–12 or jan–dec)`. */
export function describeField({ noun, min, max, names }: Field): string {
  const byName = names.length === 0 ? '' : ` or ${names[0]}–${names.at(-1)}`
  return `${noun === 'hour' ? 'an' : 'a'} ${noun} (${min}–${max}${byName})`
}

/** The value of a number or a name in `field`, in range or not; null if the text is neither. */
export function readValue(field: Field, text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text)
  const position = field.names.indexOf(text.toLowerCase())
  return position === -1 ? null : position + field.min
}
