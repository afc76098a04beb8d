import type { AUTH_COLUMNS } from '../../domain/columns/auths.ts'
import type { NewRowOf, RowOf } from '../../domain/columns/column.ts'
import type { CRON_COLUMNS, RECORD_COLUMNS } from '../../domain/columns/crons.ts'
import type { SYSTEM_COLUMNS } from '../../domain/columns/systems.ts'
import type { DefinitionNames } from '../../domain/definition-names.ts'
import type { PauseRow } from '../../domain/pauses/pause-row.ts'
import type { Problem } from '../../domain/problem.ts'
import type { AuthRow, CronRow, SystemRow } from '../../domain/rows.ts'

/** An auth to be added: what must be given, and what may be. */
export type NewAuth = NewRowOf<typeof AUTH_COLUMNS>
/** A system to be added: what must be given, and what may be. */
export type NewSystem = NewRowOf<typeof SYSTEM_COLUMNS>
/** A cron to be added: what must be given, and what may be. */
export type NewCron = NewRowOf<typeof CRON_COLUMNS>

/** A cron with what its last run left in the row. */
export type StoredCron = CronRow & RowOf<typeof RECORD_COLUMNS>

/** One row as it is listed: a row whose shape does not hold can still be seen, edited and removed. */
export type Entry<Row> = {
  readonly id: number
  /** The row's `user`, `host` or `cron_name`; empty if that is what is wrong with it. */
  readonly name: string
  /** Null if the shape does not hold; `problem` then says why. */
  readonly row: Row | null
  readonly problem: Problem | null
}

/** A row as somebody saw it. */
export type SeenRow = { readonly id: number }

/**
 * The rows of one table, one at a time. Every change is one transaction. Methods reject with an OperatorError that says what to do
 * where the input clashes with other rows, and with a StoreError where the store cannot be asked.
 */
export interface Shelf<Row, Fields> {
  /** All rows, in order of id. */
  list(): Promise<readonly Entry<Row>[]>
  /** The row whose id is `reference`, else every row that is called so, in order of id. Empty if there is none. */
  find(reference: string): Promise<readonly Entry<Row>[]>
  /**
   * Resolves with the new row's id. `settle` answers, once the id is known and in the same transaction, what is to be changed of
   * `fields`.
   */
  add(fields: Fields, settle?: (id: number) => Partial<Fields>): Promise<number>
  /** As `add`, of several rows: all of them, or none. Resolves with their ids in the same order. */
  addAll(rows: readonly Fields[]): Promise<readonly number[]>
  /** Changes the columns that are given and leaves the others. */
  edit(id: number, changes: Partial<Fields>): Promise<void>
  /**
   * As `edit`, of several rows: all of them, or none. `seen`: rows as whoever changes them saw them; where one of these has been changed
   * since, by whomever and however, it rejects with an ExitError.
   */
  editAll(ids: readonly number[], changes: Partial<Fields>, seen?: readonly SeenRow[]): Promise<void>
  /** Removes one row, unless a cron still uses it. */
  remove(id: number): Promise<void>
  /** As `remove`, of several rows: all of them, or none. */
  removeAll(ids: readonly number[]): Promise<void>
}

/** What a pause named when it was seen, and is to name from now on, or that it ends. */
export type MovedPause = { readonly was: PauseRow; readonly became: PauseRow }

/** That another machine takes the place of a system, with all rows as somebody saw them. */
export type SystemReplacement = {
  readonly old: SystemRow
  /** Where the system is from now on; or another system, to which the crons go, and `old` is removed. */
  readonly into:
    | { readonly kind: 'place'; readonly place: Pick<SystemRow, 'host' | 'port' | 'local_port'> }
    | { readonly kind: 'system'; readonly system: SystemRow; readonly crons: readonly StoredCron[] }
  readonly pauses: readonly MovedPause[]
}

/** Changes what the store defines, for the command line. */
export interface DefinitionEditor {
  readonly auths: Shelf<AuthRow, NewAuth>
  readonly systems: Shelf<SystemRow, NewSystem>
  readonly crons: Shelf<StoredCron, NewCron>
  /** All pauses, also those that are over. Rejects with a StoreError where the store cannot be asked. */
  readonly pauses: () => Promise<readonly PauseRow[]>
  /**
   * In one transaction: all of it, or nothing. Rejects with an ExitError where a row is not what was seen, or another one is in the way, and with
   * a StoreError where the store cannot be asked.
   */
  readonly replaceSystem: (replacement: SystemReplacement) => Promise<void>
  /** What the rows are called now. Rejects with a StoreError where the store cannot be asked. */
  readonly names: () => Promise<DefinitionNames>
}
