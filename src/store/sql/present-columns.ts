import { type Problem, warningAbout } from '../../domain/problem.ts'
import { DatabaseFault } from './database-fault.ts'
import type { Engine } from './engine.ts'
import type { SchemaAdvice } from './schema-advice.ts'
import { DEFINITION_COLUMNS, type PresentColumns, TABLE_NAMES, type TableName } from './tables.ts'

/** One warning for all columns that a later version added and that the tables lack; null if they are complete. */
export function missingColumnsProblem(present: PresentColumns, advice: SchemaAdvice): Problem | null {
  const missing = TABLE_NAMES.flatMap((table) => {
    const columns = present.get(table)
    const { added } = DEFINITION_COLUMNS[table]
    return columns === undefined
      ? []
      : added.filter((column) => !columns.has(column)).map((column) => `${table}.${column}`)
  })
  if (missing.length === 0) return null
  const message = `the tables lack ${missing.join(', ')}, which count as not set`
  return warningAbout({ kind: 'store' }, message, advice.forMissingColumns)
}

/** What can be read of `table`. Throws a DatabaseFault if the table, or a column that the first rcron had, is missing. */
export function selectableColumns(
  table: TableName,
  present: PresentColumns,
  { where, advice }: Pick<Engine, 'where' | 'advice'>,
): readonly string[] {
  const columns = present.get(table)
  if (columns === undefined) {
    throw new DatabaseFault({
      kind: 'missing-table',
      message: `${where}: table ${table} ${advice.missing}`,
      hint: advice.forMissingTable,
    })
  }
  const { required, added } = DEFINITION_COLUMNS[table]
  const missing = required.filter((column) => !columns.has(column))
  if (missing.length > 0) {
    throw new DatabaseFault({
      kind: 'missing-column',
      message: `${where}: table ${table} lacks ${missing.join(', ')}`,
      hint: 'this is not a table of rcron, or it was changed by hand: add the columns, or use another database',
    })
  }
  return [...required, ...added.filter((column) => columns.has(column))]
}
