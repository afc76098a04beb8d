import type { Cron } from '../domain/cron.ts'
import type { Firing } from '../domain/job.ts'
import type { Run } from '../domain/run.ts'
import type { ActiveRun } from './active-run.ts'
import type { CronOutcome } from './firing-result.ts'
import type { Hold } from './hold.ts'
import { afterOutcome } from './plan-firing.ts'
import type { FiringHow, RunCarrier } from './run-carrier.ts'
import { randomRunId, runIdOf } from './run-id.ts'

export type WalkerParts = {
  readonly carrier: RunCarrier
  /** Part of every scheduled run's id. */
  readonly installation: string
}

export type Walk = {
  readonly firing: Firing
  readonly how: FiringHow
  /** The crons of the firing that are to be tried, in order. */
  readonly order: readonly Cron[]
  /** What the walk counts as, between its runs too. */
  readonly active: ActiveRun
  readonly hold: Hold
  /** Called when its first run was handed over, or will not be. */
  readonly begun: () => void
}

/** Goes from host to host until one run ends the walk. */
export class Walker {
  readonly #parts: WalkerParts

  constructor(parts: WalkerParts) {
    this.#parts = parts
  }

  /** What is held at the end is the caller's to release. Never rejects. */
  async walk({ firing, how, order, active, hold, begun }: Walk): Promise<readonly CronOutcome[]> {
    const outcomes: CronOutcome[] = []
    for (const [index, cron] of order.entries()) {
      const run = this.runOf(firing, cron, how)
      const rest = order.slice(index + 1).map(({ id }) => id)
      const { outcome } = await this.#parts.carrier.carryOut({ run, how, rest, active, hold, begun })
      outcomes.push({ cron, run: run.id, outcome })
      if (active.killedBy !== null || afterOutcome(outcome, cron) === 'stop') break
    }
    return outcomes
  }

  runOf({ minute }: Firing, cron: Cron, how: FiringHow): Run {
    const id = how === 'manual' ? randomRunId() : this.scheduledRunId(cron.id, minute)
    return { id, cron, minute }
  }

  scheduledRunId(cronId: number, minute: Firing['minute']): Run['id'] {
    return runIdOf({ installation: this.#parts.installation, cronId, minute, attempt: 1 })
  }
}
