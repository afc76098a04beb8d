import { describePause, inForceAt, type Pause } from '../../definitions/judge/pauses/pause.ts'
import { isSystemCalled } from '../../domain/references/called.ts'
import type { SystemRow } from '../../domain/rows.ts'
import type { Zone } from '../../schedule/zone.ts'

/** The pause of one of `systems`, or of everything, that is in force now, in words; null if there is none. Pauses of jobs and tags are not of the host. */
export function pauseOfSystems(
  systems: readonly SystemRow[],
  pauses: readonly Pause[],
  { now, zone }: { readonly now: number; readonly zone: Zone },
): string | null {
  for (const pause of pauses) {
    const { kind, subject } = pause.row
    if (kind !== 'all' && !(kind === 'system' && systems.some((system) => isSystemCalled(system, subject)))) continue
    const found = inForceAt(pause, now)
    if (found !== null) return describePause(found, zone)
  }
  return null
}
