import type { Cron } from '../../domain/cron.ts'
import { jobKey } from '../../domain/job.ts'
import type { Log } from '../../platform/log/log.ts'
import { NO_LOCK_MESSAGE } from './lock-holder.ts'
import type { RunLocks } from './run-locks.ts'

/** What decides whether a run may go on without a lock. */
export type LocklessStartsParts = {
  readonly locks: Pick<RunLocks, 'hasWritten'>
  readonly log: Log
  /** The process lives for the firings of a moment, beside others: of runs that were begun before it knows by their locks alone. */
  readonly isTransient: boolean
}

/**
 * Which runs may begin without a lock where none can be written. Their hosts have to know of them, since no file does. And a tick that has
 * never been able to write there knows nothing of runs that another process may have begun so: it begins only what may run beside those.
 */
export class LocklessStarts {
  readonly #parts: LocklessStartsParts
  /** Jobs of which it was reported, each once. */
  readonly #told = new Set<string>()

  constructor(parts: LocklessStartsParts) {
    this.#parts = parts
  }

  /** What keeps a run of `cron` from continuing without a lock, which could not be written because of `error`; null if it may. */
  judge(cron: Cron, error: unknown): string | null {
    const obstacle = this.#obstacleTo(cron)
    const fields = { job: cron.name, action: cron.action, err: error }
    const isNew = !this.#told.has(jobKey(cron))
    this.#told.add(jobKey(cron))
    if (isNew && obstacle === null) this.#parts.log.alarm(fields, NO_LOCK_MESSAGE)
    if (isNew && obstacle !== null)
      this.#parts.log.alarm({ ...fields, reason: obstacle }, 'job does not run: cannot write a lock file')
    return obstacle === null ? null : `rcron cannot write a lock file, and ${obstacle}`
  }

  #obstacleTo({ action, system }: Cron): string | null {
    if (system.supervise === 0) return 'its host does not keep track of runs (supervise = 0)'
    const { locks, isTransient = false } = this.#parts
    if (action === 'all' || !isTransient || locks.hasWritten) return null
    return 'another process may have started a run of it'
  }
}
