import { z } from 'zod'
import type { About, Problem, RowKind } from '../../domain/problem.ts'
import type { AuthRow, CronRow, SystemRow } from '../../domain/rows.ts'
import type { StoredCron } from './definition-editor.ts'

/** A row as the database gave it. */
export type RawRow = Readonly<Record<string, unknown>>

const whole = z.int({ error: 'a whole number' })
const text = z.string({ error: 'text' })
const orNull = <Shape extends z.ZodType>(shape: Shape) => shape.nullable().default(null)

const auth = z.object({ id: whole, user: text, password: text, passphrase: orNull(text), hosts: orNull(text) })

const system = z.object({
  id: whole,
  host: text,
  port: whole,
  local_port: whole,
  supervise: orNull(whole),
  legacy_algorithms: orNull(whole),
  login_timeout_s: orNull(whole),
})

const cron = z.object({
  id: whole,
  cron_name: text,
  cron_path: text,
  cron_min: text,
  cron_hour: text,
  cron_dom: text,
  cron_mon: text,
  cron_dow: text,
  enabled: whole,
  host: whole,
  user: whole,
  action: whole,
  timezone: orNull(text),
  catch_up: orNull(text),
  latest_start_min: orNull(whole),
  on_lost: orNull(text),
  timeout_s: orNull(whole),
  kill_grace_s: orNull(whole),
  own_connection: orNull(whole),
  keep_output: orNull(whole),
})

/** What a run left behind never makes a row unusable; a zero date is one that was never set. */
const storedCron = cron.extend({
  last_run: orNull(z.string().transform((at) => (at.startsWith('0000') ? null : at))).catch(null),
  duration: orNull(z.number()).catch(null),
  errors: orNull(z.string()).catch(null),
})

/** How the rows of one table are judged, and called in problems. */
export type RowShape<Row> = {
  readonly schema: z.ZodType<Row>
  readonly noun: RowKind
  /** The column by which people call a row. */
  readonly nameColumn: string
  readonly secretColumns: readonly string[]
}

export const AUTH_SHAPE: RowShape<AuthRow> = {
  schema: auth,
  noun: 'auth',
  nameColumn: 'user',
  secretColumns: ['password', 'passphrase'],
}
export const SYSTEM_SHAPE: RowShape<SystemRow> = {
  schema: system,
  noun: 'system',
  nameColumn: 'host',
  secretColumns: [],
}
export const CRON_SHAPE: RowShape<CronRow> = { schema: cron, noun: 'cron', nameColumn: 'cron_name', secretColumns: [] }
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

function showValue<Row>(raw: RawRow, column: string, { secretColumns }: RowShape<Row>): string {
  const value = raw[column]
  if (value === null || value === undefined) return 'NULL'
  if (secretColumns.includes(column)) return 'something else'
  if (typeof value === 'object') return 'binary data'
  return JSON.stringify(String(value).slice(0, SHOWN_CHARACTERS))
}
