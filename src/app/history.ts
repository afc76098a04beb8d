import { hash } from 'node:crypto'
import type { Snapshot } from '../definitions/snapshot.ts'
import type { KeepHistory } from '../domain/choices.ts'
import { HistoryRows } from '../history/history-rows.ts'
import { HistoryWriter } from '../history/history-writer.ts'
import { HistoryPlan } from '../history/plan-history.ts'
import { SqliteHistoryJournal } from '../history/sqlite-history-journal.ts'
import type { SqliteJournal } from '../history/sqlite-journal.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import type { KnownSecrets } from '../secrets/known-secrets.ts'
import type { HistoryKeeping } from '../store/history/history-store.ts'
import type { LiveSettings } from './live-settings.ts'
import { nameOfDatabase } from './settings.ts'

/** What history is kept with. */
export type HistoryParts = {
  readonly live: LiveSettings
  readonly clock: Clock
  readonly log: Log
  readonly source: { readonly snapshot: Snapshot | null }
  readonly installation: string
  readonly known: KnownSecrets
  /** The file in which it waits for the store. */
  readonly file: SqliteJournal
}

/** The subscriber that makes the rows, who writes them, and where old ones are deleted. Disposed of, what is not written is left in the journal. */
export type History = Disposable & {
  readonly rows: HistoryRows
  readonly writer: HistoryWriter
  readonly keeping: Pick<HistoryKeeping, 'sweepHistory'>
}

export function composeHistory({ live, clock, log, source, installation, known, file }: HistoryParts): History {
  const { database, history } = live.settings.config
  if (database.kind === 'mysql') known.note(database.password)
  const store = () => nameOfDatabase(live.settings.config.database)
  const journal = new SqliteHistoryJournal({ file, store, maxBytes: history.journalBytes, clock, log })
  const writer = new HistoryWriter({
    store: { writeHistory: (batch) => live.store.writeHistory(batch) },
    journal,
    clock,
    log,
  })
  const rows = new HistoryRows({
    plan: new HistoryPlan({ installation, idOf }),
    writer,
    mask: (excerpt) => known.maskExcerpt(excerpt),
    keepOf: keepsOf(source),
  })
  return {
    rows,
    writer,
    keeping: { sweepHistory: (place, retention) => live.store.sweepHistory(place, retention) },
    [Symbol.dispose]: () => writer[Symbol.dispose](),
  }
}

function idOf(text: string): string {
  return hash('sha256', text).slice(0, 32)
}

/** Looked up once for each snapshot: few crons say anything. */
function keepsOf(source: HistoryParts['source']): (cron: number) => KeepHistory {
  let known: Snapshot | null = null
  let keeps = new Map<number, KeepHistory>()
  return (cron) => {
    const { snapshot } = source
    if (snapshot !== known) {
      const crons = snapshot?.crons.filter(({ keepHistory }) => keepHistory !== 'all') ?? []
      keeps = new Map(crons.map(({ id, keepHistory }) => [id, keepHistory]))
      known = snapshot
    }
    return keeps.get(cron) ?? 'all'
  }
}
