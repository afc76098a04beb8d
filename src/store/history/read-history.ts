import type { FiringRow } from '../../domain/history/firing-row.ts'
import type { Rollup } from '../../domain/history/recent.ts'
import type { RunRow } from '../../domain/history/run-row.ts'
import { startOf } from '../../domain/minute.ts'
import type { Ask } from '../sql/ask.ts'
import type { Engine } from '../sql/engine.ts'
import { briefOf, firingOf, rollupOf, runOf } from './history-columns.ts'
import type {
  FiringQuery,
  FiringWithRuns,
  HistoryReading,
  LastRunQuery,
  RollupBrief,
  TroubleQuery,
} from './history-store.ts'
import { FIRINGS, ROLLUPS, RUNS } from './history-tables.ts'
import { askInTurn, rowsWithKeys } from './questions.ts'
import { lastRun, runsBeginning } from './read-runs.ts'

const COLUMNS = Object.keys(FIRINGS.columns)
/** An id is asked for by its beginning: what comes after every one that begins so. */
const AFTER_HEX = 'g'

type Condition = readonly [text: string, ...values: (string | number)[]]

/** Reads history in the tables of one database. */
export class SqlHistoryReading implements HistoryReading {
  readonly #engine: Pick<Engine, 'readSnapshot'>

  constructor(engine: Pick<Engine, 'readSnapshot'>) {
    this.#engine = engine
  }

  firings(query: FiringQuery): Promise<readonly FiringRow[]> {
    return this.#engine.readSnapshot(async (ask) => {
      const pages =
        query.jobs.length === 0
          ? [await pageOf(ask, query, [])]
          : await inTurn([...new Set(query.jobs)], (job) => pageOf(ask, query, [['f.job_name = ?', job]]))
      return pages.flat().sort(newestFirst).slice(0, query.most)
    })
  }

  trouble({ since, after, most }: TroubleQuery): Promise<readonly FiringRow[]> {
    const conditions: Condition[] = [['trouble = 1'], ['ended_at >= ?', since]]
    if (after !== null)
      conditions.push(['ended_at <= ?', after.endedAt], ['(ended_at < ? or id < ?)', after.endedAt, after.id])
    return this.#engine.readSnapshot(async (ask) => {
      const { where, values } = joined(conditions)
      const statement = `select ${COLUMNS.join(', ')} from ${FIRINGS.name} ${where} order by ended_at desc, id desc limit ${most}`
      return (await askInTurn(ask, statement, values)).map(firingOf)
    })
  }

  firingsOf(id: string): Promise<readonly FiringWithRuns[]> {
    return this.#engine.readSnapshot(async (ask) => {
      const own = await askInTurn(ask, `select id from ${FIRINGS.name} where id >= ? and id < ? limit 2`, [
        id,
        id + AFTER_HEX,
      ])
      const byRun = await askInTurn(ask, `select firing from ${RUNS.name} where id >= ? and id < ? limit 2`, [
        id,
        id + AFTER_HEX,
      ])
      const ids = new Set([...own.map((row) => String(row['id'])), ...byRun.map((row) => String(row['firing']))])
      const found = await inTurn([...ids].slice(0, 2), (each) => withRuns(ask, each))
      return found.filter((each) => each !== null)
    })
  }

  runsBeginning(id: string): Promise<readonly RunRow[]> {
    return this.#engine.readSnapshot((ask) => runsBeginning(ask, id))
  }

  lastRun(query: LastRunQuery): Promise<RunRow | null> {
    return this.#engine.readSnapshot((ask) => lastRun(ask, query))
  }

  rollups(subjects: readonly string[]): Promise<ReadonlyMap<string, Rollup>> {
    return this.#engine.readSnapshot(async (ask) => {
      const table = { name: ROLLUPS.name, columns: Object.keys(ROLLUPS.columns) }
      const found = await rowsWithKeys(ask, table, ['subject', subjects])
      return new Map(found.map((row) => [String(row['subject']), rollupOf(row)]))
    })
  }

  briefs(subjects: readonly string[]): Promise<ReadonlyMap<string, RollupBrief>> {
    return this.#engine.readSnapshot((ask) => briefsOf(ask, subjects))
  }
}

const BRIEF = { name: ROLLUPS.name, columns: ['subject', 'streak', 'last_at', 'last_outcome', 'p50_ms', 'p95_ms'] }
/** Subjects in one question. */
const PAGE = 500

async function briefsOf(ask: Ask, subjects: readonly string[]): Promise<ReadonlyMap<string, RollupBrief>> {
  const briefs = new Map<string, RollupBrief>()
  for (let from = 0; from < subjects.length; from += PAGE) {
    const rows = await rowsWithKeys(ask, BRIEF, ['subject', subjects.slice(from, from + PAGE)])
    for (const row of rows) briefs.set(String(row['subject']), briefOf(row))
  }
  return briefs
}

/** The newest that fulfil `more` besides, by the index over what is asked for. */
async function pageOf(ask: Ask, query: FiringQuery, more: readonly Condition[]): Promise<readonly FiringRow[]> {
  const { host, outcome, since, until, after, most } = query
  const isOfHost = host !== null
  const [due, id] = isOfHost ? ['r.due_at', 'r.firing'] : ['f.due_at', 'f.id']
  const conditions: Condition[] = [...more]
  if (isOfHost) conditions.push(['r.host = ?', host])
  if (outcome !== null) conditions.push(['f.outcome = ?', outcome])
  if (since !== null) conditions.push([`${due} >= ?`, since])
  if (until !== null) conditions.push([`${due} < ?`, until])
  if (after !== null)
    conditions.push([`${due} <= ?`, after.dueAt], [`(${due} < ? or ${id} < ?)`, after.dueAt, after.id])
  const { where, values } = joined(conditions)
  const tables = isOfHost ? `${RUNS.name} r join ${FIRINGS.name} f on f.id = r.firing` : `${FIRINGS.name} f`
  const columns = COLUMNS.map((column) => `f.${column} as ${column}`).join(', ')
  const distinct = isOfHost ? 'distinct ' : ''
  const rows = await askInTurn(
    ask,
    `select ${distinct}${columns} from ${tables} ${where} order by ${due} desc, ${id} desc limit ${most}`,
    values,
  )
  return rows.map(firingOf)
}

async function withRuns(ask: Ask, id: string): Promise<FiringWithRuns | null> {
  const [firing] = await rowsWithKeys(ask, { name: FIRINGS.name, columns: COLUMNS }, ['id', [id]])
  if (firing === undefined) return null
  const runs = await rowsWithKeys(ask, { name: RUNS.name, columns: Object.keys(RUNS.columns) }, ['firing', [id]])
  return {
    firing: firingOf(firing),
    runs: runs.map(runOf).sort((a, b) => a.endedAt - b.endedAt || (a.id < b.id ? -1 : 1)),
  }
}

function joined(conditions: readonly Condition[]) {
  const texts = conditions.map(([text]) => text)
  const values = conditions.flatMap(([, ...each]) => each)
  return { where: texts.length === 0 ? '' : `where ${texts.join(' and ')}`, values }
}

async function inTurn<One, Result>(
  all: readonly One[],
  answer: (one: One) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  for (const one of all) results.push(await answer(one))
  return results
}

function newestFirst(a: FiringRow, b: FiringRow): number {
  return startOf(b.minute) - startOf(a.minute) || (a.id < b.id ? 1 : -1)
}
