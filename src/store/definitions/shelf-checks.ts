import type { Kysely } from 'kysely'
import { OperatorError } from '../../domain/errors.ts'
import type { TableName, Tables } from '../sql/tables.ts'
import type { AnyTables, Columns } from './sql-shelf.ts'

const SHOWN_CRONS = 5

type UniqueKey = {
  readonly table: TableName
  readonly noun: string
  readonly columns: readonly string[]
  /** The key in words that hold no secret. */
  readonly words: string
}

/** Rejects where another row than `id` has the same values in the columns of `key`. */
export async function checkUnique(db: Kysely<Tables>, key: UniqueKey, row: Columns, id: number | null): Promise<void> {
  let query = (db as unknown as Kysely<AnyTables>).selectFrom(key.table).select('id').limit(1)
  for (const column of key.columns) query = query.where(column, '=', row[column])
  if (id !== null) query = query.where('id', '!=', id)
  const other = await query.executeTakeFirst()
  if (other === undefined) return
  throw new OperatorError(
    `${key.noun} ${String(other['id'])} already has this ${key.words}`,
    `use that one, or change it with "rcron ${key.noun} edit ${String(other['id'])}"`,
  )
}

/** Rejects where `table` has no row `id`, which is to be a cron's `column`. */
export async function checkThere(
  db: Kysely<Tables>,
  { table, noun }: { readonly table: 'rcron_hosts' | 'rcron_auth'; readonly noun: string },
  id: unknown,
): Promise<void> {
  const found = await db.selectFrom(table).select('id').where('id', '=', Number(id)).executeTakeFirst()
  if (found !== undefined) return
  throw new OperatorError(
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
  throw new OperatorError(
    `${subject} is still used by cron ${named.join(', ')}${more}`,
    `remove those crons, or give them another with "rcron cron edit ID --${column} …"`,
  )
}
