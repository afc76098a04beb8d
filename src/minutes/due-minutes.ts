import type { Snapshot } from '../definitions/snapshot.ts'
import type { Cron } from '../domain/cron.ts'
import { addMinutes, type Minute } from '../domain/minute.ts'
import { countDue } from '../schedule/count-due.ts'
import { nextMinutes } from '../schedule/next-minutes.ts'
import type { Schedule } from '../schedule/schedule.ts'
import { zoneOf } from '../schedule/timezone.ts'
import type { DueCount, DueMinutes } from './plan-missed.ts'
import type { MinuteRange } from './plan-ranges.ts'

const FIRST_LOOK_BACK_MINUTES = 24 * 60

/** When the crons of `snapshot` are due, over ranges of any length. */
export function dueMinutesOf({ schedules }: Snapshot): DueMinutes {
  return {
    count(cron, range) {
      const schedule = schedules.get(cron.id)
      return schedule === undefined ? null : countIn(schedule, cron, range)
    },
    newest(cron, range, most) {
      const schedule = schedules.get(cron.id)
      return schedule === undefined ? [] : newestIn(schedule, cron, { range, most })
    },
  }
}

function countIn(schedule: Schedule, { timezone }: Cron, { from, to }: MinuteRange): DueCount | null {
  const zone = zoneOf(timezone)
  const { count, last } = countDue(schedule, zone, from, to)
  const [first] = count === 0 ? [] : nextMinutes(schedule, zone, addMinutes(from, -1), 1)
  return first === undefined || last === null ? null : { count, first, last }
}

type Wanted = { readonly range: MinuteRange; readonly most: number }

/** Looks back from the end, twice as far each time, until enough is found. */
function newestIn(schedule: Schedule, { timezone }: Cron, { range, most }: Wanted): readonly Minute[] {
  const zone = zoneOf(timezone)
  for (let back = FIRST_LOOK_BACK_MINUTES; ; back *= 2) {
    const from = Math.max(range.from, range.to - back) as Minute
    const { count } = countDue(schedule, zone, from, range.to)
    if (count < most && from > range.from) continue
    return count === 0 ? [] : nextMinutes(schedule, zone, addMinutes(from, -1), count).slice(-most)
  }
}
