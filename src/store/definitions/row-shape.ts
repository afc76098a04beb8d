import { AUTH_COLUMNS } from '../../domain/columns/auths.ts'
import type { ColumnKind, Columns, RowOf } from '../../domain/columns/column.ts'
import { CRON_COLUMNS, RECORD_COLUMNS } from '../../domain/columns/crons.ts'
import { SYSTEM_COLUMNS } from '../../domain/columns/systems.ts'
import type { About, Problem, RowKind } from '../../domain/problem.ts'
import type { RawRow } from '../sql/ask.ts'
import type { StoredCron } from './definition-editor.ts'

type Value = string | number | null

/** What is taken from the database for a column: undefined for what is not `expected`. */
type Taken = { readonly expected: string; readonly take: (found: unknown) => Value | undefined }

const WHOLE: Taken = {
  expected: 'a whole number',
  take: (found) => (Number.isSafeInteger(found) ? Number(found) : undefined),
}

const TAKEN: Readonly<Record<ColumnKind, Taken>> = {
  id: WHOLE,
  text: { expected: 'text', take: (found) => (typeof found === 'string' ? found : undefined) },
  whole: WHOLE,
  flag: WHOLE,
  position: WHOLE,
  seconds: { expected: 'a number', take: (found) => (Number.isFinite(found) ? Number(found) : undefined) },
  moment: { expected: 'a moment', take: momentOf },
}

/** A zero date is one that was never set. */
function momentOf(found: unknown): string | null | undefined {
  if (typeof found !== 'string') return undefined
  return found.startsWith('0000') ? null : found
}

/** What a row has in one column. */
type Field = Taken & {
  readonly name: string
  readonly nullable: boolean
  /** What it cannot use counts as not set there. */
  readonly lenient: boolean
}

function fieldsOf(columns: Columns, { lenient }: Pick<Field, 'lenient'>): readonly Field[] {
  return Object.entries(columns).map(([name, { kind, nullable }]) => ({
    ...TAKEN[kind],
    name,
    nullable: nullable === true,
    lenient,
  }))
}

/** A row, or the columns in which it is unusable. */
type Read<Row> =
  | { readonly row: Row; readonly misfits: null }
  | { readonly row: null; readonly misfits: readonly Field[] }

/**
 * By hand and not by a library: thousands of rows are read at once. Each is a copy of an empty one, which JSON has made: V8 turns an
 * object that grows by more than 16 computed names into a hash table, which takes twice the time and memory wherever the row goes.
 */
function reader<Row>(fields: readonly Field[]): (raw: RawRow) => Read<Row> {
  const empty: Readonly<Record<string, null>> = JSON.parse(`{${fields.map(({ name }) => `"${name}":null`).join()}}`)
  return (raw) => {
    const row: Record<string, Value> = { ...empty }
    const misfits: Field[] = []
    for (const field of fields) {
      const value = takeFrom(raw[field.name], field)
      if (value === undefined) misfits.push(field)
      else row[field.name] = value
    }
    return misfits.length > 0 ? { row: null, misfits } : { row: row as Row, misfits: null }
  }
}

function takeFrom(found: unknown, { take, nullable, lenient }: Field): Value | undefined {
  if (nullable && (found === null || found === undefined)) return null
  const value = take(found)
  return value === undefined && lenient ? null : value
}

/** How the rows of one table are judged, and called in problems. */
export type RowShape<Row> = {
  readonly read: (raw: RawRow) => Read<Row>
  readonly noun: RowKind
  /** The column by which people call a row. */
  readonly nameColumn: string
  /** Another one by which they may: not every table has it. */
  readonly aliasColumn?: string
  readonly columns: Columns
}

/** How the rows of a table with these columns are judged. */
export function rowShape<All extends Columns>(
  columns: All,
  called: Pick<RowShape<unknown>, 'noun' | 'nameColumn' | 'aliasColumn'>,
): RowShape<RowOf<All>> {
  return { ...called, columns, read: reader(fieldsOf(columns, { lenient: false })) }
}

export const AUTH_SHAPE = rowShape(AUTH_COLUMNS, { noun: 'auth', nameColumn: 'user', aliasColumn: 'name' })
export const SYSTEM_SHAPE = rowShape(SYSTEM_COLUMNS, { noun: 'system', nameColumn: 'host', aliasColumn: 'name' })
export const CRON_SHAPE = rowShape(CRON_COLUMNS, { noun: 'cron', nameColumn: 'cron_name' })
/** What a run left behind never makes a row unusable. */
export const STORED_CRON_SHAPE: RowShape<StoredCron> = {
  ...CRON_SHAPE,
  read: reader([...fieldsOf(CRON_COLUMNS, { lenient: false }), ...fieldsOf(RECORD_COLUMNS, { lenient: true })]),
}

const SHOWN_CHARACTERS = 60

/** The row where its shape holds, else one problem that names what is wrong with it. */
export type JudgedRow<Row> =
  | { readonly row: Row; readonly problem: null }
  | { readonly row: null; readonly problem: Problem }

export function judgeRow<Row>(raw: RawRow, shape: RowShape<Row>): JudgedRow<Row> {
  const { row, misfits } = shape.read(raw)
  return misfits === null ? { row, problem: null } : { row: null, problem: problemOf(raw, shape, misfits) }
}

function problemOf<Row>(raw: RawRow, shape: RowShape<Row>, [first, ...rest]: readonly Field[]): Problem {
  const column = first?.name ?? 'id'
  const more = rest.length === 0 ? '' : `; so are ${rest.map(({ name }) => name).join(', ')}`
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
