import type { Run } from '../domain/run.ts'
import { type FiringFacts, runFactsOf } from '../domain/run-event.ts'
import type { CronOutcome } from './firing-result.ts'
import type { Occupancy } from './occupancy.ts'
import { afterOutcome } from './plan-firing.ts'
import type { RunLifecycle } from './run-lifecycle.ts'

/** Runs that are tried one after the other. */
export type FailoverOrder = {
  readonly firing: FiringFacts
  /** The runs to try, in order. */
  readonly runs: readonly Run[]
  /** False if an earlier process has already tried some. */
  readonly isWhole: boolean
  readonly occupancy: Occupancy
}

/** Runs a firing on one host after the other, until a run ends the failover. */
export class Failover {
  readonly #carrier: RunLifecycle

  constructor(carrier: RunLifecycle) {
    this.#carrier = carrier
  }

  /** The caller releases the lock that is held at the end. Never rejects. */
  async run({ firing, runs, isWhole, occupancy }: FailoverOrder): Promise<readonly CronOutcome[]> {
    const outcomes: CronOutcome[] = []
    for (const [index, run] of runs.entries()) {
      const { id, cron } = run
      const rest = runs.slice(index + 1).map((later) => later.cron.id)
      const attempt = isWhole ? { number: index + 1, of: runs.length } : null
      const facts = runFactsOf(firing, run, { attempt, hostsLeft: rest.length })
      const result = await this.#carrier.execute({ run, facts, rest, occupancy })
      const outcome = result?.outcome ?? null
      outcomes.push({ cron, run: id, outcome })
      const isOver = outcome === null || afterOutcome(outcome, cron) === 'stop'
      if (isOver || occupancy.active.killedBy !== null) break
    }
    return outcomes
  }
}
