import type { OperatorError } from '../../domain/errors.ts'
import type { RunId } from '../../domain/run.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log/log.ts'
import { type LockFile, settledLockName } from './system-lock-file.ts'
import type { SystemLockFiles } from './system-lock-files.ts'

/** Between two attempts to remove a lock whose run has ended. Milliseconds. */
const REMOVAL_PAUSE_MS = 1000

/** Where the locks of ended runs are, and what is needed to read them. */
export type SystemEndedLocksParts = {
  readonly files: SystemLockFiles
  readonly clock: Clock
  readonly log: Log
  /** Whether it is this process that answers for a lock. */
  readonly isMine: (file: LockFile) => boolean
  /** Called when a lock leads to nothing any more that could not be removed at first. */
  readonly onGone: (run: RunId) => void
}

/** Removes the locks of runs that have ended and are reported: again and again where a file cannot be removed. */
export class SystemEndedLocks {
  readonly #parts: SystemEndedLocksParts
  /** Those whose files are there still, by run. */
  readonly #left = new Map<RunId, string>()

  constructor(parts: SystemEndedLocksParts) {
    this.#parts = parts
  }

  /** The names of the files that are there still. */
  get names(): Iterable<string> {
    return this.#left.values()
  }

  /** False where the file `name` of `run` is there still, and does not say that it leads to nothing. */
  remove(run: RunId, name: string): boolean {
    const failure = this.#failureToRemove(run, name)
    if (failure === null) return true
    this.#removeLater(run, name, failure)
    return this.#parts.files.sayTold(name, run)
  }

  /** As `remove`, but once: where it is false the file is left alone from then on. */
  tryToRemove(run: RunId, name: string): boolean {
    const failure = this.#failureToRemove(run, name)
    if (failure === null) return true
    if (!this.#parts.files.sayTold(name, run)) return false
    this.#removeLater(run, name, failure)
    return true
  }

  /** The lock of `run` is in use once more: it is not removed. */
  keep(run: RunId): void {
    this.#left.delete(run)
  }

  removeAll(): void {
    for (const [run, name] of this.#left) if (this.remove(run, name)) this.#parts.onGone(run)
  }

  #failureToRemove(run: RunId, name: string): OperatorError | null {
    const { files, isMine } = this.#parts
    try {
      const file = files.read(name)
      if (file?.lock.run === run && isMine(file)) files.clear(name, file)
      else files.remove(settledLockName({ run }))
      this.#left.delete(run)
      return null
    } catch (error) {
      return files.failure(name, error)
    }
  }

  #removeLater(run: RunId, name: string, failure: OperatorError): void {
    if (!this.#left.has(run)) {
      this.#parts.log.error({ run, err: failure }, 'cannot remove lock file; retrying')
      if (this.#left.size === 0) void Promise.resolve().then(() => this.#removeUntilGone())
    }
    this.#left.set(run, name)
  }

  /** A lock that stays behind is taken by others for a run that continues: no firing need come first. */
  async #removeUntilGone(): Promise<void> {
    const { clock, files } = this.#parts
    while (this.#left.size > 0) {
      await clock.sleep(REMOVAL_PAUSE_MS)
      await files.atomically(() => this.removeAll())
    }
  }
}
