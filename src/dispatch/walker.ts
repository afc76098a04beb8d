import type { Run } from '../domain/run.ts'
import { type FiringFacts, runFactsOf } from '../domain/run-event.ts'
import type { CronOutcome } from './firing-result.ts'
import type { Occupancy } from './occupancy.ts'
import { afterOutcome } from './plan-firing.ts'
import type { RunCarrier } from './run-carrier.ts'

/** Runs that are tried one after the other. */
export type Walk = {
  readonly firing: FiringFacts
  /** The runs to try, in order. */
  readonly runs: readonly Run[]
  /** False if an earlier process has already tried some. */
  readonly isWhole: boolean
  readonly occupancy: Occupancy
}

/** Runs a firing on one host after the other, until a run ends the failover. */
export class Walker {
  readonly #carrier: RunCarrier

  constructor(carrier: RunCarrier) {
    this.#carrier = carrier
  }

  /** The caller releases the lock that is held at the end. Never rejects. */
  async walk({ firing, runs, isWhole, occupancy }: Walk): Promise<readonly CronOutcome[]> {
    const outcomes: CronOutcome[] = []
    for (const [index, run] of runs.entries()) {
      const { id, cron } = run
      const facts = runFactsOf(firing, run, isWhole ? { number: index + 1, of: runs.length } : null)
      const rest = runs.slice(index + 1).map((later) => later.cron.id)
      const result = await this.#carrier.carryOut({ run, facts, rest, occupancy })
      const outcome = result?.outcome ?? null
      outcomes.push({ cron, run: id, outcome })
      const isOver = outcome === null || afterOutcome(outcome, cron) === 'stop'
      if (isOver || occupancy.active.killedBy !== null) break
    }
    return outcomes
  }
}
