import type { FiringRow } from '../../domain/history/firing-row.ts'
import { type Resolution, resolvedFiring, resolvedRun } from '../../domain/history/plan-resolution.ts'
import type { RunRow } from '../../domain/history/run-row.ts'
import type { Engine } from '../sql/engine.ts'
import { columnsOfFiring, columnsOfRun, firingOf, runOf } from './history-columns.ts'
import { FIRINGS, RUNS } from './history-tables.ts'
import { ask, change, type Database, replaceRows, rowsIn } from './statements.ts'
import { rollUpAll, waitForOthers } from './write-history.ts'

/** What came of a resolution. Of `unknown` and `ambiguous`: no run, or several, have an id that begins so. */
export type Resolved =
  | { readonly kind: 'resolved'; readonly before: RunRow; readonly after: RunRow }
  | { readonly kind: 'not-lost'; readonly run: RunRow }
  | { readonly kind: 'unknown' | 'ambiguous' }

/** An id is asked for by its beginning: what comes after every one that begins so. */
const AFTER_HEX = 'g'

/** Gives a lost run the end that somebody knows of, with its firing, the roll-ups, the counts and what its row says: all of it or nothing. */
export async function resolveRun(
  engine: Pick<Engine, 'writeOnce'>,
  id: string,
  resolution: Resolution,
): Promise<Resolved> {
  return await engine.writeOnce(async (db): Promise<Resolved> => {
    await waitForOthers(db)
    const named = await ask(db, `select id from ${RUNS.name} where id >= ? and id < ? limit 2`, [id, id + AFTER_HEX])
    const [first] = named
    if (first === undefined) return { kind: 'unknown' }
    if (named.length > 1) return { kind: 'ambiguous' }
    const [before] = await runsWith(db, 'id', String(first['id']))
    if (before === undefined) return { kind: 'unknown' }
    if (before.kind !== 'lost') return { kind: 'not-lost', run: before }
    const after = resolvedRun(before, resolution)
    await replaceRows(db, RUNS, [columnsOfRun(after)])
    const firings = await resolveFiring(db, after)
    await rollUpAll(db, firings, [{ before, after }])
    await correctRecord(db, after)
    return { kind: 'resolved', before, after }
  })
}

async function resolveFiring(db: Database, run: RunRow) {
  const found = await rowsIn(db, { name: FIRINGS.name, columns: Object.keys(FIRINGS.columns) }, ['id', [run.firing]])
  const [stored] = found
  if (stored === undefined) return []
  const before: FiringRow = firingOf(stored)
  const after = resolvedFiring(before, run, await runsWith(db, 'firing', run.firing))
  if (after === null) return []
  await replaceRows(db, FIRINGS, [columnsOfFiring(after)])
  return [{ before, after }]
}

/** What the row of the cron says of its last run, where that is this one. */
async function correctRecord(db: Database, { cron, kind, reason, endedAt }: RunRow): Promise<void> {
  const later = await ask(db, `select id from ${RUNS.name} where cron_id = ? and ended_at > ? limit 1`, [cron, endedAt])
  if (later.length > 0) return
  const errors = kind === 'succeeded' ? null : `failed: ${reason}`.slice(0, 255).toWellFormed()
  const statement = "update rcron_crons set errors = ?, last_run = last_run where id = ? and errors like 'lost:%'"
  await change(db, statement, [errors, cron])
}

async function runsWith(db: Database, column: 'id' | 'firing', value: string): Promise<readonly RunRow[]> {
  const rows = await rowsIn(db, { name: RUNS.name, columns: Object.keys(RUNS.columns) }, [column, [value]])
  return rows.map(runOf)
}
