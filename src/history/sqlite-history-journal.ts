import type { DatabaseSync } from 'node:sqlite'
import { keepNewest } from '../platform/bounded-map.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import { type HistoryJournal, MemoryHistoryJournal, type WaitingRow, withoutOutput } from './history-journal.ts'
import type { HistoryRow } from './plan-history.ts'
import type { SqliteJournal } from './sqlite-journal.ts'
import type { Journal } from './sqlite-journal-file.ts'

/** The size is looked at after so many rows. */
const LOOK_AFTER = 32
/** So many numbers of entries there are for each millisecond: until the year 2109 they are exact. */
const PER_MS = 2048
/** So many of its own rows a process holds in memory too, if they have not printed much. */
const MOST_OWN = 200
const MOST_OWN_CHARACTERS = 4_096
/** How many outputs are dropped at once where the file has become too large. */
const DROPPED_AT_ONCE = 64

/** Where rows wait, and how much may. */
export type SqliteHistoryJournalParts = {
  readonly file: SqliteJournal
  /** The name of the database that rows go to: those of another one wait until that is in use again. */
  readonly store: () => string
  /** Beyond this what was printed is dropped, the oldest first; what happened never. */
  readonly maxBytes: number
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
}

/** The journal in a file of the state directory; while that cannot be used, in memory, within a bound. */
export class SqliteHistoryJournal implements HistoryJournal {
  readonly #parts: SqliteHistoryJournalParts
  readonly #memory = new MemoryHistoryJournal()
  /** The newest of this process's own, so that they need not be read back. */
  readonly #own = new Map<number, HistoryRow>()
  #sinceLook = LOOK_AFTER
  /** The number of the last one: none is ever given twice, so that what one process removes is not what another one has added since. */
  #entry = 0
  /** Up to it what was printed has been dropped. */
  #droppedTo = 0
  #isTold = false

  constructor(parts: SqliteHistoryJournalParts) {
    this.#parts = parts
  }

  add(rows: readonly HistoryRow[]): boolean {
    const written = this.#parts.file.use((open) => {
      this.#makeRoom(open)
      if (rows.length === 1) for (const row of rows) this.#insert(open, row)
      else this.#insertTogether(open, rows)
      return true
    })
    return written ?? (this.#memory.add(rows) && false)
  }

  next(most: number): readonly WaitingRow[] {
    const found = this.#parts.file.use((open) => this.#found(open, most)) ?? []
    const unreadable = found.filter(({ row }) => row === null)
    if (unreadable.length > 0) this.#giveUp(unreadable.map(({ entry }) => entry))
    const rows = found.flatMap(({ entry, row }) => (row === null ? [] : [{ entry, row }]))
    return rows.length > 0 ? rows : this.#memory.next(most)
  }

  remove(rows: readonly WaitingRow[]): void {
    const entries = rows.flatMap(({ entry }) => (entry === null ? [] : [entry]))
    for (const entry of entries) this.#own.delete(entry)
    if (entries.length > 0) this.#parts.file.use((open) => open.removeHistory.run(JSON.stringify(entries)))
    if (entries.length < rows.length) this.#memory.remove(rows)
  }

  #found(open: Journal, most: number): readonly Found[] {
    const entries = open.nextHistory.all(this.#parts.store(), most).map(({ entry }) => Number(entry))
    const others = entries.filter((entry) => !this.#own.has(entry))
    const read = others.length === 0 ? [] : open.readHistory.all(JSON.stringify(others)).map(waitingOf)
    const byEntry = new Map(read.map((found) => [found.entry, found.row]))
    return entries.map((entry) => ({ entry, row: this.#own.get(entry) ?? byEntry.get(entry) ?? null }))
  }

  #insertTogether(open: Journal, rows: readonly HistoryRow[]): void {
    const { database } = open
    database.exec('begin immediate')
    try {
      for (const row of rows) this.#insert(open, row)
      database.exec('commit')
    } catch (error) {
      if (database.isTransaction) database.exec('rollback')
      throw error
    }
  }

  #insert({ addHistory }: Journal, row: HistoryRow): void {
    const { store, clock } = this.#parts
    const [text, output] = [JSON.stringify(withoutOutput(row)), outputOf(row)]
    this.#entry = Math.max(this.#entry + 1, Math.floor(clock.now()) * PER_MS + Math.floor(Math.random() * PER_MS))
    // Another process may have the same number.
    while (addHistory.run(this.#entry, store(), text, output).changes === 0) this.#entry += 1
    if ((output?.length ?? 0) <= MOST_OWN_CHARACTERS) keepNewest(this.#own, this.#entry, row, MOST_OWN)
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
    while (usedBytes(database) > maxBytes && this.#dropOldest(database)) {
      if (!this.#isTold)
        log.warn({ maxBytes }, 'journal of history is full: the oldest output is dropped, outcomes are kept')
      this.#isTold = true
    }
  }

  /** False if there is none left. */
  #dropOldest(database: DatabaseSync): boolean {
    const found = database
      .prepare(
        `select entry from waiting_history where entry > ? and output is not null order by entry limit ${DROPPED_AT_ONCE}`,
      )
      .all(this.#droppedTo)
    const entries = found.map(({ entry }) => Number(entry))
    database
      .prepare('update waiting_history set output = null where entry in (select value from json_each(?))')
      .run(JSON.stringify(entries))
    this.#droppedTo = entries.at(-1) ?? this.#droppedTo
    return entries.length > 0
  }
}

/** What the file holds, without the room in it that is free again. */
function usedBytes(database: DatabaseSync): number {
  const read = (pragma: string) => Number(Object.values(database.prepare(`pragma ${pragma}`).get() ?? {})[0] ?? 0)
  return (read('page_count') - read('freelist_count')) * read('page_size')
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
    return { entry: Number(entry), row: { ...parsed, row: { ...parsed.row, output: printed } } }
  } catch {
    return { entry: Number(entry), row: null }
  }
}
