import type { Schedule } from './schedule.ts'
import type { Zone } from './zone.ts'

/**
 * Many schedules side by side, 24 bytes each, for one question: which are due in a minute.
 *
 * Rows of one group (a zone, and wildcard or fixed) stand together; `entries` leads from a row back to the entry it was made of.
 */
export type ScheduleTable = {
  /** How many entries the table was made of; `@reboot` ones have no row. */
  readonly size: number
  readonly groups: readonly RowGroup[]
  readonly minutesLow: Uint32Array
  readonly minutesHigh: Uint32Array
  /** Bits 0–23 the hours, bit 24 `bothDays`. */
  readonly hours: Uint32Array
  readonly daysOfMonth: Uint32Array
  /** Bits 0–12 the months, bits 16–22 the weekdays. */
  readonly monthsAndWeekdays: Uint32Array
  readonly entries: Uint32Array
}

/** Rows of the table that share a zone and a rule for clock changes, side by side. */
export type RowGroup = {
  readonly zone: Zone
  readonly wildcard: boolean
  readonly from: number
  /** Exclusive. */
  readonly to: number
}

/** A schedule in its zone, as it goes into the table. */
export type TableEntry = { readonly schedule: Schedule; readonly zone: Zone }

export const BOTH_DAYS_BIT = 1 << 24
export const WEEKDAYS_SHIFT = 16

/** Builds the table; a yield after every `stepSize` entries lets the caller breathe. */
export function* scheduleTableSteps(entries: readonly TableEntry[], stepSize: number): Generator<void, ScheduleTable> {
  const lists = yield* groupEntries(entries, stepSize)
  const table = emptyTable(entries.length, lists)
  let row = 0
  for (const index of lists.flatMap(({ indices }) => indices)) {
    if (row % stepSize === stepSize - 1) yield
    fillRow(table, row, index, entries[index]?.schedule)
    row += 1
  }
  return table
}

function* groupEntries(entries: readonly TableEntry[], stepSize: number): Generator<void, readonly GroupList[]> {
  const wildcard = new Map<Zone, number[]>()
  const fixed = new Map<Zone, number[]>()
  for (const [index, { schedule, zone }] of entries.entries()) {
    if (index % stepSize === stepSize - 1) yield
    if (schedule.reboot) continue
    const lists = schedule.wildcard ? wildcard : fixed
    const indices = lists.get(zone)
    if (indices === undefined) lists.set(zone, [index])
    else indices.push(index)
  }
  return [
    ...Array.from(wildcard, ([zone, indices]) => ({ zone, wildcard: true, indices })),
    ...Array.from(fixed, ([zone, indices]) => ({ zone, wildcard: false, indices })),
  ]
}

type GroupList = { readonly zone: Zone; readonly wildcard: boolean; readonly indices: readonly number[] }

function emptyTable(size: number, lists: readonly GroupList[]): ScheduleTable {
  let rows = 0
  const groups = lists.map(({ zone, wildcard, indices }): RowGroup => {
    const from = rows
    rows += indices.length
    return { zone, wildcard, from, to: rows }
  })
  const column = (): Uint32Array => new Uint32Array(rows)
  return {
    size,
    groups,
    minutesLow: column(),
    minutesHigh: column(),
    hours: column(),
    daysOfMonth: column(),
    monthsAndWeekdays: column(),
    entries: column(),
  }
}

function fillRow(table: ScheduleTable, row: number, index: number, schedule: Schedule | undefined): void {
  if (schedule === undefined) return
  table.minutesLow[row] = schedule.minutesLow
  table.minutesHigh[row] = schedule.minutesHigh
  table.hours[row] = schedule.hours | (schedule.bothDays ? BOTH_DAYS_BIT : 0)
  table.daysOfMonth[row] = schedule.daysOfMonth
  table.monthsAndWeekdays[row] = schedule.months | (schedule.daysOfWeek << WEEKDAYS_SHIFT)
  table.entries[row] = index
}
