import { type Minute, minuteOf } from '../../domain/minute.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import { timeOf } from '../shared/past-time.ts'

/** The minute that `--at` names, in `timezone` where it says no other. Throws an InvalidInputError if it is no time. */
export function minuteAt(text: string, timezone: string, now: number): Minute {
  return minuteOf(timeOf('--at', text, { now, zone: zoneOf(timezone), toward: 'any' }))
}
