import { lastRunAmong } from '../../domain/history/last-run.ts'
import type { RunRow } from '../../domain/history/run-row.ts'
import type { Ask } from '../sql/ask.ts'
import { runOf, type StoredRow } from './history-columns.ts'
import type { LastRunQuery } from './history-store.ts'
import { FIRINGS, RUNS } from './history-tables.ts'
import { askInTurn, marks, type Value } from './questions.ts'

const COLUMNS = Object.keys(RUNS.columns).join(', ')
/** What tells which run is meant: not what they printed. */
const NAMING = 'id, host, attempt, started_at, ended_at, due_at'
const FIRINGS_AT_ONCE = 20
/** A run on a host that is not among so many firings of its job is asked for by its id. */
const MOST_FIRINGS = 500
/** An id is asked for by its beginning: what comes after every one that begins so. */
const AFTER_HEX = 'g'

/** The runs whose ids begin so; two at most. */
export async function runsBeginning(ask: Ask, id: string): Promise<readonly RunRow[]> {
  const statement = `select ${COLUMNS} from ${RUNS.name} where id >= ? and id < ? order by id limit 2`
  return (await askInTurn(ask, statement, [id, id + AFTER_HEX])).map(runOf)
}

/** The last run that fits; null if there is none. */
export async function lastRun(ask: Ask, query: LastRunQuery): Promise<RunRow | null> {
  const id = 'cron' in query ? await lastOfCron(ask, query) : await lastOfJob(ask, query)
  if (id === null) return null
  const [row] = await askInTurn(ask, `select ${COLUMNS} from ${RUNS.name} where id = ?`, [id])
  return row === undefined ? null : runOf(row)
}

async function lastOfCron(ask: Ask, query: LastRunQuery & { readonly cron: number }): Promise<string | null> {
  const { text, values } = narrowed(query)
  const rows = await askInTurn(
    ask,
    `select ${NAMING} from ${RUNS.name} where cron_id = ?${text} order by ended_at desc, id desc limit ${MOST_FIRINGS}`,
    [query.cron, ...values],
  )
  return lastRunAmong(rows.map(namedBy))?.id ?? null
}

/** By the firings of the job, a few at a time, until one has a run that began. */
async function lastOfJob(ask: Ask, query: LastRunQuery & { readonly job: string }): Promise<string | null> {
  const firings = await askInTurn(
    ask,
    `select id from ${FIRINGS.name} where job_name = ? order by due_at desc, id desc limit ${MOST_FIRINGS}`,
    [query.job],
  )
  const { text, values } = narrowed(query)
  let newest: string | null = null
  for (let from = 0; from < firings.length; from += FIRINGS_AT_ONCE) {
    const ids = firings.slice(from, from + FIRINGS_AT_ONCE).map((row) => String(row['id']))
    const statement = `select ${NAMING} from ${RUNS.name} where firing in (${marks(ids)})${text}`
    const last = lastRunAmong((await askInTurn(ask, statement, [...ids, ...values])).map(namedBy))
    if (last !== null && last.startedAt !== null) return last.id
    newest ??= last?.id ?? null
  }
  return newest
}

function narrowed({ host, attempt }: LastRunQuery): { readonly text: string; readonly values: readonly Value[] } {
  const conditions = [...(host === null ? [] : [' and host = ?']), ...(attempt === null ? [] : [' and attempt = ?'])]
  return { text: conditions.join(''), values: [host, attempt].filter((value) => value !== null) }
}

function namedBy(row: StoredRow) {
  const startedAt = row['started_at'] ?? null
  return {
    id: String(row['id']),
    startedAt: startedAt === null ? null : Number(startedAt),
    endedAt: Number(row['ended_at']),
    minute: Number(row['due_at']),
  }
}
