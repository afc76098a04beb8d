import type { AuditRow } from '../../domain/history/audit-row.ts'
import type { Ask } from '../sql/ask.ts'
import type { Engine } from '../sql/engine.ts'
import type { StoredRow } from './history-columns.ts'
import { AUDIT } from './history-tables.ts'
import { askInTurn } from './questions.ts'
import { replaceRows } from './statements.ts'

/** Which rows of the audit: those at `since` or later, the newest `most`; `crons`: only those of these rows. */
export type AuditQuery = { readonly since: number | null; readonly most: number; readonly crons?: readonly number[] }

const COLUMNS = Object.keys(AUDIT.columns)

/** Whoever writes a row a second time changes nothing. */
export async function writeAudit(engine: Pick<Engine, 'writeIdempotent'>, rows: readonly AuditRow[]): Promise<void> {
  await engine.writeIdempotent((db) => replaceRows(db, AUDIT, rows.map(columnsOf)))
}

/** The newest first. */
export async function readAudit(
  engine: Pick<Engine, 'readSnapshot'>,
  { since, most, crons }: AuditQuery,
): Promise<readonly AuditRow[]> {
  const read = (ask: Ask, conditions: readonly string[], values: readonly (string | number)[]) => {
    const all = since === null ? conditions : [...conditions, 'at >= ?']
    const where = all.length === 0 ? '' : `where ${all.join(' and ')}`
    const statement = `select ${COLUMNS.join(', ')} from ${AUDIT.name} ${where} order by at desc, id desc limit ${most}`
    return askInTurn(ask, statement, since === null ? values : [...values, since])
  }
  const rows = await engine.readSnapshot(async (ask) => {
    if (crons === undefined) return await read(ask, [], [])
    const found: StoredRow[] = []
    // Each is a range of the index over subjects: `cron 5 "dump"`, whatever it was called then.
    for (const id of crons)
      found.push(...(await read(ask, ['subject > ?', 'subject < ?'], [`cron ${id} `, `cron ${id}!`])))
    return found
  })
  return rows.map(rowOf).sort(newestFirst)
}

function newestFirst(a: AuditRow, b: AuditRow): number {
  return b.at - a.at || (a.id < b.id ? 1 : -1)
}

function columnsOf({ id, at, actor, action, subject, was, became }: AuditRow): StoredRow {
  const cut = (text: string) => text.slice(0, 255).toWellFormed()
  return { id, at, actor: cut(actor), action, subject: cut(subject), was, became }
}

function rowOf(stored: StoredRow): AuditRow {
  const text = (name: string) => String(stored[name])
  const orNull = (name: string) => (stored[name] === null ? null : text(name))
  return {
    id: text('id'),
    at: Number(stored['at']),
    actor: text('actor'),
    action: text('action'),
    subject: text('subject'),
    was: orNull('was'),
    became: orNull('became'),
  }
}
