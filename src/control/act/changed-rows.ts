import type { AuthRow, CronRow, Definitions, SystemRow } from '../../domain/rows.ts'
import type { ChangedRows } from '../schemas.ts'

type Row = { readonly id: number }

/** The rows that differ between two readings, as people call them. Pure. */
export function changedRows(before: Definitions, after: Definitions): ChangedRows {
  const tables = [
    compare(before.auths, after.auths, nameOfAuth),
    compare(before.systems, after.systems, nameOfSystem),
    compare(before.crons, after.crons, nameOfCron),
  ]
  return {
    added: tables.flatMap(({ added }) => added),
    edited: tables.flatMap(({ edited }) => edited),
    removed: tables.flatMap(({ removed }) => removed),
  }
}

function compare<R extends Row>(before: readonly R[], after: readonly R[], nameOf: (row: R) => string): ChangedRows {
  const known = new Map(before.map((row) => [row.id, row]))
  const present = new Set(after.map(({ id }) => id))
  return {
    added: after.filter(({ id }) => !known.has(id)).map(nameOf),
    edited: after.filter((row) => differs(known.get(row.id), row)).map(nameOf),
    removed: before.filter(({ id }) => !present.has(id)).map(nameOf),
  }
}

/** Rows of one table have their columns in one order. */
function differs(one: Row | undefined, other: Row): boolean {
  if (one === undefined) return false
  const values = Object.values(other)
  return !Object.values(one).every((value, at) => value === values[at])
}

function nameOfCron({ id, cron_name }: CronRow): string {
  return `cron ${id} ${JSON.stringify(cron_name)}`
}

function nameOfSystem({ id, host, port }: SystemRow): string {
  return `system ${id} ${host}:${port}`
}

function nameOfAuth({ id, user }: AuthRow): string {
  return `auth ${id} ${JSON.stringify(user)}`
}
