import type { DatabaseSync } from 'node:sqlite'
import type { Log } from '../platform/log/log.ts'
import { type HistoryJournal, MemoryHistoryJournal, type WaitingRow, withoutOutput } from './history-journal.ts'
import type { HistoryRow } from './plan-history.ts'
import type { SqliteJournal } from './sqlite-journal.ts'
import type { Journal } from './sqlite-journal-file.ts'

/** The size is looked at after so many rows. */
const LOOK_AFTER = 32
/** How many outputs are dropped at once where the file has become too large. */
const DROPPED_AT_ONCE = 64

/** Where rows wait, and how much may. */
export type SqliteHistoryJournalParts = {
  readonly file: SqliteJournal
  /** The name of the database that rows go to: those of another one wait until that is in use again. */
  readonly store: () => string
  /** Beyond this what was printed is dropped, the oldest first; what happened never. */
  readonly maxBytes: number
  readonly log: Log
}

/** The journal in a file of the state directory; while that cannot be used, in memory, within a bound. */
export class SqliteHistoryJournal implements HistoryJournal {
  readonly #parts: SqliteHistoryJournalParts
  readonly #memory = new MemoryHistoryJournal()
  #sinceLook = LOOK_AFTER
  #isTold = false

  constructor(parts: SqliteHistoryJournalParts) {
    this.#parts = parts
  }

  add(row: HistoryRow): boolean {
    const written = this.#parts.file.use((open) => {
      this.#makeRoom(open)
      open.addHistory.run(this.#parts.store(), JSON.stringify(withoutOutput(row)), outputOf(row))
      return true
    })
    return written ?? (this.#memory.add(row) && false)
  }

  next(most: number): readonly WaitingRow[] {
    const found = this.#parts.file.use((open) => open.nextHistory.all(this.#parts.store(), most).map(waitingOf)) ?? []
    const unreadable = found.filter(({ row }) => row === null)
    if (unreadable.length > 0) this.#giveUp(unreadable.map(({ entry }) => entry))
    const rows = found.flatMap(({ entry, row }) => (row === null ? [] : [{ entry, row }]))
    return rows.length > 0 ? rows : this.#memory.next(most)
  }

  remove(rows: readonly WaitingRow[]): void {
    const entries = rows.flatMap(({ entry }) => (entry === null ? [] : [entry]))
    if (entries.length > 0) this.#parts.file.use((open) => open.removeHistory.run(JSON.stringify(entries)))
    if (entries.length < rows.length) this.#memory.remove(rows)
  }

  /** What is none of ours keeps nothing back. */
  #giveUp(entries: readonly number[]): void {
    this.#parts.log.warn({ entries }, 'rows in the journal of history cannot be read; they are removed')
    this.#parts.file.use((open) => open.removeHistory.run(JSON.stringify(entries)))
  }

  #makeRoom({ database }: Journal): void {
    this.#sinceLook += 1
    if (this.#sinceLook < LOOK_AFTER) return
    this.#sinceLook = 0
    const { maxBytes, log } = this.#parts
    if (usedBytes(database) <= maxBytes) return
    while (usedBytes(database) > maxBytes && dropOldestOutputs(database)) {
      if (!this.#isTold)
        log.warn({ maxBytes }, 'journal of history is full: the oldest output is dropped, outcomes are kept')
      this.#isTold = true
    }
  }
}

/** What the file holds, without the room in it that is free again. */
function usedBytes(database: DatabaseSync): number {
  const read = (pragma: string) => Number(Object.values(database.prepare(`pragma ${pragma}`).get() ?? {})[0] ?? 0)
  return (read('page_count') - read('freelist_count')) * read('page_size')
}

/** False if there is none left. */
function dropOldestOutputs(database: DatabaseSync): boolean {
  const { changes } = database
    .prepare(
      `update waiting_history set output = null where entry in
         (select entry from waiting_history where output is not null order by entry limit ${DROPPED_AT_ONCE})`,
    )
    .run()
  return Number(changes) > 0
}

function outputOf(row: HistoryRow): string | null {
  return row.kind === 'run' && row.row.output !== null ? JSON.stringify(row.row.output) : null
}

type Found = { readonly entry: number; readonly row: HistoryRow | null }

/** Null for what is none of ours. */
function waitingOf({ entry, row, output }: Readonly<Record<string, unknown>>): Found {
  try {
    const parsed = JSON.parse(String(row)) as HistoryRow
    const printed = output === null ? null : JSON.parse(String(output))
    if (parsed.kind !== 'run') return { entry: Number(entry), row: parsed }
    return { entry: Number(entry), row: { kind: 'run', row: { ...parsed.row, output: printed } } }
  } catch {
    return { entry: Number(entry), row: null }
  }
}
