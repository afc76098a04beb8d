import type { Minute } from '../../src/domain/minute.ts'
import { firstMatch } from '../../src/schedule/match.ts'
import type { Schedule } from '../../src/schedule/schedule.ts'
import { stretchAt } from '../../src/schedule/stretch.ts'
import type { Zone } from '../../src/schedule/zone.ts'

/** Whether a cron with that schedule, read in that zone, is due in `minute`. */
export function isDue(schedule: Schedule, zone: Zone, minute: Minute): boolean {
  const { from, to, localFrom, localTo } = stretchAt(zone, minute, schedule.wildcard)
  if (from > minute) return false
  const end = to === minute + 1 ? localTo : localFrom + 1
  return firstMatch(schedule, localFrom, end) !== null
}
