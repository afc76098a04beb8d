import type { TableDdl } from '../sql/table-ddl.ts'
import type { TableSet } from '../sql/table-sets.ts'

/** What a column of history holds: 32 hex digits, one of rcron's own words, a job by its action and name, a name, a sentence, output. */
type HistoryType = 'id' | 'word' | 'key' | 'name' | 'sentence' | 'text' | 'whole' | 'moment'

/** A table of history: its columns, what names a row, and what rows are found by. Nobody edits it. */
export type HistoryTable = {
  readonly name: string
  /** `?` behind the type: may be null. */
  readonly columns: Readonly<Record<string, HistoryType | `${HistoryType}?`>>
  readonly primary: readonly string[]
  readonly indexes: Readonly<Record<string, readonly string[]>>
}

/** One row for each firing, or for several that were missed in a row. Moments are epoch milliseconds. */
export const FIRINGS = {
  name: 'rcron_firings',
  columns: {
    id: 'id',
    job_name: 'name',
    action: 'word',
    due_at: 'moment',
    first_due_at: 'moment',
    firings: 'whole',
    how: 'word?',
    actor: 'name?',
    fired_at: 'moment?',
    ended_at: 'moment',
    outcome: 'word',
    code: 'word',
    /** 1: somebody should look at it. */
    trouble: 'whole',
    reason: 'sentence?',
    run: 'id?',
    host: 'name?',
    exit_code: 'whole?',
    signal_name: 'word?',
    tried: 'whole?',
    hosts: 'whole?',
    duration_ms: 'moment?',
    told_by: 'word',
  },
  primary: ['id'],
  indexes: {
    rcron_firings_job: ['job_name', 'due_at', 'id'],
    rcron_firings_due: ['due_at', 'id'],
    rcron_firings_trouble: ['trouble', 'ended_at', 'id'],
    rcron_firings_ended: ['ended_at', 'id'],
  },
} as const satisfies HistoryTable

/** One row for each run, and for each cron of a firing of which none was to begin. */
export const RUNS = {
  name: 'rcron_runs',
  columns: {
    id: 'id',
    firing: 'id',
    cron_id: 'whole',
    job_name: 'name',
    action: 'word',
    due_at: 'moment',
    host: 'name',
    port: 'whole',
    user_name: 'name',
    attempt: 'whole?',
    hosts: 'whole?',
    how: 'word?',
    queued_at: 'moment?',
    started_at: 'moment?',
    ended_at: 'moment',
    wait_ms: 'moment',
    duration_ms: 'moment?',
    outcome: 'word',
    code: 'word',
    exit_code: 'whole?',
    signal_name: 'word?',
    reason: 'sentence?',
    adopted: 'whole',
    stdout_bytes: 'moment',
    stderr_bytes: 'moment',
    stdout_head: 'text?',
    stdout_tail: 'text?',
    stderr_head: 'text?',
    stderr_tail: 'text?',
  },
  primary: ['id'],
  indexes: {
    rcron_runs_firing: ['firing'],
    rcron_runs_cron: ['cron_id', 'ended_at', 'id'],
    rcron_runs_host: ['host', 'due_at', 'firing'],
    rcron_runs_ended: ['ended_at', 'id'],
  },
} as const satisfies HistoryTable

/** What lists show of a cron's runs (`cron 12`) or a job's firings (`failover:dump`), without their rows. */
export const ROLLUPS = {
  name: 'rcron_rollups',
  columns: {
    subject: 'key',
    bar: 'name',
    streak: 'whole',
    last_at: 'moment',
    last_outcome: 'word',
    last_success_at: 'moment?',
    p50_ms: 'moment?',
    p95_ms: 'moment?',
    recent: 'text',
  },
  primary: ['subject'],
  indexes: {},
} as const satisfies HistoryTable

/** Firings by the hour (UTC, hours since 1970) and the way in which they ended. */
export const HOURS = {
  name: 'rcron_hours',
  columns: { hour: 'whole', outcome: 'word', firings: 'whole' },
  primary: ['hour', 'outcome'],
  indexes: {},
} as const satisfies HistoryTable

/** Firings by job and day (UTC, days since 1970). */
export const DAYS = {
  name: 'rcron_days',
  columns: { job: 'key', day: 'whole', firings: 'whole', succeeded: 'whole', trouble: 'whole', duration_ms: 'moment' },
  primary: ['job', 'day'],
  indexes: { rcron_days_day: ['day'] },
} as const satisfies HistoryTable

/** Who did what to rcron, and what was before and after. Never deleted. */
export const AUDIT = {
  name: 'rcron_audit',
  columns: {
    id: 'id',
    at: 'moment',
    actor: 'name',
    action: 'word',
    subject: 'name',
    was: 'text?',
    became: 'text?',
  },
  primary: ['id'],
  indexes: { rcron_audit_at: ['at', 'id'], rcron_audit_subject: ['subject', 'at', 'id'] },
} as const satisfies HistoryTable

/** What history keeps of itself: `writes` counts its transactions, and is what they wait for one another by. */
export const STATE = {
  name: 'rcron_history',
  columns: { name: 'word', value: 'moment' },
  primary: ['name'],
  indexes: {},
} as const satisfies HistoryTable

/** All of it: while one of them is missing nothing is kept. */
export const HISTORY_SET: TableSet<HistoryTable> = {
  name: 'history',
  off: 'no history of firings and runs is kept',
  tables: [FIRINGS, RUNS, ROLLUPS, HOURS, DAYS, STATE, AUDIT],
}

const ASCII = 'character set ascii collate ascii_bin'

const MYSQL_TYPES: Readonly<Record<HistoryType, string>> = {
  id: `char(32) ${ASCII}`,
  word: `varchar(32) ${ASCII}`,
  key: 'varchar(300)',
  name: 'varchar(255)',
  sentence: 'varchar(600)',
  text: 'mediumtext',
  whole: 'int',
  moment: 'bigint',
}

/** `tail`: what follows the columns. */
export function historyInMysql({ name, columns, primary, indexes }: HistoryTable, tail: string): TableDdl {
  const lines = [
    ...Object.entries(columns).map(([column, type]) => `${column} ${typeIn(MYSQL_TYPES, type)}`),
    `primary key (${primary.join(', ')})`,
    ...Object.entries(indexes).map(([index, parts]) => `key ${index} (${parts.join(', ')})`),
  ]
  return { name, create: `create table if not exists ${name} (\n  ${lines.join(',\n  ')}\n) ${tail}`, added: {} }
}

const SQLITE_TYPES: Readonly<Record<HistoryType, string>> = {
  id: 'text',
  word: 'text',
  key: 'text',
  name: 'text',
  sentence: 'text',
  text: 'text',
  whole: 'integer',
  moment: 'integer',
}

export function historyInSqlite({ name, columns, primary, indexes }: HistoryTable): TableDdl {
  const lines = [
    ...Object.entries(columns).map(([column, type]) => `${column} ${typeIn(SQLITE_TYPES, type)}`),
    `primary key (${primary.join(', ')})`,
  ]
  return {
    name,
    create: `create table if not exists ${name} (\n  ${lines.join(',\n  ')}\n)`,
    indexes: Object.entries(indexes).map(
      ([index, parts]) => `create index if not exists ${index} on ${name} (${parts.join(', ')})`,
    ),
    added: {},
  }
}

function typeIn(types: Readonly<Record<HistoryType, string>>, type: HistoryType | `${HistoryType}?`): string {
  const isNullable = type.endsWith('?')
  const known = types[(isNullable ? type.slice(0, -1) : type) as HistoryType]
  return `${known} ${isNullable ? 'null' : 'not null'}`
}
