import type { Schedule } from './schedule.ts'

/** A local time counted in minutes, as if local time were UTC; `dayOf` and `clockOf` split it. */
export type LocalMinute = number

export const MINUTES_PER_DAY = 1440

/** A day of the proleptic Gregorian calendar. */
export type CalendarDay = {
  readonly year: number
  /** 1–12. */
  readonly month: number
  /** 1–31. */
  readonly day: number
  /** 0 (Sunday) – 6. */
  readonly weekday: number
}

/** Days since 1970-01-01 of a local time. */
export function dayOf(local: LocalMinute): number {
  return Math.floor(local / MINUTES_PER_DAY)
}

/** The minute of its day, 0–1439. */
export function clockOf(local: LocalMinute): number {
  return local - dayOf(local) * MINUTES_PER_DAY
}

/** The calendar's day, counted from 1970-01-01. Years are reckoned from March, so that the leap day comes last. */
export function calendarDayOf(dayNumber: number): CalendarDay {
  const sinceEra = dayNumber + 719_468
  const era = Math.floor(sinceEra / 146_097)
  const dayOfEra = sinceEra - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
    weekday: (((dayNumber + 4) % 7) + 7) % 7,
  }
}

/** Whether `schedule` takes place on that day: both day fields must match if one begins with `*`, else one is enough. */
export function matchesDay(schedule: Schedule, { month, day, weekday }: CalendarDay): boolean {
  if ((schedule.months & (1 << month)) === 0) return false
  const byMonth = (schedule.daysOfMonth & (1 << day)) !== 0
  const byWeek = (schedule.daysOfWeek & (1 << weekday)) !== 0
  return schedule.bothDays ? byMonth && byWeek : byMonth || byWeek
}

const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether no month of the schedule has any of its days. Every date that exists falls on each weekday in some year. */
export function comesNever(schedule: Schedule): boolean {
  if (!schedule.bothDays) return false
  return !LONGEST_MONTHS.some((length, position) => {
    const inMonth = (schedule.months & (1 << (position + 1))) !== 0
    return inMonth && (schedule.daysOfMonth & (2 ** (length + 1) - 2)) !== 0
  })
}
