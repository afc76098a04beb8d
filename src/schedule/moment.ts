import type { Minute } from '../domain/minute.ts'
import { calendarDayOf, clockOf, dayOf, type LocalMinute } from './calendar.ts'
import { stretchAt } from './stretch.ts'
import type { Zone } from './zone.ts'

/** One local minute as the bits that a schedule's masks must have. */
export type Moment = {
  /** The minute of the hour, 0–59. */
  readonly minute: number
  readonly hourBit: number
  readonly dayBit: number
  readonly monthBit: number
  readonly weekdayBit: number
}

/** What schedules see of one minute in a zone: as a rule one moment, none while a fixed one's time repeats, several after a gap. */
export function momentsOf(zone: Zone, minute: Minute, wildcard: boolean): readonly Moment[] {
  const { from, to, localFrom, localTo } = stretchAt(zone, minute, wildcard)
  if (from > minute) return []
  const count = to === minute + 1 ? localTo - localFrom : 1
  return Array.from({ length: count }, (_, position) => momentAt(localFrom + position))
}

function momentAt(local: LocalMinute): Moment {
  const { month, day, weekday } = calendarDayOf(dayOf(local))
  const clock = clockOf(local)
  return {
    minute: clock % 60,
    hourBit: 1 << Math.floor(clock / 60),
    dayBit: 1 << day,
    monthBit: 1 << month,
    weekdayBit: 1 << weekday,
  }
}
