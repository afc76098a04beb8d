import type { SchemaStep } from './schema-store.ts'
import type { PresentColumns } from './tables.ts'

/** How one database makes a table, and the columns that the first rcron's lacks. */
export type TableDdl = {
  readonly name: string
  readonly create: string
  /** Column to type. */
  readonly added: Readonly<Record<string, string>>
}

/** Pure: the statements that `present` lacks, in the order of `tables`. */
export function missingSteps(tables: readonly TableDdl[], present: PresentColumns): readonly SchemaStep[] {
  return tables.flatMap(({ name, create, added }): readonly SchemaStep[] => {
    const columns = present.get(name)
    if (columns === undefined) return [{ kind: 'table', table: name, sql: create }]
    return Object.entries(added)
      .filter(([column]) => !columns.has(column))
      .map(([column, type]) => ({
        kind: 'column',
        table: name,
        column,
        sql: `alter table ${name} add column ${column} ${type}`,
      }))
  })
}
