import { BUG } from '../domain/bug.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import { BackOff } from '../platform/waiting/back-off.ts'
import type { HistoryBatch, HistoryWriting } from '../store/history/history-store.ts'
import { DatabaseFault, type FaultKind } from '../store/sql/database-fault.ts'
import { type HistoryJournal, MemoryHistoryJournal, type WaitingRow } from './history-journal.ts'
import { firingShownBy, type HistoryRow } from './plan-history.ts'

/** For so long rows gather before they are written: whatever a minute begins comes first. */
const GATHER_MS = 500
const MOST_ROWS = 100
/** Of what runs printed, in one transaction: a statement that is larger takes long, and a server may refuse it. */
const MOST_CHARACTERS = 500_000
/** So many firings may wait without a place in the journal. */
const MOST_SHOWN = 5000
const PAUSES = { firstMs: 1000, longestMs: 30_000 }
/** Where there are no tables to write to, they are looked for again after so long. */
const OFF_MS = 60_000

/** Who writes history, and where it waits until then. */
export type HistoryWriterParts = {
  readonly store: HistoryWriting
  readonly journal: HistoryJournal
  readonly clock: Clock
  readonly log: Log
}

/** The tables are not there, or may not be written to: nothing is kept then. */
const OFF: readonly FaultKind[] = ['missing-table', 'missing-column', 'denied', 'not-made']
/** What no other try would change, where the row stands alone. */
const UNFIT: readonly FaultKind[] = ['too-long', 'characters', 'duplicate', 'referenced']

/**
 * Writes rows of history to the store beside everything else, several at a time. While the store is away they wait in the journal, and are
 * tried again after 1 s, doubling to 30 s; those of processes that have gone come with them.
 */
export class HistoryWriter implements Disposable {
  readonly #parts: HistoryWriterParts
  readonly #backOff = new BackOff(PAUSES)
  readonly #shown = new MemoryHistoryJournal()
  #hurry = new AbortController()
  #writing: Promise<void> | null = null
  #atOnce = MOST_ROWS
  #offUntil = Number.NEGATIVE_INFINITY
  #isOffTold = false

  /** Begins with what earlier processes have left. */
  constructor(parts: HistoryWriterParts) {
    this.#parts = parts
    this.#writing = this.#writeAll()
  }

  /**
   * Takes `row` and returns at once; the end of this process does not reach it any more, but where that was reported. A firing that one of
   * its runs shows already is not worth a writing of its own: it comes with what is written next.
   */
  add(row: HistoryRow): void {
    const { journal, clock } = this.#parts
    if (clock.monotonic() < this.#offUntil) return
    if (row.kind === 'firing' && row.isShown) this.#shown.add([row])
    else journal.add([row])
    if (this.#shown.size >= MOST_SHOWN) this.#putDown()
    this.#writing ??= this.#writeAll()
  }

  /** Leaves to the next process what the store does not have. */
  [Symbol.dispose](): void {
    this.#putDown()
  }

  #putDown(): void {
    const rows = this.#shown.next(MOST_SHOWN)
    if (rows.length > 0) this.#parts.journal.add(rows.map(({ row }) => row))
    this.#shown.remove(rows)
  }

  /** Resolves when nothing waits any more; while the store is away, it does not. */
  async flushed(): Promise<void> {
    while (this.#writing !== null) {
      this.#hurry.abort()
      await this.#writing
    }
  }

  async #writeAll(): Promise<void> {
    try {
      await this.#parts.clock.sleep(GATHER_MS, this.#hurry.signal)
      let rows = this.#next()
      while (rows.length > 0) {
        await this.#write(rows)
        rows = this.#next()
      }
    } finally {
      this.#hurry = new AbortController()
      // In the same turn as the last look: what is added from here on begins a writing of its own.
      this.#writing = null
    }
  }

  #next(): readonly WaitingRow[] {
    const rows = upTo(MOST_CHARACTERS, this.#parts.journal.next(this.#atOnce))
    return [...rows, ...this.#shown.next(this.#atOnce - (this.#atOnce === 1 ? rows.length : 0))]
  }

  async #write(rows: readonly WaitingRow[]): Promise<void> {
    const { store } = this.#parts
    try {
      await store.writeHistory(batchOf(rows))
      this.#remove(rows)
      this.#backOff.reset()
      this.#atOnce = MOST_ROWS
      this.#isOffTold = false
    } catch (error) {
      await this.#failed(error, rows)
    }
  }

  #remove(rows: readonly WaitingRow[]): void {
    this.#parts.journal.remove(rows)
    this.#shown.remove(rows)
  }

  async #failed(error: unknown, rows: readonly WaitingRow[]): Promise<void> {
    const { clock, log } = this.#parts
    const kind = error instanceof DatabaseFault ? error.kind : null
    if (kind !== null && OFF.includes(kind)) {
      this.#offUntil = clock.monotonic() + OFF_MS
      this.#remove(rows)
      if (!this.#isOffTold && kind === 'denied')
        log.warn({ err: error }, 'no history is kept: the store does not take it')
      this.#isOffTold = true
      return
    }
    if (kind === null || UNFIT.includes(kind)) {
      this.#setApart(error, rows)
      return
    }
    if (!this.#backOff.isUnderWay) log.info({ err: error }, 'store unavailable; history waits in the journal')
    this.#putDown()
    await clock.sleep(this.#backOff.next())
  }

  /** One row that cannot be written keeps no other one back. */
  #setApart(error: unknown, rows: readonly WaitingRow[]): void {
    const [row] = rows
    if (rows.length > 1 || row === undefined) {
      this.#atOnce = 1
      return
    }
    const { log } = this.#parts
    const { id, job } = row.row.row
    this.#remove(rows)
    log.error({ job: job.name, kind: row.row.kind, id, err: error }, `${BUG}: a row of history cannot be written`)
  }
}

function batchOf(rows: readonly WaitingRow[]): HistoryBatch {
  return {
    firings: rows.flatMap(({ row }) => {
      if (row.kind === 'firing') return [row.row]
      return row.endsFiring ? [firingShownBy(row.row)] : []
    }),
    runs: rows.flatMap(({ row }) => (row.kind === 'run' ? [row.row] : [])),
  }
}

/** The first ones, which have printed no more than that together; one at least. */
function upTo(characters: number, rows: readonly WaitingRow[]): readonly WaitingRow[] {
  let sum = 0
  const over = rows.findIndex(({ row }) => {
    sum += printedBy(row)
    return sum > characters
  })
  return over === -1 ? rows : rows.slice(0, Math.max(1, over))
}

function printedBy(row: HistoryRow): number {
  if (row.kind === 'firing' || row.row.output === null) return 0
  const { stdout, stderr } = row.row.output
  return stdout.head.length + stdout.tail.length + stderr.head.length + stderr.tail.length
}
