import type { Ask, RawRow } from '../sql/ask.ts'

/** Rows of one table. */
export type Selection = {
  readonly table: string
  readonly columns: readonly string[]
  /** Absent: all rows. */
  readonly where?: { readonly column: string; readonly is: '=' | '>'; readonly value: unknown }
  /** Absent: no limit. */
  readonly limit?: number
}

/**
 * Reads what is selected, in order of id. Without Kysely, which takes longer to load than all that a command reads; names of tables and columns
 * are rcron's own.
 */
export function selectRows(ask: Ask, { table, columns, where, limit }: Selection): Promise<readonly RawRow[]> {
  const parts = [
    `select ${columns.map(quoted).join(', ')} from ${quoted(table)}`,
    ...(where === undefined ? [] : [`where ${quoted(where.column)} ${where.is} ?`]),
    'order by `id`',
    ...(limit === undefined ? [] : [`limit ${limit}`]),
  ]
  return ask(parts.join(' '), where === undefined ? [] : [where.value])
}

/** What stands in one column of a table, each text once and the first `limit` of them, in order. */
export async function selectTexts(
  ask: Ask,
  { table, column, limit }: { readonly table: string; readonly column: string; readonly limit: number },
): Promise<readonly string[]> {
  const rows = await ask(`select distinct ${quoted(column)} as text from ${quoted(table)} order by 1 limit ${limit}`)
  return rows.map(({ text }) => text).filter((text) => typeof text === 'string')
}

/** As MySQL and SQLite both read it. */
function quoted(name: string): string {
  return `\`${name}\``
}
