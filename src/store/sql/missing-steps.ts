import type { SchemaStep } from './schema-store.ts'
import type { TableDdl } from './table-ddl.ts'
import type { TableSet } from './table-sets.ts'
import type { PresentColumns } from './tables.ts'

/** Pure: what `present` lacks, in the order in which it can be carried out. */
export function missingSteps(sets: readonly TableSet<TableDdl>[], present: PresentColumns): readonly SchemaStep[] {
  return sets.flatMap(({ name, off, tables }) =>
    tables.flatMap(({ name: table, create, indexes = [], added }): readonly SchemaStep[] => {
      const columns = present.get(table)
      if (columns === undefined) return [{ kind: 'table', set: { name, off }, table, statements: [create, ...indexes] }]
      return Object.entries(added)
        .filter(([column]) => !columns.has(column))
        .map(([column, statements]) => ({ kind: 'column', set: { name, off }, table, column, statements }))
    }),
  )
}
