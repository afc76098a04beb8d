import type { Minute } from '../../domain/minute.ts'
import { formatLocal } from '../../schedule/local-time.ts'
import { zoneOf } from '../../schedule/timezone.ts'

/** `2026-03-29T03:00+02:00`: a minute as the local time of a zone, as `--at` and `--from` take it. */
export function describeTime(minute: Minute, timezone: string): string {
  return formatLocal(minute, zoneOf(timezone))
    .replace(/(T\d\d:\d\d):00/, '$1')
    .replace(/\+00:00$/, 'Z')
}

/** How long it is from `now` to a minute that is still to come: `now`, `16m`, `3h05m`, `2d`. */
export function describeWait(now: Minute, minute: Minute): string {
  const minutes = minute - now
  if (minutes <= 0) return 'now'
  if (minutes < 60) return `${minutes}m`
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`
  return `${Math.floor(minutes / (24 * 60))}d`
}

/** The same in less room: of today the time alone, of the coming six days the day of the week instead of the date. */
export function describeSoon(now: Minute, minute: Minute, timezone: string): string {
  const text = describeTime(minute, timezone)
  const [day, time = ''] = text.split('T')
  const today = describeTime(now, timezone).slice(0, 10)
  if (day === today) return time
  const days = (Date.parse(`${day}T00:00Z`) - Date.parse(`${today}T00:00Z`)) / 86_400_000
  return days > 0 && days < 7 ? `${WEEKDAYS[new Date(`${day}T00:00Z`).getUTCDay()]} ${time}` : text
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
