import type { Kysely } from 'kysely'
import { ExitError } from '../../domain/errors.ts'
import { uniqueColumns } from '../sql/table-ddl.ts'
import { TABLE_OF, type Table, type Tables } from '../sql/tables.ts'

/** Columns with their values, whichever table they belong to. */
export type Values = Readonly<Record<string, unknown>>
/** The tables as one that is handed column names may ask them. */
export type AnyTables = { [table: string]: { [column: string]: unknown } }

const SHOWN_CRONS = 5

/** With what a command exits. */
const [NOT_FOUND, REFUSED] = [4, 6]

type Write = {
  readonly table: Table
  readonly noun: string
  /** The row as it would be. */
  readonly row: Values
  /** Null: a new one. */
  readonly id: number | null
}

/** Rejects with an OperatorError where a row names another that is not there, or is what another row is already. */
export async function checkWrite(db: Kysely<Tables>, write: Write): Promise<void> {
  const { table, row } = write
  for (const [column, { references }] of Object.entries(table.columns)) {
    if (references !== undefined) await checkThere(db, references, row[column])
  }
  await checkUnique(db, write, table.key)
  for (const column of uniqueColumns(table)) await checkUnique(db, write, { columns: [column], words: column })
}

/** Values that are null, or not said, are no other's. */
async function checkUnique(
  db: Kysely<Tables>,
  { table, noun, row, id }: Write,
  key: Pick<Table['key'], 'columns' | 'words'>,
): Promise<void> {
  if (key.columns.some((column) => row[column] === null || row[column] === undefined)) return
  let query = (db as unknown as Kysely<AnyTables>).selectFrom(table.name).select('id').limit(1)
  for (const column of key.columns) query = query.where(column, '=', row[column])
  if (id !== null) query = query.where('id', '!=', id)
  const other = await query.executeTakeFirst()
  if (other === undefined) return
  throw new ExitError(
    REFUSED,
    `${noun} ${String(other['id'])} already has this ${key.words}`,
    `use that one, or change it with "rcron ${noun} edit ${String(other['id'])}"`,
  )
}

async function checkThere(db: Kysely<Tables>, noun: keyof typeof TABLE_OF, id: unknown): Promise<void> {
  const found = await db.selectFrom(TABLE_OF[noun].name).select('id').where('id', '=', Number(id)).executeTakeFirst()
  if (found !== undefined) return
  throw new ExitError(
    NOT_FOUND,
    `there is no ${noun} ${String(id)}`,
    `add it with "rcron ${noun} add", or choose one of "rcron ${noun} list"`,
  )
}

/** Rejects where crons still name `id` in `column`, and says which. */
export async function checkUnused(
  db: Kysely<Tables>,
  column: 'host' | 'user',
  { id, subject }: { readonly id: number; readonly subject: string },
): Promise<void> {
  const users = await db
    .selectFrom('rcron_crons')
    .select(['id', 'cron_name'])
    .where(column, '=', id)
    .orderBy('id')
    .execute()
  if (users.length === 0) return
  const named = users.slice(0, SHOWN_CRONS).map((cron) => `${cron.id} (${cron.cron_name})`)
  const more = users.length > SHOWN_CRONS ? ` and ${users.length - SHOWN_CRONS} more` : ''
  throw new ExitError(
    REFUSED,
    `${subject} is still used by cron ${named.join(', ')}${more}`,
    `remove those crons, or give them another with "rcron cron edit ID --${column} …"`,
  )
}
