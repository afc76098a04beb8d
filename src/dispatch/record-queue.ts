import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { RunRecord, RunRecorder } from '../store/run-recorder.ts'

const AT_ONCE = 2
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 30_000

export type RecordQueueParts = { readonly recorder: RunRecorder; readonly clock: Clock; readonly log: Log }

/**
 * Writes run records to the store beside everything else. While the store is away they wait, one for each row (the
 * newest wins, so that the queue is never longer than the crontab), and are tried again after 1 s, doubling to 30 s.
 */
export class RecordQueue {
  readonly #parts: RecordQueueParts
  readonly #waiting = new Map<number, RunRecord>()
  #pauseMs = FIRST_PAUSE_MS
  #writing: Promise<void> | null = null

  constructor(parts: RecordQueueParts) {
    this.#parts = parts
  }

  /** Takes `record` and returns at once. */
  add(record: RunRecord): void {
    // Taken out first, so that the row moves to the end: Map keeps the order of insertion.
    this.#waiting.delete(record.cronId)
    this.#waiting.set(record.cronId, record)
    this.#writing ??= this.#writeAll()
  }

  /** Resolves when nothing waits any more; while the store is away, it does not. */
  async flushed(): Promise<void> {
    while (this.#writing !== null) await this.#writing
  }

  async #writeAll(): Promise<void> {
    try {
      // A store in a file is written to in one go: what else follows from the end of a run, its lock above all, need not wait for that.
      await new Promise((next) => setImmediate(next))
      while (this.#waiting.size > 0) await this.#writeSome()
    } finally {
      // In the same turn as the last look: what is added from here on begins a writing of its own.
      this.#writing = null
    }
  }

  async #writeSome(): Promise<void> {
    const batch = [...this.#waiting.values()].slice(0, AT_ONCE)
    const written = await Promise.all(batch.map((record) => this.#write(record)))
    if (written.every((done) => done)) this.#pauseMs = FIRST_PAUSE_MS
    else await this.#pause()
  }

  async #write(record: RunRecord): Promise<boolean> {
    this.#waiting.delete(record.cronId)
    try {
      await this.#parts.recorder.recordRun(record)
      return true
    } catch (error) {
      if (!this.#waiting.has(record.cronId)) this.#waiting.set(record.cronId, record)
      this.#told(error)
      return false
    }
  }

  /** Once at the beginning of an outage; the store's own reader tells how it goes on. */
  #told(error: unknown): void {
    if (this.#pauseMs > FIRST_PAUSE_MS) return
    this.#parts.log.error({ err: error, waiting: this.#waiting.size }, 'run records wait for the store')
  }

  async #pause(): Promise<void> {
    const pauseMs = this.#pauseMs
    this.#pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
    await this.#parts.clock.sleep(pauseMs)
  }
}
