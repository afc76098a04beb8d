import { type Minute, minuteOf } from '../domain/minute.ts'
import { calendarDayOf, clockOf, dayOf, type LocalMinute, MINUTES_PER_DAY } from './calendar.ts'
import type { Zone } from './zone.ts'

/** `2026-03-29T03:00:00+02:00`: a minute as the zone's local time, with its distance from UTC. */
export function formatLocal(minute: Minute, zone: Zone): string {
  const { offset } = zone.periodAt(minute)
  const local = minute + offset
  const { year, month, day } = calendarDayOf(dayOf(local))
  const date = `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`
  return `${date}T${clock(clockOf(local))}:00${offset < 0 ? '-' : '+'}${clock(Math.abs(offset))}`
}

function clock(minutes: number): string {
  return `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?$/i

/**
 * The minute that holds an ISO 8601 time; null if the text is none.
 *
 * Without an offset it is local time in `zone`: of a repeated time the first pass is meant, of a skipped one the first minute
 * after the gap. A date alone is its midnight.
 */
export function parseTime(text: string, zone: Zone): Minute | null {
  const [, date, time = '00:00', seconds = ':00', offset] = TIME.exec(text.trim()) ?? []
  if (date === undefined) return null
  const asUtc = Date.parse(`${date}T${time}${seconds}Z`)
  if (Number.isNaN(asUtc) || !new Date(asUtc).toISOString().startsWith(date)) return null
  if (offset === undefined) return minuteAt(minuteOf(asUtc), zone)
  const instant = Date.parse(`${date}T${time}${seconds}${offset.toUpperCase()}`)
  return Number.isNaN(instant) ? null : minuteOf(instant)
}

/** The first minute with that local time; where the clock skips it, the first one after the gap. */
function minuteAt(local: LocalMinute, zone: Zone): Minute {
  let minute = (local - MINUTES_PER_DAY) as Minute
  for (;;) {
    const { from, to, offset } = zone.periodAt(minute)
    if (local - offset < to) return Math.max(local - offset, from) as Minute
    minute = to
  }
}

/** As `formatLocal`, of an instant in epoch milliseconds, to the second. */
export function formatInstant(ms: number, zone: Zone): string {
  const seconds = Math.floor((ms % 60_000) / 1000)
  return formatLocal(minuteOf(ms), zone).replace(/(T\d\d:\d\d):00/, `$1:${twoDigits(seconds)}`)
}
