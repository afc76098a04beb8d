import type { ColumnKind } from '../../domain/columns/column.ts'
import { HISTORY_SET, historyInSqlite } from '../history/history-tables.ts'
import { PAUSE_SET } from '../pauses/pause-tables.ts'
import { type Dialect, ddlOf, defaultOf, type TableDdl, uniqueColumns } from '../sql/table-ddl.ts'
import { TABLE_SETS, type TableSet } from '../sql/table-sets.ts'
import { TABLE_OF, type Table } from '../sql/tables.ts'

const TYPES: Readonly<Record<ColumnKind, string>> = {
  id: 'integer primary key autoincrement',
  text: 'text',
  whole: 'integer',
  flag: 'integer',
  position: 'integer',
  seconds: 'real',
  moment: 'text',
}

const DIALECT: Dialect = {
  typeOf: (column) => {
    const type = TYPES[column.kind]
    if (column.kind === 'id' || column.nullable === true) return type
    const reference = column.references === undefined ? '' : ` references ${TABLE_OF[column.references].name} (id)`
    return `${type} not null${defaultOf(column)}${reference}`
  },
  constraintsOf: (table) => [
    `unique (${table.key.columns.join(', ')})`,
    ...uniqueColumns(table).map((name) => `unique (${name})`),
  ],
  tail: '',
  add: (table, name, column) => [
    `alter table ${table} add column ${name} ${TYPES[column.kind]}`,
    ...(column.unique === true ? [`create unique index if not exists ${table}_${name} on ${table} (${name})`] : []),
  ],
}

/** A set of tables as SQLite makes them. */
export function inSqlite(set: TableSet<Table>): TableSet<TableDdl> {
  return { ...set, tables: set.tables.map((table) => ddlOf(table, DIALECT)) }
}

/** One daemon at a time is a matter of the file, and needs no table. */
export const SQLITE_SETS: readonly TableSet<TableDdl>[] = [
  ...TABLE_SETS.map(inSqlite),
  { ...HISTORY_SET, tables: HISTORY_SET.tables.map(historyInSqlite) },
  { ...PAUSE_SET, tables: PAUSE_SET.tables.map(historyInSqlite) },
]
