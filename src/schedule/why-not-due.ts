import type { Minute } from '../domain/minute.ts'
import { calendarDayOf, clockOf, dayOf, matchesDay } from './calendar.ts'
import { firstMatch } from './match.ts'
import type { Schedule } from './schedule.ts'
import { stretchAt } from './stretch.ts'
import type { Zone } from './zone.ts'

/** The fields of a schedule, by their places in its expression. */
export const FIELD_NAMES = ['minute', 'hour', 'day of month', 'month', 'day of week'] as const
/** One of them. */
export type FieldName = (typeof FIELD_NAMES)[number]

/** What a schedule says of one minute. */
export type Dueness =
  /** `isMoved`: for a time that the clock skipped. */
  | { readonly kind: 'due'; readonly isMoved: boolean }
  /** Its times fire on the first pass of a repeated hour only. */
  | { readonly kind: 'repeated' }
  | { readonly kind: 'reboot' }
  /** These fields do not match the minute's local time. */
  | { readonly kind: 'not-due'; readonly fields: readonly FieldName[] }

/** Pure: whether a cron with that schedule, read in that zone, is due in `minute`, and why not. */
export function duenessOf(schedule: Schedule, zone: Zone, minute: Minute): Dueness {
  if (schedule.reboot) return { kind: 'reboot' }
  const local = minute + zone.periodAt(minute).offset
  const isPlain = firstMatch(schedule, local, local + 1) !== null
  const { from, to, localFrom, localTo } = stretchAt(zone, minute, schedule.wildcard)
  if (from > minute) return isPlain ? { kind: 'repeated' } : { kind: 'not-due', fields: mismatches(schedule, local) }
  if (firstMatch(schedule, localFrom, to === minute + 1 ? localTo : localFrom + 1) !== null)
    return { kind: 'due', isMoved: !isPlain }
  return { kind: 'not-due', fields: mismatches(schedule, local) }
}

function mismatches(schedule: Schedule, local: number): readonly FieldName[] {
  const day = calendarDayOf(dayOf(local))
  const [hour, minute] = [Math.floor(clockOf(local) / 60), clockOf(local) % 60]
  const hasMinute = minute < 30 ? (schedule.minutesLow >> minute) & 1 : (schedule.minutesHigh >> (minute - 30)) & 1
  const found: FieldName[] = []
  if (!hasMinute) found.push('minute')
  if (((schedule.hours >> hour) & 1) === 0) found.push('hour')
  if (((schedule.months >> day.month) & 1) === 0) found.push('month')
  else if (!matchesDay(schedule, day)) found.push(...daysOf(schedule, day))
  return found
}

type Day = ReturnType<typeof calendarDayOf>

/** Where either of the two is enough, both are wrong. */
function daysOf(schedule: Schedule, day: Day): readonly FieldName[] {
  const hasDay = ((schedule.daysOfMonth >> day.day) & 1) !== 0
  const hasWeekday = ((schedule.daysOfWeek >> day.weekday) & 1) !== 0
  return [...(hasDay ? [] : ['day of month' as const]), ...(hasWeekday ? [] : ['day of week' as const])]
}
