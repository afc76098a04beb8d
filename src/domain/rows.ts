import type { AUTH_COLUMNS } from './columns/auths.ts'
import type { RowOf } from './columns/column.ts'
import type { CRON_COLUMNS } from './columns/crons.ts'
import type { SYSTEM_COLUMNS } from './columns/systems.ts'
import type { PauseRow } from './pauses/pause-row.ts'

/**
 * The stored model: rows as the store holds them, under the names of their columns.
 * Their shape has been checked when they were read, their meaning has not.
 * Columns that the first rcron did not have are null if the store lacks them.
 */
export type AuthRow = RowOf<typeof AUTH_COLUMNS>
/** A row of the table of systems. */
export type SystemRow = RowOf<typeof SYSTEM_COLUMNS>
/** A row of the table of crons. */
export type CronRow = RowOf<typeof CRON_COLUMNS>

/** Everything the store defines, in order of id. */
export type Definitions = {
  readonly auths: readonly AuthRow[]
  readonly systems: readonly SystemRow[]
  readonly crons: readonly CronRow[]
  /** What is not to be started for a time. Absent: nothing is paused. */
  readonly pauses?: readonly PauseRow[]
}

/** Stands for the id of a row that the store has not seen yet: it comes behind all others. */
export const NEW_ROW_ID = Number.MAX_SAFE_INTEGER
