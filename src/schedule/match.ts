import { calendarDayOf, clockOf, dayOf, type LocalMinute, MINUTES_PER_DAY, matchesDay } from './calendar.ts'
import type { Schedule } from './schedule.ts'

const MINUTES_PER_HOUR = 60

/** The first local minute of the schedule from `from` on and before `to`; null if there is none. */
export function firstMatch(schedule: Schedule, from: LocalMinute, to: LocalMinute): LocalMinute | null {
  for (let start = from; start < to; start = (dayOf(start) + 1) * MINUTES_PER_DAY) {
    if (!matchesDay(schedule, calendarDayOf(dayOf(start)))) continue
    const clock = firstClock(schedule, clockOf(start))
    if (clock === null) continue
    const match = dayOf(start) * MINUTES_PER_DAY + clock
    return match < to ? match : null
  }
  return null
}

/** The last local minute of the schedule from `from` on and before `to`; null if there is none. */
export function lastMatch(schedule: Schedule, from: LocalMinute, to: LocalMinute): LocalMinute | null {
  for (let end = to - 1; end >= from; end = dayOf(end) * MINUTES_PER_DAY - 1) {
    if (!matchesDay(schedule, calendarDayOf(dayOf(end)))) continue
    const clock = lastClock(schedule, clockOf(end))
    if (clock === null) continue
    const match = dayOf(end) * MINUTES_PER_DAY + clock
    return match >= from ? match : null
  }
  return null
}

/** How many local minutes of the schedule there are from `from` on and before `to`. */
export function countMatches(schedule: Schedule, from: LocalMinute, to: LocalMinute): number {
  let count = 0
  for (let day = dayOf(from); day * MINUTES_PER_DAY < to; day += 1) {
    if (!matchesDay(schedule, calendarDayOf(day))) continue
    const start = Math.max(from - day * MINUTES_PER_DAY, 0)
    const end = Math.min(to - day * MINUTES_PER_DAY, MINUTES_PER_DAY)
    count += countBefore(schedule, end) - countBefore(schedule, start)
  }
  return count
}

function firstClock(schedule: Schedule, from: number): number | null {
  for (let clock = from; clock < MINUTES_PER_DAY; clock += 1) {
    if (!hasHour(schedule, clock)) clock = endOfHour(clock)
    else if (hasMinute(schedule, clock)) return clock
  }
  return null
}

function lastClock(schedule: Schedule, upTo: number): number | null {
  for (let clock = upTo; clock >= 0; clock -= 1) {
    if (!hasHour(schedule, clock)) clock -= clock % MINUTES_PER_HOUR
    else if (hasMinute(schedule, clock)) return clock
  }
  return null
}

function endOfHour(clock: number): number {
  return clock - (clock % MINUTES_PER_HOUR) + MINUTES_PER_HOUR - 1
}

function hasHour({ hours }: Schedule, clock: number): boolean {
  return (hours & (1 << Math.floor(clock / MINUTES_PER_HOUR))) !== 0
}

function hasMinute({ minutesLow, minutesHigh }: Schedule, clock: number): boolean {
  const minute = clock % MINUTES_PER_HOUR
  return ((minute < 30 ? minutesLow >> minute : minutesHigh >> (minute - 30)) & 1) !== 0
}

/** How many times of a matching day lie before the minute `clock` of the day (0–1440). */
function countBefore(schedule: Schedule, clock: number): number {
  const { minutesLow, minutesHigh, hours } = schedule
  const hour = Math.floor(clock / MINUTES_PER_HOUR)
  const minute = clock % MINUTES_PER_HOUR
  const whole = bitsBelow(hours, hour) * (bitsBelow(minutesLow, 30) + bitsBelow(minutesHigh, 30))
  if ((hours & (1 << hour)) === 0) return whole
  return whole + bitsBelow(minutesLow, Math.min(minute, 30)) + bitsBelow(minutesHigh, Math.max(minute - 30, 0))
}

function bitsBelow(mask: number, end: number): number {
  let count = 0
  for (let rest = mask & (2 ** end - 1); rest !== 0; rest &= rest - 1) count += 1
  return count
}
