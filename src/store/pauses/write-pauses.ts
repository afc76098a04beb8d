import type { PauseRow } from '../../domain/pauses/pause-row.ts'
import { change, replaceRows } from '../history/statements.ts'
import { DatabaseFault } from '../sql/database-fault.ts'
import type { Engine } from '../sql/engine.ts'
import { PAUSES } from './pause-tables.ts'

/** How long a pause is kept that is over: minutes that were missed further back are not planned any more. Milliseconds. */
const KEPT_MS = 32 * 24 * 60 * 60_000

/** Writes the rows, each in place of the one with its id; a second time that changes nothing. What has been over for long goes. */
export async function writePauses(
  engine: Pick<Engine, 'writeOnce' | 'where' | 'advice'>,
  rows: readonly PauseRow[],
  now: number,
): Promise<void> {
  try {
    await engine.writeOnce(async (db) => {
      await change(db, `delete from ${PAUSES.name} where until_at < ?`, [now - KEPT_MS])
      await replaceRows(db, PAUSES, rows.map(columnsOf))
    })
  } catch (error) {
    if (!(error instanceof DatabaseFault && error.kind === 'missing-table')) throw error
    const message = `${engine.where}: table ${PAUSES.name} ${engine.advice.missing}: nothing can be paused`
    throw new DatabaseFault({ kind: error.kind, message, hint: engine.advice.forMissingTable })
  }
}

function columnsOf({ id, kind, subject, since, until, schedule, minutes, timezone, reason, actor }: PauseRow) {
  const cut = (text: string, characters: number) => text.slice(0, characters).toWellFormed()
  const times = { since_at: since, until_at: until, schedule, minutes, timezone }
  return { id, kind, subject, ...times, reason: cut(reason, 600), actor: cut(actor, 255) }
}
