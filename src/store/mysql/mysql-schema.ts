import type { Column, ColumnKind } from '../../domain/columns/column.ts'
import { HISTORY_SET, historyInMysql } from '../history/history-tables.ts'
import { PAUSE_SET } from '../pauses/pause-tables.ts'
import { type Dialect, ddlOf, defaultOf, type TableDdl, uniqueColumns } from '../sql/table-ddl.ts'
import { TABLE_SETS, type TableSet } from '../sql/table-sets.ts'
import { TABLE_OF, type Table } from '../sql/tables.ts'

const ENGINE = 'engine = InnoDB default character set utf8mb4 collate utf8mb4_bin'

/** Who works on the database: see `daemon/row-lease.ts`. The time is for people; nobody compares it. */
export const MYSQL_LEASE_TABLE: TableDdl = {
  name: 'rcron_lease',
  create: `create table if not exists rcron_lease (
  name varchar(32) not null primary key,
  incarnation char(32) not null,
  installation char(32) not null,
  host varchar(255) not null,
  pid int not null,
  boot_id varchar(64) null,
  beat bigint not null,
  beat_at datetime not null
) ${ENGINE}`,
  added: {},
}

const TYPES: Readonly<Record<ColumnKind, string>> = {
  id: 'int',
  text: 'text',
  whole: 'int',
  flag: 'tinyint',
  position: 'tinyint',
  seconds: 'double(8,2)',
  moment: 'timestamp',
}

const DIALECT: Dialect = {
  typeOf: (column) => {
    if (column.kind === 'id') return 'int not null auto_increment primary key'
    return column.nullable === true
      ? nullable(bareType(column), column)
      : `${bareType(column)} not null${defaultOf(column)}`
  },
  constraintsOf: (table) => [...keyOf(table), ...uniqueKeys(table), ...foreignKeys(table)],
  tail: ` ${ENGINE}`,
  add: (table, name, column) => {
    const key = column.unique === true ? `, add unique key ${table}_${name} (${name})` : ''
    return [`alter table ${table} add column ${name} ${nullable(typeBesideOthers(column), column)}${key}`]
  },
}

/** A set of tables as MySQL and MariaDB make them. */
export function inMysql(set: TableSet<Table>): TableSet<TableDdl> {
  return { ...set, tables: set.tables.map((table) => ddlOf(table, DIALECT)) }
}

/** The daemon's lease makes its table, tells why it cannot, and has another way then. */
export const MYSQL_SETS: readonly TableSet<TableDdl>[] = [
  ...TABLE_SETS.map(inMysql),
  { ...HISTORY_SET, tables: HISTORY_SET.tables.map((table) => historyInMysql(table, ENGINE)) },
  { ...PAUSE_SET, tables: PAUSE_SET.tables.map((table) => historyInMysql(table, ENGINE)) },
  { name: 'lease', tables: [MYSQL_LEASE_TABLE], off: null },
]

function bareType({ kind, length }: Column): string {
  return kind === 'text' && length !== undefined ? `varchar(${length})` : TYPES[kind]
}

/** In a table of the first rcron, whose character set may lack what a text holds. */
function typeBesideOthers(column: Column): string {
  if (column.kind !== 'text') return bareType(column)
  return `${bareType(column)} character set utf8mb4${column.unique === true ? ' collate utf8mb4_bin' : ''}`
}

/** A timestamp would be set by itself. */
function nullable(type: string, { kind }: Column): string {
  return `${type} null${kind === 'moment' ? ' default null' : ''}`
}

/** A text may be longer than an index takes, so that its digest stands for it in the key. */
function keyOf({ columns, further, key }: Table): readonly string[] {
  const all = { ...columns, ...further }
  const isLong = (name: string) => all[name]?.kind === 'text' && all[name].length === undefined
  const digests = key.columns
    .filter(isLong)
    .map((name) => `${name}_digest binary(32) generated always as (unhex(sha2(${name}, 256))) stored`)
  const parts = key.columns.map((name) => (isLong(name) ? `${name}_digest` : name))
  return [...digests, `unique key ${key.name} (${parts.join(', ')})`]
}

function uniqueKeys(table: Table): readonly string[] {
  return uniqueColumns(table).map((name) => `unique key ${table.name}_${name} (${name})`)
}

function foreignKeys({ name: table, columns }: Table): readonly string[] {
  return Object.entries(columns).flatMap(([name, { references }]) =>
    references === undefined
      ? []
      : [`constraint ${table}_${name} foreign key (${name}) references ${TABLE_OF[references].name} (id)`],
  )
}
