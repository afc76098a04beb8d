import type { Generated } from 'kysely'
import { AUTH_COLUMNS } from '../../domain/columns/auths.ts'
import type { Columns, RowOf } from '../../domain/columns/column.ts'
import { CRON_COLUMNS, RECORD_COLUMNS } from '../../domain/columns/crons.ts'
import { SYSTEM_COLUMNS } from '../../domain/columns/systems.ts'

/** One table, whichever database it is in. */
export type Table = {
  readonly name: string
  /** What a row of it is: all that is read of it, but for `further`. */
  readonly columns: Columns
  /** Columns that are none of the row's own: what follows from them, and what runs leave there. */
  readonly further: Columns
  /** The columns in which no two rows are equal; `words`: what they are, without a secret. */
  readonly key: { readonly name: string; readonly columns: readonly string[]; readonly words: string }
}

/** What makes an auth unique without an index over the secret. */
const CHECKSUM = { checksum: { kind: 'text', length: 64 } } as const satisfies Columns

export const AUTH_TABLE = {
  name: 'rcron_auth',
  columns: AUTH_COLUMNS,
  further: CHECKSUM,
  key: { name: 'rcron_auth_user', columns: ['user', 'checksum'], words: 'user and password' },
} as const satisfies Table

export const SYSTEM_TABLE = {
  name: 'rcron_hosts',
  columns: SYSTEM_COLUMNS,
  further: {},
  key: { name: 'rcron_hosts_host', columns: ['host', 'port', 'local_port'], words: 'host and ports' },
} as const satisfies Table

export const CRON_TABLE = {
  name: 'rcron_crons',
  columns: CRON_COLUMNS,
  further: RECORD_COLUMNS,
  key: {
    name: 'rcron_crons_cron',
    columns: ['cron_name', 'cron_path', 'host', 'user'],
    words: 'name, path, host and user',
  },
} as const satisfies Table

/** What definitions are read from, in the order in which the tables can be made: crons refer to the other two. */
export const DEFINITION_TABLES = [AUTH_TABLE, SYSTEM_TABLE, CRON_TABLE] as const

/** The table of what a column `references`. */
export const TABLE_OF = { auth: AUTH_TABLE, system: SYSTEM_TABLE } as const

/** A row's columns as they are written; `id` is given by the database. */
type Stored<One extends Table> = {
  [Column in keyof (RowOf<One['columns']> & RowOf<One['further']>)]: Column extends 'id'
    ? Generated<number>
    : (RowOf<One['columns']> & RowOf<One['further']>)[Column]
}

/** The tables as questions are put to them. */
export type Tables = { [One in (typeof DEFINITION_TABLES)[number] as One['name']]: Stored<One> }

/** The columns each table has; a table that is not there has no entry. Names in lower case. */
export type PresentColumns = ReadonlyMap<string, ReadonlySet<string>>
