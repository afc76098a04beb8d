import type { Minute } from '../domain/minute.ts'
import { countMatches, lastMatch } from './match.ts'
import type { Schedule } from './schedule.ts'
import { stretchAt } from './stretch.ts'
import type { Zone } from './zone.ts'

/** How often a schedule is due in a range of minutes, and the last of them; null if it is not. */
export type DueCount = { readonly count: number; readonly last: Minute | null }

/** Counts the minutes from `from` to `to`, both included, in which the schedule is due. Costs a few steps a day. */
export function countDue(schedule: Schedule, zone: Zone, from: Minute, to: Minute): DueCount {
  let count = 0
  let last: Minute | null = null
  for (let start = from; start <= to; ) {
    const stretch = stretchAt(zone, start, schedule.wildcard)
    const localTo = Math.min(stretch.localTo, stretch.localFrom + Math.max(to + 1 - stretch.from, 0))
    const isGap = stretch.localTo - stretch.localFrom > stretch.to - stretch.from
    const end = isGap ? stretch.localTo : localTo
    const found = countMatches(schedule, stretch.localFrom, end)
    count += isGap ? Math.min(found, 1) : found
    const local = lastMatch(schedule, stretch.localFrom, end)
    if (local !== null) last = Math.min(stretch.from + local - stretch.localFrom, stretch.to - 1) as Minute
    start = stretch.to
  }
  return { count, last }
}
