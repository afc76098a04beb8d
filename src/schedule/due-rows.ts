import type { Minute } from '../domain/minute.ts'
import { calendarDayOf, clockOf, dayOf, type LocalMinute } from './calendar.ts'
import { BOTH_DAYS_BIT, type RowGroup, type ScheduleTable, WEEKDAYS_SHIFT } from './schedule-table.ts'
import { stretchAt } from './stretch.ts'
import type { Zone } from './zone.ts'

/** Which entries of `table` are due in `minute`: their indices, rising, each once. */
export function dueRows(table: ScheduleTable, minute: Minute): readonly number[] {
  const marks = new Uint32Array(Math.ceil(table.size / 32))
  for (const group of table.groups) {
    for (const moment of momentsOf(group.zone, minute, group.wildcard)) markDue(table, group, moment, marks)
  }
  return indicesOf(marks)
}

/** The innermost loop: most rows fall out at the minute, which is why it is a column of its own. */
function markDue(table: ScheduleTable, { from, to }: RowGroup, moment: Moment, marks: Uint32Array): void {
  const { hours, entries } = table
  const minutes = moment.minute < 30 ? table.minutesLow : table.minutesHigh
  const minuteBit = 1 << (moment.minute % 30)
  const { hourBit } = moment
  for (let row = from; row < to; row += 1) {
    if (((minutes[row] ?? 0) & minuteBit) === 0) continue
    if (((hours[row] ?? 0) & hourBit) === 0) continue
    if (!isOnDay(table, row, moment)) continue
    const entry = entries[row] ?? 0
    marks[entry >>> 5] = (marks[entry >>> 5] ?? 0) | (1 << (entry & 31))
  }
}

function isOnDay(table: ScheduleTable, row: number, { dayBit, monthBit, weekdayBit }: Moment): boolean {
  const monthsAndWeekdays = table.monthsAndWeekdays[row] ?? 0
  if ((monthsAndWeekdays & monthBit) === 0) return false
  const byMonth = ((table.daysOfMonth[row] ?? 0) & dayBit) !== 0
  const byWeek = (monthsAndWeekdays & (weekdayBit << WEEKDAYS_SHIFT)) !== 0
  return ((table.hours[row] ?? 0) & BOTH_DAYS_BIT) === 0 ? byMonth || byWeek : byMonth && byWeek
}

function indicesOf(marks: Uint32Array): readonly number[] {
  const indices: number[] = []
  for (let word = 0; word < marks.length; word += 1) {
    for (let rest = marks[word] ?? 0; rest !== 0; rest &= rest - 1)
      indices.push(word * 32 + 31 - Math.clz32(rest & -rest))
  }
  return indices
}

/** One local minute as the bits that a schedule's masks must have. */
type Moment = {
  /** The minute of the hour, 0–59. */
  readonly minute: number
  readonly hourBit: number
  readonly dayBit: number
  readonly monthBit: number
  readonly weekdayBit: number
}

/** What schedules see of one minute in a zone: as a rule one moment, none while a fixed one's time repeats, several after a gap. */
function momentsOf(zone: Zone, minute: Minute, wildcard: boolean): readonly Moment[] {
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
