import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import type { HistoryKeeping, Retention, SweepPlace } from '../store/history/history-store.ts'
import { StoreError } from '../store/sql/store-error.ts'

const MS_PER_DAY = 86_400_000
/** The first sweep leaves the start of a daemon alone. */
const FIRST_AFTER_MS = 10 * 60_000
const EVERY_MS = 6 * 3_600_000
/** Between two steps it rests for so many times as long as the step took: a twentieth of the store's time is its own. */
const REST = 19
const LEAST_REST_MS = 20

/** What is swept, how much is left, and by which clock. */
export type HistorySweeperParts = {
  readonly store: Pick<HistoryKeeping, 'sweepHistory'>
  /** Asked at each sweep, since a reload may change it. */
  readonly kept: () => { readonly days: number; readonly runs: number }
  readonly clock: Clock
  readonly log: Log
}

/** Deletes history that is older than it is kept, in small steps, until `stop` aborts. Never rejects: what fails is tried at the next sweep. */
export async function sweepUntil(parts: HistorySweeperParts, stop: AbortSignal): Promise<void> {
  await parts.clock.sleep(FIRST_AFTER_MS, stop)
  while (!stop.aborted) {
    await sweepOnce(parts, stop)
    await parts.clock.sleep(EVERY_MS, stop)
  }
}

async function sweepOnce(parts: HistorySweeperParts, stop: AbortSignal): Promise<void> {
  try {
    await sweep(parts, stop)
  } catch (error) {
    const fields = { err: error }
    if (error instanceof StoreError)
      parts.log.debug(fields, 'cannot delete old history now; the next sweep tries again')
    else parts.log.error(fields, 'cannot delete old history; the next sweep tries again')
  }
}

async function sweep({ store, kept, clock }: HistorySweeperParts, stop: AbortSignal): Promise<void> {
  const { days, runs } = kept()
  const retention: Retention = { before: keptFrom(clock.now(), days), runs, floors: new Map() }
  let place: SweepPlace | null = { table: 'runs', after: null }
  while (place !== null && !stop.aborted) {
    const began = clock.monotonic()
    place = await store.sweepHistory(place, retention)
    await clock.sleep(Math.max(LEAST_REST_MS, (clock.monotonic() - began) * REST), stop)
  }
}

/** The beginning, in UTC, of the first day that is kept. */
export function keptFrom(now: number, days: number): number {
  return (Math.floor(now / MS_PER_DAY) - days) * MS_PER_DAY
}
