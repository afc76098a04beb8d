import type { HistoryRow } from './plan-history.ts'

/** A row that waits, and its number in the journal; null if it could not be written down. */
export type WaitingRow = { readonly entry: number | null; readonly row: HistoryRow }

/**
 * Rows of history that the store does not have yet, in the order in which they came, where the end of the process does not reach them.
 * Rows of any process may be written by any other: writing one twice changes nothing. Nothing here throws.
 */
export interface HistoryJournal {
  /** Writes `rows` down; false if it could not. */
  add(rows: readonly HistoryRow[]): boolean
  /** The oldest, of whichever process: so many at most. */
  next(most: number): readonly WaitingRow[]
  /** The store has them. */
  remove(rows: readonly WaitingRow[]): void
}

/** More waits in memory alone for no longer than it must: beyond this the oldest are given up, and what they printed before that. */
const MOST_ROWS = 10_000
const MOST_WITH_OUTPUT = 200

/** Without a journal: in memory alone, within a bound. */
export class MemoryHistoryJournal implements HistoryJournal {
  #rows: WaitingRow[] = []

  get size(): number {
    return this.#rows.length
  }

  add(rows: readonly HistoryRow[]): boolean {
    for (const row of rows) {
      const isCrowded = this.#rows.length >= MOST_WITH_OUTPUT
      this.#rows.push({ entry: null, row: isCrowded ? withoutOutput(row) : row })
      if (this.#rows.length > MOST_ROWS) this.#rows.shift()
    }
    return true
  }

  next(most: number): readonly WaitingRow[] {
    return this.#rows.slice(0, most)
  }

  remove(rows: readonly WaitingRow[]): void {
    // Most often they are the oldest ones.
    const first = this.#rows[0]
    const at = first === undefined ? -1 : rows.indexOf(first)
    if (at !== -1 && rows.slice(at).every((row, place) => row === this.#rows[place])) {
      this.#rows.splice(0, rows.length - at)
      return
    }
    const written = new Set(rows)
    this.#rows = this.#rows.filter((row) => !written.has(row))
  }
}

export function withoutOutput(row: HistoryRow): HistoryRow {
  return row.kind === 'run' ? { ...row, row: { ...row.row, output: null } } : row
}
