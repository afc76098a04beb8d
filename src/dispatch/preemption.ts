import type { Firing } from '../domain/job.ts'
import type { Clock } from '../platform/clock.ts'
import { within } from '../platform/waiting/within.ts'
import type { ActiveRun } from './active/active-run.ts'
import type { ActiveRuns } from './active/active-runs.ts'
import { SETTLE_MS } from './kill-limit.ts'

/**
 * While a run was being ended a walk of another process may have gone on to its next host, or another firing have begun there: so often
 * that is ended as well.
 */
const MOST_ROUNDS = 5

/** What a clobber looks for the runs of its job with. */
export type PreemptionParts = {
  readonly active: ActiveRuns
  readonly clock: Clock
  /** Looks at the lock files as they are now. Never rejects. */
  readonly survey: () => Promise<void>
}

/** Kills what is active of a job before a firing of action 3 starts. */
export class Preemption {
  readonly #parts: PreemptionParts

  constructor(parts: PreemptionParts) {
    this.#parts = parts
  }

  /** Ends all that is active of `firing` but `own`, which stands for the firing itself; why that cannot be confirmed, else null. */
  async killActive(firing: Firing, own: ActiveRun): Promise<string | null> {
    for (let round = 1; round <= MOST_ROUNDS; round++) {
      const before = [...this.#parts.active.relatedTo(firing)].filter((run) => run !== own)
      if (before.length === 0 || own.killedBy !== null) return null
      const reason = await this.#end(before)
      if (reason !== null) return `run ${before.map(({ id }) => id).join(', ')} ${reason}`
      await this.#parts.survey()
    }
    return 'other processes keep starting runs of this job'
  }

  async #end(before: readonly ActiveRun[]): Promise<string | null> {
    const deaths = await Promise.all(before.map((run) => run.kill('clobber')))
    for (const death of deaths) if (death.kind === 'unconfirmed') return `cannot be confirmed dead: ${death.reason}`
    const ended = await within(this.#parts.clock, SETTLE_MS, Promise.all(before.map((run) => run.ended)))
    return ended === null ? 'is dead, but its end is not reported yet' : null
  }
}
