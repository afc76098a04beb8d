import type { HistoryWriter } from '../history/history-writer.ts'
import type { Clock } from '../platform/clock.ts'
import { within } from '../platform/waiting/within.ts'
import type { SqlStore } from '../store/sql/sql-store.ts'
import type { LiveSettings } from './live-settings.ts'

/** What people have written into the store. All reject while it is away. */
export type StoreWrites = {
  /** Gives a lost run the end that somebody knows of. */
  readonly resolveRun: SqlStore['resolveRun']
  /** Puts pauses into it. */
  readonly writePauses: SqlStore['writePauses']
  /** Writes down who had what done. */
  readonly writeAudit: SqlStore['writeAudit']
}

/** What has just ended is written before somebody resolves it; while the store is away nobody waits for that. Milliseconds. */
const WRITE_MS = 5_000

/** Writes into the store in force at each call. */
export function composeWrites(live: Pick<LiveSettings, 'store'>, clock: Clock, history: HistoryWriter): StoreWrites {
  return {
    resolveRun: async (id, resolution) => {
      await within(clock, WRITE_MS, history.flushed())
      return await live.store.resolveRun(id, resolution)
    },
    writePauses: (rows, now) => live.store.writePauses(rows, now),
    writeAudit: (rows) => live.store.writeAudit(rows),
  }
}
