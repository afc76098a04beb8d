import { ACTIONS } from '../../domain/action.ts'
import { dayOf } from '../../domain/history/counts.ts'
import { type RecentEnd, rollUp } from '../../domain/history/recent.ts'
import { jobKey } from '../../domain/job.ts'
import type { Engine } from '../sql/engine.ts'
import { columnsOfRollup, firingOf, rollupOf, runOf, type StoredRow } from './history-columns.ts'
import { DAYS, FIRINGS, HOURS, ROLLUPS, RUNS } from './history-tables.ts'
import { ask, change, type Database, replaceRows } from './statements.ts'
import { endOf, subjectOfCron, waitForOthers } from './write-history.ts'

const MS_PER_HOUR = 3_600_000
const MS_PER_DAY = 24 * MS_PER_HOUR
const HOURS_PER_DAY = 24
/** More than a roll-up is made of: it chooses among those that ended at once. */
const NEWEST = 120

type Writing = Pick<Engine, 'writeOnce'>

/** As `HistoryKeeping.rebuildHistory`: a transaction for each day, each cron and each job, so that whoever writes history waits for no longer. */
export async function rebuildHistory(engine: Writing, before: number, tell: (done: string) => void): Promise<void> {
  const days = await rebuildCounts(engine, before)
  const crons = await rebuildRollups(engine, CRON_ROLLUPS)
  const jobs = await rebuildRollups(engine, JOB_ROLLUPS)
  tell(`counts of ${days} days, roll-ups of ${crons} crons and ${jobs} jobs made again`)
}

async function rebuildCounts(engine: Writing, before: number): Promise<number> {
  const [first, last] = await engine.writeOnce(async (db) => {
    await waitForOthers(db)
    await change(db, `delete from ${HOURS.name}`)
    await change(db, `delete from ${DAYS.name}`)
    const [found] = await ask(
      db,
      `select min(ended_at) as first, max(ended_at) as last from ${FIRINGS.name} where ended_at >= ?`,
      [before],
    )
    if ((found?.['first'] ?? null) === null) return [0, -1]
    return [dayOf(Number(found?.['first'])), dayOf(Number(found?.['last']))]
  })
  for (let day = first; day <= last; day++) {
    await engine.writeOnce(async (db) => {
      await waitForOthers(db)
      await countDay(db, Math.max(before, day * MS_PER_DAY), day)
    })
  }
  return last - first + 1
}

async function countDay(db: Database, from: number, day: number): Promise<void> {
  const end = (day + 1) * MS_PER_DAY
  await change(db, `delete from ${DAYS.name} where day = ?`, [day])
  await change(
    db,
    `insert into ${DAYS.name} (job, day, firings, succeeded, trouble, duration_ms)
     select concat(action, ':', job_name), ?, sum(firings),
       sum(case when outcome = 'succeeded' then firings else 0 end), sum(case when trouble = 1 then firings else 0 end),
       sum(case when outcome = 'succeeded' then coalesce(duration_ms, 0) else 0 end)
     from ${FIRINGS.name} where ended_at >= ? and ended_at < ? group by action, job_name`,
    [day, from, end],
  )
  for (let hour = day * HOURS_PER_DAY; hour < (day + 1) * HOURS_PER_DAY; hour++) {
    await change(db, `delete from ${HOURS.name} where hour = ?`, [hour])
    await change(
      db,
      `insert into ${HOURS.name} (hour, outcome, firings) select ?, outcome, sum(firings)
       from ${FIRINGS.name} where ended_at >= ? and ended_at < ? group by outcome`,
      [hour, Math.max(from, hour * MS_PER_HOUR), (hour + 1) * MS_PER_HOUR],
    )
  }
}

/** Rows of one table that are rolled up by the value of one column, and by what more each value has. */
type RolledUp = {
  readonly table: string
  readonly group: string
  /** The subjects of one value, each with what its rows have besides. */
  readonly subjects: (value: string | number) => readonly { readonly subject: string; readonly action: string | null }[]
  readonly endOf: (row: StoredRow) => RecentEnd
}

const CRON_ROLLUPS: RolledUp = {
  table: RUNS.name,
  group: 'cron_id',
  subjects: (cron) => [{ subject: subjectOfCron(Number(cron)), action: null }],
  endOf: (row) => endOf(runOf(row)),
}

const JOB_ROLLUPS: RolledUp = {
  table: FIRINGS.name,
  group: 'job_name',
  subjects: (name) => ACTIONS.map((action) => ({ subject: jobKey({ name: String(name), action }), action })),
  endOf: (row) => endOf(firingOf(row)),
}

/** How many of them had rows. */
async function rebuildRollups(engine: Writing, of: RolledUp): Promise<number> {
  let [value, made] = [await nextValue(engine, of, null), 0]
  while (value !== null) {
    const subjects = of.subjects(value)
    const known = value
    made += await engine.writeOnce(async (db) => {
      await waitForOthers(db)
      let count = 0
      for (const each of subjects) count += Number(await rebuildOne(db, of, { ...each, value: known }))
      return count
    })
    value = await nextValue(engine, of, value)
  }
  return made
}

/** From one value to the next by the index, however many rows each has. */
async function nextValue(engine: Writing, { table, group }: RolledUp, after: string | number | null) {
  const [found] = await engine.writeOnce((db) =>
    after === null
      ? ask(db, `select min(${group}) as value from ${table}`)
      : ask(db, `select min(${group}) as value from ${table} where ${group} > ?`, [after]),
  )
  return found?.['value'] ?? null
}

type Subject = { readonly value: string | number; readonly subject: string; readonly action: string | null }

async function rebuildOne(db: Database, { table, group, endOf }: RolledUp, { value, subject, action }: Subject) {
  const where = `where ${group} = ?${action === null ? '' : ' and action = ?'} and outcome <> 'paused'`
  const values = action === null ? [value] : [value, action]
  const columns = 'ended_at, outcome, duration_ms'
  const newest = await ask(
    db,
    `select ${columns} from ${table} ${where} order by ended_at desc, id desc limit ${NEWEST}`,
    values,
  )
  if (newest.length === 0) return false
  const success = `select ${columns} from ${table} ${where} and outcome = 'succeeded' order by ended_at desc limit 1`
  const [lastSuccess] = await ask(db, success, values)
  const [stored] = await ask(db, `select last_success_at, last_at from ${ROLLUPS.name} where subject = ?`, [subject])
  // Its row may be gone by now.
  const known = [
    stored === undefined ? null : rollupOf(stored).lastSuccessAt,
    lastSuccess ? endOf(lastSuccess).at : null,
  ]
  const lastSuccessAt = known.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a))
  const rollup = rollUp({ recent: [], packed: '', lastSuccessAt }, { added: newest.map(endOf), removed: [] })
  await replaceRows(db, ROLLUPS, rollup === null ? [] : [columnsOfRollup(subject, rollup)])
  return true
}
