import type { Cron } from '../domain/cron.ts'
import type { Problem } from '../domain/problem.ts'
import type { Schedule } from '../schedule/schedule.ts'
import type { ScheduleTable } from '../schedule/schedule-table.ts'
import type { Pause } from './judge/pauses/pause.ts'

/** The crons of a reading, each judged by itself. */
export type JudgedCrons = {
  /** Every row that is sound, enabled or not, in order of id. */
  readonly crons: readonly Cron[]
  /** The enabled ones among `crons`. */
  readonly enabled: readonly Cron[]
  /** Schedules by the id of their cron, for all of `crons`. */
  readonly schedules: ReadonlyMap<number, Schedule>
  /** What is wrong with rows, of the store's finding and of ours. */
  readonly problems: readonly Problem[]
}

/**
 * All definitions, judged and ready, as of one reading; the problems are also those of crons that do not go together. Never changed: the next
 * reading makes a new one.
 */
export type Snapshot = JudgedCrons & {
  /** When the crons of `enabled` are due; its entries are in their order. */
  readonly table: ScheduleTable
  /** What is not to be started for a time; also what is over, since minutes may be planned late. */
  readonly pauses: readonly Pause[]
}
