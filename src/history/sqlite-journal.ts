import type { Clock } from '../platform/clock.ts'
import { isSqliteBusy } from '../platform/error-code.ts'
import type { Log } from '../platform/log/log.ts'
import { isDamaged, type Journal, moveAside, openJournal } from './sqlite-journal-file.ts'

/** After a failure it is left alone for so long. */
const RETRY_MS = 30_000

/** Where the journal lies. */
export type SqliteJournalParts = { readonly path: string; readonly clock: Clock; readonly log: Log }

/**
 * The file of the state directory in which what the store does not have yet outlives the process; the processes of an installation share it.
 * It is opened at its first use. What is wrong with it is reported once in a row of failures, and a torn one is moved aside.
 */
export class SqliteJournal implements Disposable {
  readonly #parts: SqliteJournalParts
  #open: Journal | null = null
  #isTold = false
  #failedAt = Number.NEGATIVE_INFINITY

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
      this.#open ??= openJournal(path, clock.now())
      const result = work(this.#open)
      this.#isTold = isNew
      return result
    } catch (error) {
      this.#failed(error)
      return isDamaged(error) && !isNew && this.#makeWay() ? this.#use(work, true) : null
    }
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
