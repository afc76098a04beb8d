import type { Generated } from 'kysely'
import type { AuthRow, CronRow, SystemRow } from '../../domain/rows.ts'

/** A row's columns as they are written; `id` is given by the database. */
type Stored<Row extends { readonly id: number }> = {
  [Column in keyof Row]: Column extends 'id' ? Generated<number> : Row[Column]
}

/** The tables of the first rcron, with the columns that ours added. */
export type Tables = {
  rcron_auth: Stored<AuthRow & { checksum: string }>
  rcron_hosts: Stored<SystemRow>
  rcron_crons: Stored<CronRow & { last_run: string | null; duration: number | null; errors: string | null }>
}
/** The name of one of rcron's tables. */
export type TableName = keyof Tables
export const TABLE_NAMES: readonly TableName[] = ['rcron_auth', 'rcron_hosts', 'rcron_crons']

/** Whether definitions are read from the table `name`. */
export function isDefinitionTable(name: string): boolean {
  return TABLE_NAMES.some((table) => table === name)
}

type TableShape<Name extends TableName> = {
  /** Columns that the first rcron had. */
  readonly required: readonly (keyof Tables[Name] & string)[]
  /** Columns that ours added: null if the table lacks them. */
  readonly added: readonly (keyof Tables[Name] & string)[]
}

/** What definitions are read from. */
export const DEFINITION_COLUMNS: { readonly [Name in TableName]: TableShape<Name> } = {
  rcron_auth: { required: ['id', 'user', 'password'], added: ['passphrase', 'hosts'] },
  rcron_hosts: {
    required: ['id', 'host', 'port', 'local_port'],
    added: ['supervise', 'legacy_algorithms', 'login_timeout_s'],
  },
  rcron_crons: {
    required: [
      'id',
      'cron_name',
      'cron_path',
      'cron_min',
      'cron_hour',
      'cron_dom',
      'cron_mon',
      'cron_dow',
      'enabled',
      'host',
      'user',
      'action',
    ],
    added: [
      'timezone',
      'catch_up',
      'latest_start_min',
      'on_lost',
      'timeout_s',
      'kill_grace_s',
      'own_connection',
      'keep_output',
    ],
  },
}

/** The columns each table has; a table that is not there has no entry. Names in lower case. */
export type PresentColumns = ReadonlyMap<string, ReadonlySet<string>>
