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

/** Puts `rows` into `table`, each in place of the one that has its key; `atOnce` of them by one statement. */
export async function replaceRows(
  db: Database,
  { name, columns }: HistoryTable,
  rows: readonly StoredRow[],
  atOnce = rows.length,
): Promise<void> {
  const names = Object.keys(columns)
  const row = `(${marks(names)})`
  for (const some of inPieces(rows, atOnce)) {
    await change(
      db,
      `replace into ${name} (${names.join(', ')}) values ${some.map(() => row).join(', ')}`,
      some.flatMap((values) => names.map((column) => values[column] ?? null)),
    )
  }
}

/** Pieces of `most`, and what is left over in powers of two: few lengths, so that few statements are to be prepared. */
function* inPieces<Row>(rows: readonly Row[], most: number): Generator<readonly Row[]> {
  for (let from = 0, length = most; from < rows.length; from += length) {
    while (length > rows.length - from) length = length > 1 ? length >> 1 : 1
    yield rows.slice(from, from + length)
  }
}
