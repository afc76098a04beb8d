import { rangesOf } from './describe-values.ts'
import { bitsOf } from './mask-bits.ts'
import type { Schedule } from './schedule.ts'

const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')

export const EVERY_DAY = 'every day'

/** The days of a schedule: `every day`, `on day 1 of the month and also on Monday`, by the rule of the two day fields. */
export function describeDays(schedule: Schedule): string {
  const months = bitsOf(schedule.months)
  const inMonths = months.length === 12 ? '' : ` in ${rangesOf(months, (month) => MONTHS[month - 1] ?? '')}`
  return `${daysWithin(schedule)}${inMonths}`
}

function daysWithin({ daysOfMonth, daysOfWeek, bothDays }: Schedule): string {
  const monthDays = bitsOf(daysOfMonth)
  const weekdays = bitsOf(daysOfWeek)
  const everyMonthDay = monthDays.length === 31
  const everyWeekday = weekdays.length === 7
  if (bothDays ? everyMonthDay && everyWeekday : everyMonthDay || everyWeekday) return EVERY_DAY
  const byMonth = `on day ${rangesOf(monthDays, String)} of the month`
  const byWeek = `on ${rangesOf(weekdays, (weekday) => WEEKDAYS[weekday] ?? '')}`
  if (!bothDays) return `${byMonth} and also ${byWeek}`
  if (everyMonthDay) return byWeek
  return everyWeekday ? byMonth : `${byMonth}, only if that is ${byWeek.slice(3)}`
}
