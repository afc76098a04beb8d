import { DEFINITION_TABLES, type PresentColumns, type Table } from './tables.ts'

/** Tables that serve one feature, which is off while one of them is missing. */
export type TableSet<Each extends { readonly name: string }> = {
  readonly name: string
  /** In the order in which they can be made. */
  readonly tables: readonly Each[]
  /**
   * What there is not without them, as the one warning says it: `no history of runs is kept`. A daemon that may makes them. Null where
   * whoever uses the set sees to all this.
   */
  readonly off: string | null
}

/** The set without which there is nothing to do. */
export const DEFINITIONS = 'definitions'

/** The sets of every database. */
export const TABLE_SETS: readonly TableSet<Table>[] = [{ name: DEFINITIONS, tables: DEFINITION_TABLES, off: null }]

/** The names of the tables of `set` that are missing. */
export function missingTables(
  { tables }: TableSet<{ readonly name: string }>,
  present: PresentColumns,
): readonly string[] {
  return tables.map(({ name }) => name).filter((name) => !present.has(name))
}
