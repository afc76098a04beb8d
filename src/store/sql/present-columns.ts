import { namesOf } from '../../domain/columns/column.ts'
import { type Problem, warningAbout } from '../../domain/problem.ts'
import { DatabaseFault } from './database-fault.ts'
import type { Engine } from './engine.ts'
import type { SchemaAdvice } from './schema-advice.ts'
import { missingTables } from './table-sets.ts'
import { DEFINITION_TABLES, type PresentColumns, type Table } from './tables.ts'

/** What of the tables can be done without, and is not there: one warning for all columns, and one for each feature that is off. */
export function schemaWarnings(
  present: PresentColumns,
  { sets, advice }: Pick<Engine, 'sets' | 'advice'>,
): readonly Problem[] {
  const off = sets.flatMap((set) => {
    const missing = set.off === null ? [] : missingTables(set, present)
    const message = `table ${missing.join(', ')} ${advice.missing}: ${set.off}`
    return missing.length === 0 ? [] : [warningAbout({ kind: 'store' }, message, advice.forMissingTable)]
  })
  return [...missingColumnsWarnings(present, advice), ...off]
}

/** One warning for all columns that a later version added and that the tables lack; none where they are complete. */
function missingColumnsWarnings(present: PresentColumns, advice: SchemaAdvice): readonly Problem[] {
  const missing = DEFINITION_TABLES.flatMap(({ name: table, columns }) => {
    const there = present.get(table)
    if (there === undefined) return []
    return namesOf(columns, { nullable: true })
      .filter((column) => !there.has(column))
      .map((column) => `${table}.${column}`)
  })
  if (missing.length === 0) return []
  const message = `the tables lack ${missing.join(', ')}, which count as not set`
  return [warningAbout({ kind: 'store' }, message, advice.forMissingColumns)]
}

/** What can be read of `table`. Throws a DatabaseFault if the table, or a column that the first rcron had, is missing. */
export function selectableColumns(
  { name: table, columns }: Table,
  present: PresentColumns,
  { where, advice }: Pick<Engine, 'where' | 'advice'>,
): readonly string[] {
  const there = present.get(table)
  if (there === undefined) {
    throw new DatabaseFault({
      kind: 'missing-table',
      message: `${where}: table ${table} ${advice.missing}`,
      hint: advice.forMissingTable,
    })
  }
  const required = namesOf(columns, { nullable: false })
  const missing = required.filter((column) => !there.has(column))
  if (missing.length > 0) {
    throw new DatabaseFault({
      kind: 'missing-column',
      message: `${where}: table ${table} lacks ${missing.join(', ')}`,
      hint: 'this is not a table of rcron, or it was changed by hand: add the columns, or use another database',
    })
  }
  return [...required, ...namesOf(columns, { nullable: true }).filter((column) => there.has(column))]
}
