import { addMinutes, type Minute } from '../domain/minute.ts'
import { calendarDayOf, dayOf, MINUTES_PER_DAY, matchesDay } from './calendar.ts'
import { firstMatch } from './match.ts'
import type { Schedule } from './schedule.ts'
import { stretchAt } from './stretch.ts'
import type { Zone } from './zone.ts'

/** 41 years: 29 February on a given weekday is at most 40 years away. */
const HORIZON_DAYS = 41 * 366

/** The next `count` minutes strictly after `from` in which the schedule is due; fewer where it is not within 41 years. */
export function nextMinutes(schedule: Schedule, zone: Zone, from: Minute, count: number): readonly Minute[] {
  const minutes: Minute[] = []
  let last: Minute | null = from
  while (minutes.length < count) {
    last = nextMinute(schedule, zone, addMinutes(last, 1))
    if (last === null) return minutes
    minutes.push(last)
  }
  return minutes
}

/** The first due minute from `from` on; null if there is none within 41 years. */
function nextMinute(schedule: Schedule, zone: Zone, from: Minute): Minute | null {
  const horizon = from + HORIZON_DAYS * MINUTES_PER_DAY
  for (let start = from; start < horizon; ) {
    const stretch = stretchAt(zone, start, schedule.wildcard)
    const local = firstMatch(schedule, stretch.localFrom, stretch.localTo)
    if (local !== null) return Math.min(stretch.from + local - stretch.localFrom, stretch.to - 1) as Minute
    start = skipDays(schedule, stretch.to, horizon)
  }
  return null
}

/** Goes on from `from` to the last minute that is surely before the schedule's next day, in whatever zone. */
function skipDays(schedule: Schedule, from: Minute, horizon: number): Minute {
  let day = dayOf(from) - 1
  while (day * MINUTES_PER_DAY < horizon && !matchesDay(schedule, calendarDayOf(day))) day += 1
  return Math.max(from, (day - 1) * MINUTES_PER_DAY) as Minute
}
