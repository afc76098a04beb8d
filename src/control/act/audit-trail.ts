import { randomBytes } from 'node:crypto'
import type { AuditRow } from '../../domain/history/audit-row.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log/log.ts'
import { within } from '../../platform/waiting/within.ts'

/** Where rows of the audit go. */
export type AuditTrailParts = {
  /** Rejects while the store is away. */
  readonly write: (rows: readonly AuditRow[]) => Promise<void>
  readonly clock: Clock
  readonly log: Log
}

/** What was done, before it has an id and a time. */
export type Deed = Omit<AuditRow, 'id' | 'at'>

/** So many wait for the store at the most; the log has them all. */
const MOST = 1_000
const RETRY_MS = 10_000
const LAST_MS = 2_000

/** Writes down who had a daemon do what. What the store does not take yet waits, in order. */
export class AuditTrail implements AsyncDisposable {
  readonly #parts: AuditTrailParts
  readonly #over = new AbortController()
  #waiting: AuditRow[] = []
  #writing: Promise<void> | null = null
  #isAwayTold = false

  constructor(parts: AuditTrailParts) {
    this.#parts = parts
  }

  /** Never throws, never waits. */
  note(deed: Deed): void {
    this.#waiting.push({ id: randomBytes(16).toString('hex'), at: this.#parts.clock.now(), ...deed })
    if (this.#waiting.length > MOST) this.#waiting.shift()
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null
    })
  }

  /** Tries once more what waits, and gives it up then. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort()
    if (this.#writing !== null) await within(this.#parts.clock, LAST_MS, this.#writing)
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const isLast = this.#over.signal.aborted
      if (await this.#write()) continue
      if (isLast) return
      await this.#parts.clock.sleep(RETRY_MS, this.#over.signal)
    }
  }

  async #write(): Promise<boolean> {
    const rows = [...this.#waiting]
    try {
      await this.#parts.write(rows)
      this.#waiting = this.#waiting.filter((row) => !rows.includes(row))
      this.#isAwayTold = false
      return true
    } catch (error) {
      if (!this.#isAwayTold)
        this.#parts.log.warn({ err: error }, 'cannot write the audit; it waits, and the log has it')
      this.#isAwayTold = true
      return false
    }
  }
}
