import type { Cron } from '../domain/cron.ts'
import type { Problem } from '../domain/problem.ts'
import type { Schedule } from '../schedule/schedule.ts'
import type { ScheduleTable } from '../schedule/schedule-table.ts'

/** All definitions, judged and ready, as of one reading. Never changed: the next reading makes a new one. */
export type Snapshot = {
  /** Every row that is sound, enabled or not, in order of id. */
  readonly crons: readonly Cron[]
  /** The enabled ones among `crons`, in the order of the table's entries. */
  readonly enabled: readonly Cron[]
  /** When the crons of `enabled` are due. */
  readonly table: ScheduleTable
  /** Schedules by the id of their cron, for all of `crons`. */
  readonly schedules: ReadonlyMap<number, Schedule>
  /** What is wrong with rows, of the store's finding and of ours. */
  readonly problems: readonly Problem[]
}
