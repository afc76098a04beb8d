import { CompiledQuery, type Kysely } from 'kysely'
import { yieldToOthers } from '../../platform/waiting/yielding.ts'
import { askWithin } from '../sql/ask.ts'
import type { Tables } from '../sql/tables.ts'
import type { StoredRow } from './history-columns.ts'
import type { HistoryTable } from './history-tables.ts'
import { askInTurn, marks, rowsWithKeys, type Value } from './questions.ts'

/** What may be asked within one transaction, or outside of any. */
export type Database = Kysely<Tables>

/** As `askInTurn`, of what is read to be changed. */
export function ask(db: Database, statement: string, values: readonly Value[] = []): Promise<readonly StoredRow[]> {
  return askInTurn(askWithin(db), statement, values)
}

/** Carries out one statement, after whoever else waits for the event loop; how many rows it changed. */
export async function change(db: Database, statement: string, values: readonly Value[] = []): Promise<number> {
  await yieldToOthers()
  return Number((await db.executeQuery(CompiledQuery.raw(statement, [...values]))).numAffectedRows ?? 0n)
}

/** As `rowsWithKeys`, of what is read to be changed. */
export function rowsIn(
  db: Database,
  table: Pick<HistoryTable, 'name'> & { readonly columns: readonly string[] },
  keys: readonly [string, readonly Value[]],
): Promise<readonly StoredRow[]> {
  return rowsWithKeys(askWithin(db), table, keys)
}

/** Puts `rows` into `table`, each in place of the one that has its key. */
export async function replaceRows(db: Database, { name, columns }: HistoryTable, rows: readonly StoredRow[]) {
  if (rows.length === 0) return
  const names = Object.keys(columns)
  const row = `(${marks(names)})`
  await change(
    db,
    `replace into ${name} (${names.join(', ')}) values ${rows.map(() => row).join(', ')}`,
    rows.flatMap((values) => names.map((column) => values[column] ?? null)),
  )
}
