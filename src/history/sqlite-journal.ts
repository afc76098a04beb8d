import type { Clock } from '../platform/clock.ts'
import { isSqliteBusy } from '../platform/error-code.ts'
import type { Log } from '../platform/log/log.ts'
import type { SqliteThread } from '../store/sqlite/sqlite-thread.ts'
import { isDamaged, type Journal, moveAside, openJournal } from './sqlite-journal-file.ts'

/** After a failure it is left alone for so long. */
const RETRY_MS = 30_000

/** Where the journal lies. */
export type SqliteJournalParts = {
  readonly path: string
  readonly clock: Clock
  readonly log: Log
  /** Where its log is emptied into it, which waits for the disk; null: here, whenever SQLite does so by itself. */
  readonly thread: Pick<SqliteThread, 'open'> | null
}

/** After so many uses: by then the log holds less than a quarter of what SQLite would let it grow to. */
const EMPTIED_AFTER = 400
/** How long the thread waits for another process that writes. */
const BUSY_MS = 1_000

/**
 * The file of the state directory in which what the store does not have yet outlives the process; the processes of an installation share it.
 * It is opened at its first use. What is wrong with it is reported once in a row of failures, and a torn one is moved aside.
 */
export class SqliteJournal implements Disposable {
  readonly #parts: SqliteJournalParts
  #open: Journal | null = null
  #isTold = false
  #failedAt = Number.NEGATIVE_INFINITY
  #uses = 0

  constructor(parts: SqliteJournalParts) {
    this.#parts = parts
  }

  /** What `work` returns; null if the journal cannot be used now. Never throws. */
  use<T>(work: (open: Journal) => T): T | null {
    return this.#use(work, false)
  }

  [Symbol.dispose](): void {
    this.#open?.database.close()
    this.#open = null
    // Nothing opens it again.
    this.#failedAt = Number.POSITIVE_INFINITY
  }

  #use<T>(work: (open: Journal) => T, isNew: boolean): T | null {
    const { clock, path } = this.#parts
    if (this.#open === null && clock.monotonic() - this.#failedAt < RETRY_MS) return null
    try {
      this.#open ??= openJournal(path, clock.now(), this.#parts.thread !== null)
      const result = work(this.#open)
      this.#emptyLogInTime()
      this.#isTold = isNew
      return result
    } catch (error) {
      this.#failed(error)
      return isDamaged(error) && !isNew && this.#makeWay() ? this.#use(work, true) : null
    }
  }

  #emptyLogInTime(): void {
    const { thread, path } = this.#parts
    this.#uses += 1
    if (thread === null || this.#uses < EMPTIED_AFTER) return
    this.#uses = 0
    // Whatever fails there is tried again by the next one, and in the end by SQLite itself, here.
    void emptyLogIn(thread, path).catch(() => undefined)
  }

  #failed(error: unknown): void {
    const { path, clock, log } = this.#parts
    if (!this.#isTold) {
      const reason = isDamaged(error)
        ? 'the journal is damaged; it was moved aside and a new one is created'
        : undefined
      log.warn({ path, err: error, reason }, 'cannot keep all queued run records in the journal')
    }
    this.#isTold = true
    if (isSqliteBusy(error)) return
    this.#open?.database.close()
    this.#open = null
    this.#failedAt = clock.monotonic()
  }

  /** For a new one, in place of one that is torn. */
  #makeWay(): boolean {
    try {
      moveAside(this.#parts.path, this.#parts.clock.now())
      this.#failedAt = Number.NEGATIVE_INFINITY
      return true
    } catch {
      return false // A directory that takes no writes.
    }
  }
}

async function emptyLogIn(thread: Pick<SqliteThread, 'open'>, path: string): Promise<void> {
  const file = await thread.open(path, BUSY_MS)
  try {
    await file.ask('pragma wal_checkpoint(passive)')
  } finally {
    await file.close()
  }
}
