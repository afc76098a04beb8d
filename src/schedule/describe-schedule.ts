import { listOf, rangesOf, stepOf } from './describe-values.ts'
import { bitsOf } from './mask-bits.ts'
import type { Schedule } from './schedule.ts'

/** Reads a schedule in plain words: `at 02:30 every day`, `every 5 minutes on Monday to Friday`. */
export function describeSchedule(schedule: Schedule): string {
  if (schedule.reboot) return 'once after each boot of the machine that rcron runs on'
  const times = describeTimes(schedule)
  const days = describeDays(schedule)
  return days === EVERY_DAY && bitsOf(schedule.hours).length === 24 ? times : `${times} ${days}`
}

/** More clock times than these are reported as minutes and hours. */
const MOST_CLOCK_TIMES = 6

function describeTimes({ minutesLow, minutesHigh, hours }: Schedule): string {
  const minuteValues = [...bitsOf(minutesLow), ...bitsOf(minutesHigh).map((value) => value + 30)]
  const hourValues = bitsOf(hours)
  if (minuteValues.length * hourValues.length <= MOST_CLOCK_TIMES) {
    return `at ${listOf(hourValues.flatMap((hour) => minuteValues.map((minute) => clock(hour, minute))))}`
  }
  const minutes = describeMinutes(minuteValues)
  return hourValues.length === 24 ? everyHour(minuteValues, minutes) : `${minutes} ${describeHours(hourValues)}`
}

function everyHour(values: readonly number[], minutes: string): string {
  return values.length === 60 || isEven(values) ? minutes : `${minutes} of every hour`
}

function describeMinutes(values: readonly number[]): string {
  if (values.length === 60) return 'every minute'
  if (isEven(values)) return `every ${60 / values.length} minutes`
  const step = stepOf(values)
  if (step !== null) return `every ${step} minutes from minute ${values[0]} to ${values.at(-1)}`
  return `at minute ${rangesOf(values, String)}`
}

/** Whether the minutes continue evenly from each hour to the next, beginning with 0. */
function isEven(values: readonly number[]): boolean {
  return values.length > 1 && values[0] === 0 && stepOf(values) === 60 / values.length
}

function describeHours(values: readonly number[]): string {
  const step = stepOf(values)
  if (step !== null) return `in every ${ordinal(step)} hour from ${values[0]} to ${values.at(-1)}`
  return `in hour ${rangesOf(values, String)}`
}

function ordinal(number: number): string {
  const ending = { 1: 'st', 2: 'nd', 3: 'rd' }[number % 10] ?? 'th'
  return `${number}${number > 10 && number < 14 ? 'th' : ending}`
}

function clock(hour: number, minute: number): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')

const EVERY_DAY = 'every day'

/** The days of a schedule: `every day`, `on day 1 of the month and also on Monday`, by the rule of the two day fields. */
function describeDays(schedule: Schedule): string {
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
