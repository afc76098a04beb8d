import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import type { LeaseRow, LeaseTable } from '../store/sql/lease-table.ts'

/** What watching a holder came to; `changed`: the row is gone or another's, and is to be read again. */
export type Sign = 'alive' | 'dead' | 'changed' | 'stopped'

/** How the holder of a lease is watched. */
export type WatchParts = {
  readonly table: LeaseTable
  readonly clock: Clock
  readonly log: Log
  readonly stop: AbortSignal
  /** A holder that does not move for so long counts as dead. */
  readonly silenceMs: number
}

const LOOK_MS = 500
/** An answer that took longer says nothing about the time in between: perhaps the holder's beats waited as well. */
const STALL_MS = 2_000
/** After this time the wait is logged. */
const TOLD_AFTER_MS = 5_000

/** Waits for a sign of life of `row`'s holder, or for its silence to be long enough. Rejects with the table's DatabaseFault. */
export async function watchHolder(row: LeaseRow, parts: WatchParts): Promise<Sign> {
  const { table, clock, stop, silenceMs } = parts
  let quietSince = clock.monotonic()
  let isTold = false
  while (clock.monotonic() - quietSince < silenceMs) {
    await clock.sleep(LOOK_MS, stop)
    if (stop.aborted) return 'stopped'
    const asked = clock.monotonic()
    const sign = signIn(await table.read(), row)
    if (sign !== null) return sign
    if (clock.monotonic() - asked > STALL_MS) quietSince = clock.monotonic()
    if (isTold || clock.monotonic() - quietSince < TOLD_AFTER_MS) continue
    isTold = true
    tellWaiting(row, parts)
  }
  return 'dead'
}

/** Null if nothing has moved. */
function signIn(now: LeaseRow | null, before: LeaseRow): Sign | null {
  if (now?.incarnation !== before.incarnation) return 'changed'
  return now.beat === before.beat ? null : 'alive'
}

function tellWaiting({ host, pid }: LeaseRow, { log, silenceMs }: WatchParts): void {
  log.warn(
    { host, pid, silenceS: silenceMs / 1_000 },
    'another daemon held this database and shows no sign of life; waiting until it counts as dead',
  )
}
