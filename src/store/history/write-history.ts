import { type ChangedFiring, dayChanges, hourChanges } from '../../domain/history/counts.ts'
import { type FiringRow, mergeFirings } from '../../domain/history/firing-row.ts'
import { type RecentEnd, rollUp } from '../../domain/history/recent.ts'
import { mergeRuns, type RunRow } from '../../domain/history/run-row.ts'
import { jobKey } from '../../domain/job.ts'
import type { Engine } from '../sql/engine.ts'
import {
  columnsOfFiring,
  columnsOfRollup,
  columnsOfRun,
  firingOf,
  rollupOf,
  runOf,
  type StoredRow,
} from './history-columns.ts'
import type { HistoryBatch } from './history-store.ts'
import { DAYS, FIRINGS, type HistoryTable, HOURS, ROLLUPS, RUNS } from './history-tables.ts'
import { ask, change, type Database, replaceRows, rowsIn } from './statements.ts'

/** As `HistoryWriting.writeHistory`. */
export async function writeHistory(
  engine: Pick<Engine, 'writeOnce' | 'rowsAtOnce'>,
  { firings, runs }: HistoryBatch,
): Promise<void> {
  await engine.writeOnce(async (db) => {
    await waitForOthers(db)
    const changedFirings = await changedFiringsOf(db, merged(firings, mergeFirings))
    const changedRuns = await changedRunsOf(db, merged(runs, mergeRuns))
    const put: Put = (table, rows) => replaceRows(db, table, rows, engine.rowsAtOnce)
    await put(
      RUNS,
      changedRuns.map(({ after }) => columnsOfRun(after)),
    )
    await put(
      FIRINGS,
      changedFirings.map(({ after }) => columnsOfFiring(after)),
    )
    await rollUpAll(db, changedFirings, changedRuns, put)
  })
}

/** One transaction at a time reads what it changes: the others wait for its row. */
export async function waitForOthers(db: Database): Promise<void> {
  const isThere = await change(db, "update rcron_history set value = value + 1 where name = 'writes'")
  if (isThere === 0) await change(db, "insert into rcron_history (name, value) values ('writes', 1)")
}

/** Puts rows into a table within the transaction. */
type Put = (table: HistoryTable, rows: readonly StoredRow[]) => Promise<void>

/** What lists show of each cron and job that has changed, and the counts. */
export async function rollUpAll(
  db: Database,
  firings: readonly ChangedFiring[],
  runs: readonly ChangedRun[],
  put: Put = (table, rows) => replaceRows(db, table, rows),
): Promise<void> {
  await writeRollups(db, put, endsBySubject(firings, runs))
  await addHours(db, put, firings)
  await addDays(db, put, firings)
}

/** Each once, as all that is said of it comes to. */
function merged<Row extends { readonly id: string }>(
  rows: readonly Row[],
  merge: (a: Row, b: Row) => Row,
): readonly Row[] {
  const byId = new Map<string, Row>()
  for (const row of rows) {
    const before = byId.get(row.id)
    byId.set(row.id, before === undefined ? row : merge(before, row))
  }
  return [...byId.values()]
}

const FIRING_COLUMNS = { name: FIRINGS.name, columns: Object.keys(FIRINGS.columns) }

/** Those of `firings` that are not stored as they are. */
async function changedFiringsOf(db: Database, firings: readonly FiringRow[]): Promise<readonly ChangedFiring[]> {
  const found = await rowsIn(db, FIRING_COLUMNS, ['id', firings.map(({ id }) => id)])
  const stored = new Map(found.map((row) => [String(row['id']), firingOf(row)]))
  return firings.flatMap((firing) => {
    const before = stored.get(firing.id) ?? null
    const after = before === null ? firing : mergeFirings(before, firing)
    return before !== null && isSame(columnsOfFiring(before), columnsOfFiring(after)) ? [] : [{ before, after }]
  })
}

/** What is printed is not needed to tell which of two is kept. */
const RUN_COLUMNS = {
  name: RUNS.name,
  columns: Object.keys(RUNS.columns).filter((column) => !/^std(out|err)_(head|tail)$/.test(column)),
}

/** The run as it is stored, without what it printed, and as it will be. */
type ChangedRun = { readonly before: RunRow | null; readonly after: RunRow }

async function changedRunsOf(db: Database, runs: readonly RunRow[]): Promise<readonly ChangedRun[]> {
  const found = await rowsIn(db, RUN_COLUMNS, ['id', runs.map(({ id }) => id)])
  const stored = new Map(found.map((row) => [String(row['id']), runOf(row)]))
  return runs.flatMap((after) => {
    const before = stored.get(after.id) ?? null
    return before === null || mergeRuns(before, after) === after ? [{ before, after }] : []
  })
}

/** What a cron's or a job's roll-up is called. */
export function subjectOfCron(cron: number): string {
  return `cron ${cron}`
}

type Changes = { readonly added: RecentEnd[]; readonly removed: RecentEnd[] }

/** What changed, by the roll-up in which it stands. */
function endsBySubject(firings: readonly ChangedFiring[], runs: readonly ChangedRun[]) {
  const ends = new Map<string, Changes>()
  const note = (subject: string, { before, after }: ChangedFiring | ChangedRun) => {
    const there = ends.get(subject) ?? { added: [], removed: [] }
    there.added.push(endOf(after))
    if (before !== null) there.removed.push(endOf(before))
    ends.set(subject, there)
  }
  for (const each of firings) note(jobKey(each.after.job), each)
  for (const each of runs) note(subjectOfCron(each.after.cron), each)
  return ends
}

/** What a roll-up has of a row. */
export function endOf({ endedAt, kind, durationMs }: FiringRow | RunRow): RecentEnd {
  return { at: endedAt, kind, durationMs }
}

const ROLLUP_COLUMNS = { name: ROLLUPS.name, columns: ['subject', 'recent', 'last_at', 'last_success_at'] }

async function writeRollups(db: Database, put: Put, ends: ReadonlyMap<string, Changes>): Promise<void> {
  const found = await rowsIn(db, ROLLUP_COLUMNS, ['subject', [...ends.keys()]])
  const stored = new Map(found.map((row) => [String(row['subject']), rollupOf(row)]))
  const rows = [...ends].flatMap(([subject, changes]) => {
    const rollup = rollUp(stored.get(subject) ?? null, changes)
    return rollup === null ? [] : [columnsOfRollup(subject, rollup)]
  })
  await put(ROLLUPS, rows)
}

async function addHours(db: Database, put: Put, firings: readonly ChangedFiring[]): Promise<void> {
  const added = hourChanges(firings)
  const hours = [...new Set(added.map(({ hour }) => hour))]
  const found = await rowsIn(db, { name: HOURS.name, columns: Object.keys(HOURS.columns) }, ['hour', hours])
  const stored = new Map(found.map((row) => [`${row['hour']} ${row['outcome']}`, Number(row['firings'])]))
  const rows = added.map(({ hour, kind, firings }) => {
    return { hour, outcome: kind, firings: (stored.get(`${hour} ${kind}`) ?? 0) + firings }
  })
  await put(HOURS, rows)
}

async function addDays(db: Database, put: Put, firings: readonly ChangedFiring[]): Promise<void> {
  const added = dayChanges(firings)
  if (added.length === 0) return
  const pairs = added.map(() => '(job = ? and day = ?)').join(' or ')
  const found = await ask(
    db,
    `select ${Object.keys(DAYS.columns).join(', ')} from ${DAYS.name} where ${pairs}`,
    added.flatMap(({ job, day }) => [job, day]),
  )
  const stored = new Map(found.map((row) => [`${row['day']} ${row['job']}`, row]))
  const rows = added.map(({ job, day, durationMs, ...counts }) => {
    const before = stored.get(`${day} ${job}`) ?? {}
    const plus = (column: string, count: number) => Number(before[column] ?? 0) + count
    return {
      job,
      day,
      firings: plus('firings', counts.firings),
      succeeded: plus('succeeded', counts.succeeded),
      trouble: plus('trouble', counts.trouble),
      duration_ms: plus('duration_ms', durationMs),
    }
  })
  await put(DAYS, rows)
}

function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
