import { judgePauses } from '../../definitions/judge/pauses/judge-pause.ts'
import { inForceAt, isOver, names, type Pause } from '../../definitions/judge/pauses/pause.ts'
import type { Cron } from '../../domain/cron.ts'
import { describePaused, type PauseRow } from '../../domain/pauses/pause-row.ts'
import { formatInstant } from '../../schedule/local-time.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import type { DescribedPause } from '../schemas.ts'

/** What pauses are described with. */
export type Describing = { readonly crons: readonly Cron[]; readonly now: number; readonly timezone: string }

/** The pauses that are not over, for those who look: what is in force first, then by their beginning. */
export function describedPauses(pauses: readonly Pause[], describing: Describing): readonly DescribedPause[] {
  const left = pauses.filter((pause) => !isOver(pause, describing.now))
  const described = left.map((pause) => describedPause(pause, describing))
  return described.sort((one, other) => Number(other.isInForce) - Number(one.isInForce))
}

/** Rows that have just been made, or ended. */
export function describedRows(rows: readonly PauseRow[], describing: Describing): readonly DescribedPause[] {
  return judgePauses(rows, describing.timezone).pauses.map((pause) => describedPause(pause, describing))
}

function describedPause(pause: Pause, { crons, now, timezone }: Describing): DescribedPause {
  const { id, since, until, schedule, minutes, timezone: own, reason, actor } = pause.row
  const zone = zoneOf(own ?? timezone)
  return {
    id,
    of: describePaused(pause.row),
    isInForce: inForceAt(pause, now) !== null,
    since: formatInstant(since, zone),
    until: until === null ? null : formatInstant(until, zone),
    schedule,
    minutes,
    timezone: schedule === null ? null : (own ?? timezone),
    reason,
    by: actor,
    crons: crons.filter((cron) => names(pause.row, cron)).length,
  }
}
