import type { Clock } from '../../platform/clock.ts'
import { Turns } from '../../platform/files/exclusion.ts'

/** Another rcron holds the file for the millisecond that a line takes. Milliseconds. */
const TURN_WAIT_MS = 2_000

/**
 * The turns in which the rcrons of this machine learn into the same known_hosts, one at a time: `takeOrDoWithout`, since known_hosts
 * itself may be writable where its directory takes no lock file.
 */
export function learningTurns(file: string, clock: Clock): Turns {
  return new Turns({ path: `${file}.lock`, clock, waitMs: TURN_WAIT_MS })
}
