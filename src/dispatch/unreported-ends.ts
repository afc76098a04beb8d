import { describeOutcome, type NotRun } from '../domain/outcome.ts'
import type { RunFacts } from '../domain/run-event.ts'
import { fieldsOf } from '../history/log-lines.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import type { LockHolder } from './locks/lock-holder.ts'

/** Between two attempts to change a lock. Milliseconds. */
const PAUSE_MS = 1000

/** What the end of a run waits with. */
export type UnreportedEndsParts = { readonly clock: Clock; readonly log: Log }

/**
 * Withholds the ends of runs that never began, and of walks, for as long as a lock says otherwise: the next process would take that lock at
 * its word. The claim on its host proves the end of a run that began; nothing but its lock does so here.
 */
export class UnreportedEnds {
  readonly #parts: UnreportedEndsParts
  readonly #closed = new AbortController()

  constructor({ clock, log }: UnreportedEndsParts) {
    this.#parts = { clock, log }
  }

  /** rcron stops: what cannot be reported now is left to the next start. */
  close(): void {
    this.#closed.abort()
  }

  /**
   * Resolves with true when it may be reported that `run` is not begun, and why; or, with null, that its walk does not continue. With false
   * where that is left to the next start: the lock stays. Never rejects.
   */
  async mayBeReported(run: RunFacts, holder: LockHolder, notRun: NotRun | null): Promise<boolean> {
    const { clock, log } = this.#parts
    const { signal } = this.#closed
    const reason = notRun === null ? 'its failover does not continue' : describeOutcome(notRun)
    const fields = { ...fieldsOf(run), reason }
    for (let isFirst = true; !(await holder.callOff(run.id, notRun)); isFirst = false) {
      if (signal.aborted) {
        log.warn(fields, 'not reported: lock file cannot be changed; left to the next start')
        holder.keepForNextStart()
        return false
      }
      if (isFirst) log.error(fields, 'not reported yet: cannot change lock file; retrying')
      await clock.sleep(PAUSE_MS, signal)
    }
    return true
  }
}
