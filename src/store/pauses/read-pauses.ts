import type { PauseRow } from '../../domain/pauses/pause-row.ts'
import type { StoredRow } from '../history/history-columns.ts'
import type { Ask } from '../sql/ask.ts'
import type { PresentColumns } from '../sql/tables.ts'
import { PAUSES } from './pause-tables.ts'

const COLUMNS = Object.keys(PAUSES.columns)

/** All of them, the oldest first; none where the table is missing, of which the reading of the definitions warns. */
export async function readPauses(ask: Ask, present: PresentColumns): Promise<readonly PauseRow[]> {
  if (!present.has(PAUSES.name)) return []
  const rows = await ask(`select ${COLUMNS.join(', ')} from ${PAUSES.name} order by since_at, id`)
  return (rows as readonly StoredRow[]).map(rowOf)
}

function rowOf(stored: StoredRow): PauseRow {
  const text = (name: string) => String(stored[name])
  const textOrNull = (name: string) => (stored[name] === null ? null : text(name))
  const numberOrNull = (name: string) => (stored[name] === null ? null : Number(stored[name]))
  return {
    id: text('id'),
    kind: text('kind'),
    subject: text('subject'),
    since: Number(stored['since_at']),
    until: numberOrNull('until_at'),
    schedule: textOrNull('schedule'),
    minutes: numberOrNull('minutes'),
    timezone: textOrNull('timezone'),
    reason: text('reason'),
    actor: text('actor'),
  }
}
