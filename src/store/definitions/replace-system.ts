import type { Kysely } from 'kysely'
import { ExitError } from '../../domain/errors.ts'
import { describePaused, type PauseRow } from '../../domain/pauses/pause-row.ts'
import type { SystemRow } from '../../domain/rows.ts'
import { change } from '../history/statements.ts'
import { PAUSES } from '../pauses/pause-tables.ts'
import type { Engine } from '../sql/engine.ts'
import type { Tables } from '../sql/tables.ts'
import type { MovedPause, NewCron, NewSystem, StoredCron, SystemReplacement } from './definition-editor.ts'
import type { SqlShelf } from './sql-shelf.ts'

const REFUSED = 6

/** The tables that are written. */
export type ReplacedTables = {
  readonly engine: Pick<Engine, 'writeOnce'>
  readonly systems: SqlShelf<SystemRow, NewSystem>
  readonly crons: SqlShelf<StoredCron, NewCron>
}

/** As `replaceSystem` of the editor says. */
export function replaceSystem(
  { engine, systems, crons }: ReplacedTables,
  { old, into, pauses }: SystemReplacement,
): Promise<void> {
  return engine.writeOnce(async (db) => {
    if (into.kind === 'place') await systems.editWithin(db, old.id, { changes: into.place, seen: old })
    else {
      // Written as it is: from here on nobody else changes it.
      await systems.editWithin(db, into.system.id, { changes: { host: into.system.host }, seen: into.system })
      for (const cron of into.crons) {
        await crons.editWithin(db, cron.id, { changes: { host: into.system.id }, seen: cron })
      }
      await systems.removeWithin(db, old.id, old)
    }
    for (const pause of pauses) await movePause(db, pause)
  })
}

async function movePause(db: Kysely<Tables>, { was, became }: MovedPause): Promise<void> {
  const isEnded = became.until !== was.until
  const [column, value] = isEnded ? ['until_at', became.until] : ['subject', became.subject]
  // In SQL nothing equals null; -1 is no time.
  const statement = `update ${PAUSES.name} set ${column} = ? where id = ? and subject = ? and coalesce(until_at, -1) = ?`
  if ((await change(db, statement, [value, was.id, was.subject, was.until ?? -1])) === 1) return
  throw goneMeanwhile(was)
}

function goneMeanwhile(pause: PauseRow): ExitError {
  return new ExitError(
    REFUSED,
    `the pause of ${describePaused(pause)} was changed by somebody else meanwhile; nothing was changed`,
    'Look at it again, and repeat the change if it is still wanted. "rcron audit" has who changed what.',
  )
}
