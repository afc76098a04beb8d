import type { Snapshot } from '../definitions/snapshot.ts'
import { type Minute, minuteOf } from '../domain/minute.ts'
import { describeProblem, type Problem, warningAbout } from '../domain/problem.ts'
import { isUtc } from '../domain/utc.ts'
import type { Log } from '../platform/log/log.ts'
import { machineOffsets, machineRulesVersion } from '../platform/machine-zone-rules.ts'
import { zoneOf } from '../schedule/timezone.ts'

/** The edition of the zone rules that schedules go by: Node brings them, whatever the machine has. */
export const ZONE_RULES = `tzdata ${process.versions['tz'] ?? 'of unknown version'}`

const YEARS_LOOKED_AT = 3
const MINUTES_PER_DAY = 1440

/** The zones that its enabled crons go by. */
export function zonesIn({ enabled }: Snapshot): ReadonlySet<string> {
  return new Set(enabled.map(({ timezone }) => timezone))
}

/**
 * A warning for each of `zones` whose coming offsets differ between the rules that rcron goes by and the machine's, which its other programs
 * go by. Zones that the machine cannot be asked about are ignored. Looks at one day after another: a difference of hours is not found.
 */
export async function reviewZones(
  zones: Iterable<string>,
  now: number,
  offsetsOf: typeof machineOffsets = machineOffsets,
): Promise<readonly Problem[]> {
  const from = minuteOf(now)
  const days = Array.from({ length: YEARS_LOOKED_AT * 366 }, (_, day) => (from + day * MINUTES_PER_DAY) as Minute)
  const problems: Problem[] = []
  for (const zone of zones) {
    if (isUtc(zone)) continue
    const theirs = await offsetsOf(zone, days)
    if (theirs === null) continue
    const { periodAt } = zoneOf(zone)
    const at = days.find((minute, index) => periodAt(minute).offset !== theirs[index])
    if (at !== undefined) problems.push(differing(zone, at))
  }
  return problems
}

/**
 * Reviews each zone once, when it is first in use, and logs what differs; asked again after every reading of the definitions. Never waits for
 * the answer, and never throws.
 */
export function zoneReview(log: Log): (zones: Iterable<string>, now: number) => void {
  const seen = new Set<string>()
  return (zones, now) => {
    const fresh = [...zones].filter((zone) => !seen.has(zone))
    for (const zone of fresh) seen.add(zone)
    const tell = (problems: readonly Problem[]) => {
      for (const problem of problems) log.warn({ problem: describeProblem(problem) }, 'time zone rules differ')
    }
    void reviewZones(fresh, now).then(tell)
  }
}

function differing(zone: string, minute: Minute): Problem {
  const day = new Date(minute * 60_000).toISOString().slice(0, 10)
  return warningAbout(
    { kind: 'time zone', name: zone },
    `from ${day} on, rcron (${ZONE_RULES}) and this machine (tzdata ${machineRulesVersion() ?? 'of unknown version'}) disagree about the local time`,
    'update the older one: rcron uses the rules built into Node',
  )
}
