import type { Minute } from '../domain/minute.ts'
import type { LocalMinute } from './calendar.ts'
import type { Zone, ZonePeriod } from './zone.ts'

/**
 * Minutes on end, with the local minutes on end that a schedule sees in them. Ends are exclusive.
 *
 * Either both are equally long, or one minute stands for several local ones, which the clock skipped.
 */
export type Stretch = {
  readonly from: Minute
  readonly to: Minute
  readonly localFrom: LocalMinute
  readonly localTo: LocalMinute
}

/** Larger changes of the clock are corrections: the new time counts at once. */
const LARGEST_DST_SHIFT = 180

/**
 * The stretch in which `minute` lies, from `minute` on.
 *
 * A wildcard schedule sees each minute's own local time. A fixed one sees skipped times in the first minute after the gap, and
 * repeated times on the first pass only: then the stretch begins later than `minute`, and may be empty.
 */
export function stretchAt(zone: Zone, minute: Minute, wildcard: boolean): Stretch {
  const period = zone.periodAt(minute)
  const { change } = period
  if (wildcard || change === null || Math.abs(change.shift) > LARGEST_DST_SHIFT) return plain(period, minute)
  if (change.shift > 0) return minute === change.at ? afterGap(period, minute, change.shift) : plain(period, minute)
  return plain(period, Math.min(Math.max(minute, change.at - change.shift), period.to) as Minute)
}

function plain({ to, offset }: ZonePeriod, from: Minute): Stretch {
  return { from, to, localFrom: from + offset, localTo: to + offset }
}

function afterGap({ offset }: ZonePeriod, minute: Minute, shift: number): Stretch {
  const local = minute + offset
  return { from: minute, to: (minute + 1) as Minute, localFrom: local - shift, localTo: local + 1 }
}
