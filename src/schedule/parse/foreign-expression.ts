import { FIELDS } from './field.ts'
import { parseItem } from './parse-item.ts'
import { quote } from './schedule-finding.ts'

/** How to write what another scheduler reads as `text` and cron does not; null if that is not known. Pure. */
export function hintForExpression(text: string): string | null {
  const words = text.trim()
  for (const hint of [everyHint, zoneHint, awsHint, systemdHint]) {
    const found = hint(words)
    if (found !== null) return found
  }
  const parts = words.split(/\s+/)
  return parts.length > FIELDS.length ? surplusHint(parts) : null
}

const EVERY = /^(?:@every\s+|rate\()(?<count>\d+)\s*(?<unit>s|m|h|d|second|minute|hour|day)s?\)?$/i

/** `@every 15m` of Go's cron, `rate(15 minutes)` of AWS. */
export function everyHint(text: string): string | null {
  const { count, unit = '' } = EVERY.exec(text)?.groups ?? {}
  if (count === undefined) return /^@every\b/i.test(text) ? 'intervals are not supported: choose times instead' : null
  const spelled = intervalOf(Number(count), unit.toLowerCase().charAt(0))
  if (spelled !== null) return `write ${quote(spelled)}`
  return 'an interval that does not divide the hour or the day is not supported: choose times'
}

const MINUTES: Readonly<Record<string, number>> = { s: 1 / 60, m: 1, h: 60, d: 24 * 60 }
const WHOLE: Readonly<Record<number, string>> = { 1: '* * * * *', 60: '@hourly', 1440: '@daily' }

function intervalOf(count: number, unit: string): string | null {
  const minutes = count * (MINUTES[unit] ?? 0)
  const hours = minutes / 60
  if (WHOLE[minutes] !== undefined) return WHOLE[minutes]
  if (Number.isInteger(minutes) && minutes > 1 && 60 % minutes === 0) return `*/${minutes} * * * *`
  return Number.isInteger(hours) && hours > 1 && 24 % hours === 0 ? `0 */${hours} * * *` : null
}

/** `CRON_TZ=Europe/Berlin 0 2 * * *`. */
function zoneHint(text: string): string | null {
  const { zone, rest = '' } = /^(?:CRON_)?TZ=(?<zone>\S+)\s+(?<rest>.*)$/s.exec(text)?.groups ?? {}
  return zone === undefined ? null : `write ${quote(rest)}, and give ${zone} as the time zone (timezone)`
}

/** `cron(0 12 * * ? *)` of AWS: a year behind the five fields. */
function awsHint(text: string): string | null {
  const fields = /^cron\((.*)\)$/.exec(text)?.[1]?.trim().split(/\s+/)
  return fields?.length === FIELDS.length + 1 ? spellingOf(fields.slice(0, FIELDS.length)) : null
}

const WORDS = /^(?:hourly|daily|weekly|monthly|yearly|annually|midnight|reboot)$/i
const CLOCK = /^(?:\*-\*-\*\s+)?(?<hour>\d{1,2}):(?<minute>\d{2})(?::00)?$/

/** `daily` and `*-*-* 02:30:00` of systemd. */
function systemdHint(text: string): string | null {
  if (WORDS.test(text)) return `write ${quote(`@${text.toLowerCase()}`)}`
  const { hour, minute } = CLOCK.exec(text)?.groups ?? {}
  return hour === undefined ? null : `write ${quote(`${Number(minute)} ${Number(hour)} * * *`)}`
}

/** Six parts or more: seconds and a year, the user of /etc/crontab, or the command. */
function surplusHint(parts: readonly string[]): string {
  const first = parts.slice(0, FIELDS.length)
  const next = parts[FIELDS.length] ?? ''
  if (areFields(first) && /^[a-z_]/i.test(next) && !isWeekday(next)) {
    const spelled = quote(first.join(' '))
    return parts.length === FIELDS.length + 1 && !next.includes('/')
      ? `write ${spelled}; ${quote(next)} seems to be the user column of /etc/crontab: here the user comes from the auth (--user)`
      : `write ${spelled}, and give the rest separately, as the command (--command)`
  }
  if (areFields(first) && next.startsWith('/')) {
    return `write ${quote(first.join(' '))}, and give the rest separately, as the command (--command)`
  }
  const spelled = parts.length <= FIELDS.length + 2 ? spellingOf(parts.slice(1, FIELDS.length + 1)) : null
  return `remove seconds and years: schedules have minutes only${spelled === null ? '' : `; ${spelled}`}`
}

function isWeekday(text: string): boolean {
  return /^(?:sun|mon|tue|wed|thu|fri|sat)\b/i.test(text)
}

/** Fields of Quartz and AWS as cron has them, where it has them. Their days of the week count from 1, which is Sunday. */
function spellingOf(fields: readonly string[]): string | null {
  const plain = fields.map((field) => (field === '?' ? '*' : field))
  if (!areFields(plain)) return null
  const counted = /\d/.test(plain[4] ?? '') ? '; note that 1 is Monday here, but Sunday in Quartz' : ''
  return `write ${quote(plain.join(' '))}${counted}`
}

function areFields(texts: readonly string[]): boolean {
  return FIELDS.every(
    (field, at) => texts[at]?.split(',').every((item) => !('found' in parseItem(field, item))) === true,
  )
}
