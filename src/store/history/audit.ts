import type { AuditRow } from '../../domain/history/audit-row.ts'
import type { Engine } from '../sql/engine.ts'
import type { StoredRow } from './history-columns.ts'
import { AUDIT } from './history-tables.ts'
import { askInTurn } from './questions.ts'
import { replaceRows } from './statements.ts'

/** Which rows of the audit: those at `since` or later, the newest `most`. */
export type AuditQuery = { readonly since: number | null; readonly most: number }

const COLUMNS = Object.keys(AUDIT.columns)

/** Whoever writes a row a second time changes nothing. */
export async function writeAudit(engine: Pick<Engine, 'writeIdempotent'>, rows: readonly AuditRow[]): Promise<void> {
  await engine.writeIdempotent((db) => replaceRows(db, AUDIT, rows.map(columnsOf)))
}

/** The newest first. */
export async function readAudit(
  engine: Pick<Engine, 'readSnapshot'>,
  { since, most }: AuditQuery,
): Promise<readonly AuditRow[]> {
  const where = since === null ? '' : 'where at >= ?'
  const statement = `select ${COLUMNS.join(', ')} from ${AUDIT.name} ${where} order by at desc, id desc limit ${most}`
  const rows = await engine.readSnapshot((ask) => askInTurn(ask, statement, since === null ? [] : [since]))
  return rows.map(rowOf)
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
