import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely'
import { ExitError } from '../../domain/errors.ts'
import type { Table } from '../sql/tables.ts'
import type { AnyTables, Values } from './shelf-checks.ts'

const REFUSED = 6

/** Whether a row is, in all that `seen` has of it, what somebody saw. As a condition of the statement that changes it. */
export function isAsSeen(
  eb: ExpressionBuilder<AnyTables, string>,
  seen: Values,
): ExpressionWrapper<AnyTables, string, SqlBool> {
  return eb.and(
    Object.entries(seen).map(([column, value]) => (value === null ? eb(column, 'is', null) : eb(column, '=', value))),
  )
}

/** What `seen` has in columns that the table has, without those that runs write. */
export function comparable(seen: Values, { columns }: Pick<Table, 'columns'>, present: ReadonlySet<string>): Values {
  return Object.fromEntries(Object.entries(seen).filter(([name]) => Object.hasOwn(columns, name) && present.has(name)))
}

/** What somebody changed between the look at a row and its change: nothing is written over it. */
export function editConflict(
  subject: string,
  { columns }: Pick<Table, 'columns'>,
  seen: Values,
  found: Values,
): ExitError {
  const changed = Object.keys(seen).filter((name) => seen[name] !== found[name])
  const named = changed.map((name) =>
    columns[name]?.secret === true
      ? name
      : `${name} was ${JSON.stringify(seen[name])}, is ${JSON.stringify(found[name])}`,
  )
  const how = named.length === 0 ? '' : `: ${named.join('; ')}`
  return new ExitError(
    REFUSED,
    `${subject} was changed by somebody else meanwhile${how}; nothing was changed`,
    'Look at it again, and repeat the change if it is still wanted. "rcron audit" has who changed what.',
  )
}
