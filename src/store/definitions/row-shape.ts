import * as z from 'zod'
import { AUTH_COLUMNS } from '../../domain/columns/auths.ts'
import type { Column, ColumnKind, Columns, RowOf } from '../../domain/columns/column.ts'
import { CRON_COLUMNS, RECORD_COLUMNS } from '../../domain/columns/crons.ts'
import { SYSTEM_COLUMNS } from '../../domain/columns/systems.ts'
import type { About, Problem, RowKind } from '../../domain/problem.ts'
import type { StoredCron } from './definition-editor.ts'

/** A row as the database gave it. */
export type RawRow = Readonly<Record<string, unknown>>

/** What is taken from the database for a column, and how what is expected is called. */
const TAKEN: Readonly<Record<ColumnKind, z.ZodType<string | number | null>>> = {
  id: z.int({ error: 'a whole number' }),
  text: z.string({ error: 'text' }),
  whole: z.int({ error: 'a whole number' }),
  flag: z.int({ error: 'a whole number' }),
  position: z.int({ error: 'a whole number' }),
  seconds: z.number(),
  // A zero date is one that was never set.
  moment: z.string().transform((at) => (at.startsWith('0000') ? null : at)),
}

function takenOf({ kind, nullable }: Column): z.ZodType {
  return nullable === true ? TAKEN[kind].nullable().default(null) : TAKEN[kind]
}

function shapeOf(columns: Columns, taken: (column: Column) => z.ZodType = takenOf) {
  return z.object(Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, taken(column)])))
}

/** What a run left behind never makes a row unusable. */
const storedCron = shapeOf(CRON_COLUMNS).extend(
  shapeOf(RECORD_COLUMNS, (column) => takenOf(column).catch(null)).shape,
) as unknown as z.ZodType<StoredCron>

/** How the rows of one table are judged, and called in problems. */
export type RowShape<Row> = {
  readonly schema: z.ZodType<Row>
  readonly noun: RowKind
  /** The column by which people call a row. */
  readonly nameColumn: string
  readonly columns: Columns
}

/** How the rows of a table with these columns are judged. */
export function rowShape<All extends Columns>(
  columns: All,
  called: Pick<RowShape<unknown>, 'noun' | 'nameColumn'>,
): RowShape<RowOf<All>> {
  return { ...called, columns, schema: shapeOf(columns) as unknown as z.ZodType<RowOf<All>> }
}

export const AUTH_SHAPE = rowShape(AUTH_COLUMNS, { noun: 'auth', nameColumn: 'user' })
export const SYSTEM_SHAPE = rowShape(SYSTEM_COLUMNS, { noun: 'system', nameColumn: 'host' })
export const CRON_SHAPE = rowShape(CRON_COLUMNS, { noun: 'cron', nameColumn: 'cron_name' })
export const STORED_CRON_SHAPE: RowShape<StoredCron> = { ...CRON_SHAPE, schema: storedCron }

const SHOWN_CHARACTERS = 60

/** The row where its shape holds, else one problem that names what is wrong with it. */
export type JudgedRow<Row> =
  | { readonly row: Row; readonly problem: null }
  | { readonly row: null; readonly problem: Problem }

export function judgeRow<Row>(raw: RawRow, shape: RowShape<Row>): JudgedRow<Row> {
  const judged = shape.schema.safeParse(raw)
  return judged.success
    ? { row: judged.data, problem: null }
    : { row: null, problem: problemOf(raw, shape, judged.error) }
}

function problemOf<Row>(raw: RawRow, shape: RowShape<Row>, error: z.ZodError): Problem {
  const [first, ...rest] = error.issues.map((issue) => ({
    column: String(issue.path[0]),
    expected: issue.message,
  }))
  const column = first?.column ?? 'id'
  const more = rest.length === 0 ? '' : `; so are ${rest.map((issue) => issue.column).join(', ')}`
  return {
    severity: 'error',
    about: aboutRow(raw, shape),
    field: column,
    message: `is ${showValue(raw, column, shape)}, expected ${first?.expected ?? 'a row'}${more}`,
    hint: `correct the row with "rcron ${shape.noun} edit"; the other rows run`,
  }
}

function aboutRow<Row>(raw: RawRow, { noun, nameColumn }: RowShape<Row>): About {
  const [id, name] = [raw['id'], raw[nameColumn]]
  return {
    kind: noun,
    id: typeof id === 'number' ? id : String(id),
    name: typeof name === 'string' && name !== '' ? name.slice(0, SHOWN_CHARACTERS) : null,
  }
}

function showValue<Row>(raw: RawRow, column: string, { columns }: RowShape<Row>): string {
  const value = raw[column]
  if (value === null || value === undefined) return 'NULL'
  if (columns[column]?.secret === true) return 'something else'
  if (typeof value === 'object') return 'binary data'
  return JSON.stringify(String(value).slice(0, SHOWN_CHARACTERS))
}
