import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import { untilAborted, within } from '../platform/waiting/within.ts'

/** How long the store may take for the last records once all runs have ended. Milliseconds. */
const LAST_RECORDS_MS = 2_000

/** How long what was not begun may take to be reported. Milliseconds. */
const LAST_WORDS_MS = 2_000

/** What a stopping daemon waits for, and for how long. */
export type DrainParts = {
  readonly clock: Clock
  readonly log: Log
  /** Runs that are active, those of other processes included. */
  readonly active: () => Iterable<unknown>
  readonly idle: () => Promise<void>
  readonly recorded: () => Promise<void>
  /** Lets go of what is left; resolves when what was not begun is reported. */
  readonly abandon: () => Promise<void>
  /** Ends what is still active when the time is over, within a time of its own. Absent: it is left alive. */
  readonly killAll?: () => Promise<void>
  /** Milliseconds that active runs are waited for. */
  readonly drainMs: number
}

/**
 * Waits for active runs until they have ended, the time is over or `atOnce` aborts; what is then still active is killed where that is
 * asked for, and left alive under its lock else, or where its death cannot be confirmed, to be adopted by the next start. Never rejects.
 */
export async function drain(parts: DrainParts, atOnce: AbortSignal): Promise<void> {
  const { clock, log, active, idle, recorded, abandon, killAll, drainMs } = parts
  const waiting = [...active()].length
  if (waiting > 0) log.info({ active: waiting, drainMs }, 'waiting for active runs to end')
  await within(clock, drainMs, idle(), atOnce)
  const late = [...active()].length
  if (killAll !== undefined && late > 0 && !atOnce.aborted) {
    log.warn({ active: late }, 'drain time is over; killing active runs')
    await untilAborted(killAll(), atOnce)
  }
  const left = [...active()].length
  if (left > 0) log.warn({ active: left }, 'runs left running; the next start will adopt them')
  await within(clock, LAST_WORDS_MS, abandon(), atOnce)
  await within(clock, LAST_RECORDS_MS, recorded(), atOnce)
}
