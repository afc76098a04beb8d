import { yieldToOthers } from '../../platform/waiting/yielding.ts'
import type { Ask } from '../sql/ask.ts'
import type { StoredRow } from './history-columns.ts'
import type { HistoryTable } from './history-tables.ts'

/** What a column holds. */
export type Value = string | number | null

/** Asks after whoever else waits for the event loop: a store in a file is asked in one go. */
export async function askInTurn(ask: Ask, statement: string, values: readonly Value[] = []) {
  await yieldToOthers()
  return (await ask(statement, values)) as readonly StoredRow[]
}

/** The rows of `table` with one of these keys, which are one column's. */
export async function rowsWithKeys(
  ask: Ask,
  { name, columns }: Pick<HistoryTable, 'name'> & { readonly columns: readonly string[] },
  [column, keys]: readonly [string, readonly Value[]],
): Promise<readonly StoredRow[]> {
  if (keys.length === 0) return []
  const all = padded(keys)
  return await askInTurn(ask, `select ${columns.join(', ')} from ${name} where ${column} in (${marks(all)})`, all)
}

/** The last one again and again, up to a power of two: of few lengths, a statement is prepared once. */
function padded(keys: readonly Value[]): readonly Value[] {
  const length = 2 ** Math.ceil(Math.log2(keys.length))
  return [...keys, ...Array.from({ length: length - keys.length }, () => keys.at(-1) ?? null)]
}

/** A question mark for each of `values`. */
export function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}
