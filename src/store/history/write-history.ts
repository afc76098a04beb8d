import { type ChangedFiring, dayChanges, hourChanges } from '../../domain/history/counts.ts'
import { type FiringRow, mergeFirings } from '../../domain/history/firing-row.ts'
import { type RecentEnd, rollUp } from '../../domain/history/recent.ts'
import { mergeRuns, type RunRow } from '../../domain/history/run-row.ts'
import { jobKey } from '../../domain/job.ts'
import type { Engine } from '../sql/engine.ts'
import { columnsOfFiring, columnsOfRollup, columnsOfRun, firingOf, rollupOf, runOf } from './history-columns.ts'
import type { HistoryBatch } from './history-store.ts'
import { DAYS, FIRINGS, HOURS, ROLLUPS, RUNS } from './history-tables.ts'
import { ask, change, type Database, replaceRows, rowsIn } from './statements.ts'

/** As `HistoryWriting.writeHistory`. */
export async function writeHistory(engine: Pick<Engine, 'writeOnce'>, { firings, runs }: HistoryBatch): Promise<void> {
  await engine.writeOnce(async (db) => {
    await waitForOthers(db)
    const changedFirings = await changesOf(db, merged(firings, mergeFirings))
    const changedRuns = await newRuns(db, merged(runs, mergeRuns))
    await replaceRows(db, RUNS, changedRuns.map(columnsOfRun))
    await replaceRows(
      db,
      FIRINGS,
      changedFirings.map(({ after }) => columnsOfFiring(after)),
    )
    await rollUpAll(db, changedFirings, changedRuns)
  })
}

/** One transaction at a time reads what it changes: the others wait for its row. */
export async function waitForOthers(db: Database): Promise<void> {
  const isThere = await change(db, "update rcron_history set value = value + 1 where name = 'writes'")
  if (isThere === 0) await change(db, "insert into rcron_history (name, value) values ('writes', 1)")
}

/** What lists show of each cron and job that has changed, and the counts. */
async function rollUpAll(db: Database, firings: readonly ChangedFiring[], runs: readonly RunRow[]): Promise<void> {
  await writeRollups(
    db,
    endsBySubject(
      firings.map(({ after }) => after),
      runs,
    ),
  )
  await addHours(db, firings)
  await addDays(db, firings)
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
async function changesOf(db: Database, firings: readonly FiringRow[]): Promise<readonly ChangedFiring[]> {
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

async function newRuns(db: Database, runs: readonly RunRow[]): Promise<readonly RunRow[]> {
  const found = await rowsIn(db, RUN_COLUMNS, ['id', runs.map(({ id }) => id)])
  const stored = new Map(found.map((row) => [String(row['id']), runOf(row)]))
  return runs.filter((run) => {
    const before = stored.get(run.id)
    return before === undefined || mergeRuns(before, run) === run
  })
}

/** What a cron's or a job's roll-up is called. */
export function subjectOfCron(cron: number): string {
  return `cron ${cron}`
}

/** What changed, by the roll-up in which it stands. */
export function endsBySubject(firings: readonly FiringRow[], runs: readonly RunRow[]) {
  const ends = new Map<string, RecentEnd[]>()
  const add = (subject: string, { id, endedAt, kind, durationMs }: FiringRow | RunRow) => {
    const there = ends.get(subject)
    const end = { at: endedAt, id, kind, durationMs }
    if (there === undefined) ends.set(subject, [end])
    else there.push(end)
  }
  for (const firing of firings) add(jobKey(firing.job), firing)
  for (const run of runs) add(subjectOfCron(run.cron), run)
  return ends
}

const ROLLUP_COLUMNS = { name: ROLLUPS.name, columns: ['subject', 'recent', 'last_success_at'] }

async function writeRollups(db: Database, ends: ReadonlyMap<string, readonly RecentEnd[]>): Promise<void> {
  const found = await rowsIn(db, ROLLUP_COLUMNS, ['subject', [...ends.keys()]])
  const stored = new Map(found.map((row) => [String(row['subject']), rollupOf(row)]))
  const rows = [...ends].flatMap(([subject, added]) => {
    const rollup = rollUp(stored.get(subject) ?? null, added)
    return rollup === null ? [] : [columnsOfRollup(subject, rollup)]
  })
  await replaceRows(db, ROLLUPS, rows)
}

async function addHours(db: Database, firings: readonly ChangedFiring[]): Promise<void> {
  const added = hourChanges(firings)
  const hours = [...new Set(added.map(({ hour }) => hour))]
  const found = await rowsIn(db, { name: HOURS.name, columns: Object.keys(HOURS.columns) }, ['hour', hours])
  const stored = new Map(found.map((row) => [`${row['hour']} ${row['outcome']}`, Number(row['firings'])]))
  const rows = added.map(({ hour, kind, firings }) => {
    return { hour, outcome: kind, firings: (stored.get(`${hour} ${kind}`) ?? 0) + firings }
  })
  await replaceRows(db, HOURS, rows)
}

async function addDays(db: Database, firings: readonly ChangedFiring[]): Promise<void> {
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
  await replaceRows(db, DAYS, rows)
}

function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
