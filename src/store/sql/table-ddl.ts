import { type Column, type Columns, namesOf } from '../../domain/columns/column.ts'
import type { Table } from './tables.ts'

/** How one database makes a table, and the columns that a table of an older version lacks. */
export type TableDdl = {
  readonly name: string
  readonly create: string
  /** The indexes that are made with it, where that takes statements of their own. */
  readonly indexes?: readonly string[]
  /** The statements that add a column, by its name; they are carried out together. */
  readonly added: Readonly<Record<string, readonly string[]>>
}

/** What differs between the statements of one database and another. */
export type Dialect = {
  /** What follows the name of a column where a table is made. */
  readonly typeOf: (column: Column) => string
  /** What follows the columns. */
  readonly constraintsOf: (table: Table) => readonly string[]
  /** What follows the whole. */
  readonly tail: string
  readonly add: (table: string, name: string, column: Column) => readonly string[]
}

export function ddlOf(table: Table, { typeOf, constraintsOf, tail, add }: Dialect): TableDdl {
  const { name } = table
  const columns = inOrder(table)
  const lines = [
    ...Object.entries(columns).map(([column, facts]) => `${column} ${typeOf(facts)}`),
    ...constraintsOf(table),
  ]
  const added = Object.entries(columns).flatMap(([column, facts]) =>
    facts.nullable === true ? [[column, add(name, column, facts)]] : [],
  )
  return {
    name,
    create: `create table if not exists ${name} (\n  ${lines.join(',\n  ')}\n)${tail}`,
    added: Object.fromEntries(added),
  }
}

/** Those columns last that a table of an older version lacks, as it gets them. */
function inOrder({ columns, further }: Table): Columns {
  const named = (nullable: boolean) => namesOf(columns, { nullable }).map((name) => [name, columns[name]])
  return Object.fromEntries([...named(false), ...Object.entries(further), ...named(true)])
}

/** The columns of `table` that are unique each. */
export function uniqueColumns({ columns }: Pick<Table, 'columns'>): readonly string[] {
  return Object.entries(columns).flatMap(([name, { unique }]) => (unique === true ? [name] : []))
}

/** The default of a column as SQL text; empty where it has none. */
export function defaultOf({ default: value }: Column): string {
  if (value === undefined) return ''
  return ` default ${typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : value}`
}
