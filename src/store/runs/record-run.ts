import { DatabaseFault } from '../sql/database-fault.ts'
import type { Engine } from '../sql/engine.ts'
import { plainOf, type RunColumns, writtenRunOf } from './run-columns.ts'
import type { RunRecord, RunRecorder } from './run-recorder.ts'

/** Writes records of one cron in the order in which they were given, so that the newest stays; other crons do not wait. */
export class OrderedRecorder implements RunRecorder {
  readonly #engine: Engine
  /** The last write under way, by cron. */
  readonly #writing = new Map<number, Promise<void>>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  async recordRun(record: RunRecord): Promise<void> {
    const { cronId } = record
    const before = this.#writing.get(cronId) ?? Promise.resolve()
    const writing = before.then(() => this.#write(record))
    // The next record follows this one whether or not it could be written.
    const settled = writing.catch(() => undefined)
    this.#writing.set(cronId, settled)
    try {
      await writing
    } finally {
      if (this.#writing.get(cronId) === settled) this.#writing.delete(cronId)
    }
  }

  async #write(record: RunRecord): Promise<void> {
    const written = writtenRunOf(record)
    try {
      await this.#update(record.cronId, written)
    } catch (error) {
      if (!isUnfit(error)) throw error
      await this.#update(record.cronId, plainOf(written))
    }
  }

  #update(cronId: number, written: RunColumns): Promise<unknown> {
    return this.#engine.writeIdempotent((db) =>
      db.updateTable('rcron_crons').set(written).where('id', '=', cronId).execute(),
    )
  }
}

/** A table of the first rcron may be latin1, and its column shorter than ours. */
function isUnfit(error: unknown): boolean {
  return error instanceof DatabaseFault && (error.kind === 'characters' || error.kind === 'too-long')
}
