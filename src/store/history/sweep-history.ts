import { dayOf, hourOf } from '../../domain/history/counts.ts'
import type { Engine } from '../sql/engine.ts'
import type { Retention, SweepPlace } from './history-store.ts'
import { DAYS, FIRINGS, HOURS, RUNS } from './history-tables.ts'
import { marks } from './questions.ts'
import { ask, change, type Database } from './statements.ts'
import { waitForOthers } from './write-history.ts'

/** Rows looked at in one step: each statement is over well within 100 ms, and within 10 where the store is a file. */
const AT_ONCE = 100

/** The rows of one table that go by their age, and by what the newest of their group keep. */
type Aged = { readonly table: string; readonly group: string; readonly order: string }

const AGED: Readonly<Record<'runs' | 'firings', Aged>> = {
  runs: { table: RUNS.name, group: 'cron_id', order: 'ended_at' },
  firings: { table: FIRINGS.name, group: 'job_name', order: 'due_at' },
}

/** As `HistoryKeeping.sweepHistory`. */
export async function sweepHistory(
  engine: Pick<Engine, 'writeOnce'>,
  place: SweepPlace,
  retention: Retention,
): Promise<SweepPlace | null> {
  return await engine.writeOnce(async (db) => {
    await waitForOthers(db)
    if (place.table === 'counts') return (await dropCounts(db, retention.before)) ? place : null
    const after = await dropRows(db, { ...place, table: place.table }, retention)
    if (after !== null) return { table: place.table, after }
    return { table: place.table === 'runs' ? 'firings' : 'counts', after: null }
  })
}

type RowPlace = SweepPlace & { readonly table: 'runs' | 'firings' }

async function dropRows(
  db: Database,
  { table: of, after }: RowPlace,
  retention: Retention,
): Promise<SweepPlace['after']> {
  const { table, group, order } = AGED[of]
  const { endedAt, id } = after ?? { endedAt: Number.MIN_SAFE_INTEGER, id: '' }
  const rows = await ask(
    db,
    `select id, ended_at, ${group} as owner, ${order} as place from ${table}
     where ended_at < ? and ended_at >= ? and (ended_at > ? or id > ?) order by ended_at, id limit ${AT_ONCE}`,
    [retention.before, endedAt, endedAt, id],
  )
  const old: string[] = []
  for (const row of rows) {
    const owner = row['owner'] ?? ''
    if (Number(row['place']) < (await floorOf(db, AGED[of], [owner, retention]))) old.push(String(row['id']))
  }
  if (old.length > 0) await change(db, `delete from ${table} where id in (${marks(old)})`, old)
  const last = rows.length < AT_ONCE ? undefined : rows.at(-1)
  return last === undefined ? null : { endedAt: Number(last['ended_at']), id: String(last['id']) }
}

/** Below it none of the newest lies. */
async function floorOf(
  db: Database,
  { table, group, order }: Aged,
  [owner, { runs, floors }]: readonly [string | number, Retention],
): Promise<number> {
  if (runs === 0) return Number.POSITIVE_INFINITY
  const key = `${table} ${owner}`
  const known = floors.get(key)
  if (known !== undefined) return known
  const newest = await ask(
    db,
    `select ${order} as place from ${table} where ${group} = ? order by ${order} desc limit ${runs}`,
    [owner],
  )
  const last = newest.length < runs ? undefined : newest.at(-1)
  const floor = last === undefined ? Number.NEGATIVE_INFINITY : Number(last['place'])
  floors.set(key, floor)
  return floor
}

/** False where none is left. */
async function dropCounts(db: Database, before: number): Promise<boolean> {
  await change(db, `delete from ${HOURS.name} where hour < ?`, [hourOf(before)])
  const days = await ask(db, `select job, day from ${DAYS.name} where day < ? order by day limit ${AT_ONCE}`, [
    dayOf(before),
  ])
  if (days.length === 0) return false
  const pairs = days.map(() => '(job = ? and day = ?)').join(' or ')
  await change(
    db,
    `delete from ${DAYS.name} where ${pairs}`,
    days.flatMap(({ job = null, day = null }) => [job, day]),
  )
  return days.length === AT_ONCE
}
