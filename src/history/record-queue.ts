import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import { BackOff } from '../platform/waiting/back-off.ts'
import { yieldToOthers } from '../platform/waiting/yielding.ts'
import type { RunRecord, RunRecorder } from '../store/runs/run-recorder.ts'
import { type JournaledRecord, NO_JOURNAL, type RecordJournal } from './record-journal.ts'

const AT_ONCE = 2
const PAUSES = { firstMs: 1000, longestMs: 30_000 }

/** Who writes the records, and where they wait until then. */
export type RecordQueueParts = {
  readonly recorder: RunRecorder
  /** Where records are until the store has them. Absent: in memory alone. */
  readonly journal?: RecordJournal
  readonly clock: Clock
  readonly log: Log
}

/**
 * Writes run records to the store beside everything else. While the store is away they wait, one for each row (the
 * newest wins, so that the queue is never longer than the crontab), and are tried again after 1 s, doubling to 30 s. Those that
 * processes have left that are gone come first.
 */
export class RecordQueue {
  readonly #parts: RecordQueueParts
  readonly #journal: RecordJournal
  readonly #waiting = new Map<number, JournaledRecord>()
  readonly #backOff = new BackOff(PAUSES)
  #writing: Promise<void> | null = null

  constructor(parts: RecordQueueParts) {
    this.#parts = parts
    this.#journal = parts.journal ?? NO_JOURNAL
    this.#takeOver()
    if (this.#waiting.size > 0) this.#writing = this.#writeAll()
  }

  /** Takes `record` and returns at once; the end of this process does not reach it any more, but where that was reported. */
  add(record: RunRecord): void {
    // Taken out first, so that the row moves to the end: Map keeps the order of insertion.
    this.#waiting.delete(record.cronId)
    this.#waiting.set(record.cronId, this.#journal.add(record))
    this.#writing ??= this.#writeAll()
  }

  /** Resolves when nothing waits any more; while the store is away, it does not. */
  async flushed(): Promise<void> {
    while (this.#writing !== null) await this.#writing
  }

  #takeOver(): void {
    const left = this.#journal.takeOver()
    // What this process knows of a row is newer.
    for (const each of left) {
      if (this.#waiting.has(each.record.cronId)) this.#journal.remove(each)
      else this.#waiting.set(each.record.cronId, each)
    }
    if (left.length > 0)
      this.#parts.log.info({ records: left.length }, 'queued run records of an earlier process adopted')
  }

  async #writeAll(): Promise<void> {
    try {
      // A store in a file is written to in one go: what else follows from the end of a run, its lock above all, need not wait for that.
      await yieldToOthers()
      while (this.#waiting.size > 0) await this.#writeSome()
    } finally {
      // In the same turn as the last look: what is added from here on begins a writing of its own.
      this.#writing = null
    }
  }

  async #writeSome(): Promise<void> {
    const batch = [...this.#waiting.values()].slice(0, AT_ONCE)
    const written = await Promise.all(batch.map((record) => this.#write(record)))
    if (!written.every((done) => done)) {
      await this.#parts.clock.sleep(this.#backOff.next())
      return
    }
    // A tick that has ended meanwhile may have found the store away as well.
    if (this.#backOff.isUnderWay) this.#takeOver()
    this.#backOff.reset()
  }

  async #write(waiting: JournaledRecord): Promise<boolean> {
    const { record } = waiting
    this.#waiting.delete(record.cronId)
    try {
      await this.#parts.recorder.recordRun(record)
      this.#journal.remove(waiting)
      return true
    } catch (error) {
      if (!this.#waiting.has(record.cronId)) this.#waiting.set(record.cronId, waiting)
      this.#told(error)
      return false
    }
  }

  /** Once at the beginning of an outage; the store's own reader reports how it continues. */
  #told(error: unknown): void {
    if (this.#backOff.isUnderWay) return
    this.#parts.log.error({ err: error, waiting: this.#waiting.size }, 'store unavailable; run records queued')
  }
}
