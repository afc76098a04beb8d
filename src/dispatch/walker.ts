import type { Cron } from '../domain/cron.ts'
import type { Minute } from '../domain/minute.ts'
import type { Run, RunId } from '../domain/run.ts'
import { type FiringFacts, runFactsOf } from '../domain/run-event.ts'
import type { ActiveRun } from './active/active-run.ts'
import type { CronOutcome } from './firing-result.ts'
import type { Hold } from './locks/hold.ts'
import { afterOutcome } from './plan-firing.ts'
import type { Attempt, RunCarrier } from './run-carrier.ts'
import { runIdOf } from './run-id.ts'

export type WalkerParts = {
  readonly carrier: RunCarrier
  /** Part of every scheduled run's id. */
  readonly installation: string
}

export type Walk = {
  readonly firing: FiringFacts
  /** The crons of the firing that are to be tried, in order. */
  readonly order: readonly Cron[]
  /** False where an earlier process has tried some before. */
  readonly isWhole: boolean
  /** What the walk counts as, between its runs too. */
  readonly active: ActiveRun
  readonly hold: Hold
  /** Called when a run of it was handed over, and when all is told of one. */
  readonly begun: Attempt['begun']
}

/** Goes from host to host until one run ends the walk. */
export class Walker {
  readonly #parts: WalkerParts

  constructor(parts: WalkerParts) {
    this.#parts = parts
  }

  /** What is held at the end is the caller's to release. Never rejects. */
  async walk({ firing, order, isWhole, active, hold, begun }: Walk): Promise<readonly CronOutcome[]> {
    const outcomes: CronOutcome[] = []
    for (const [index, cron] of order.entries()) {
      const run = this.runOf(firing, cron)
      const facts = runFactsOf(firing, run, isWhole ? { number: index + 1, of: order.length } : null)
      const rest = order.slice(index + 1).map(({ id }) => id)
      const { outcome } = await this.#parts.carrier.carryOut({ run, facts, rest, active, hold, begun })
      outcomes.push({ cron, run: run.id, outcome })
      if (active.killedBy !== null || afterOutcome(outcome, cron) === 'stop') break
    }
    return outcomes
  }

  /** The same at every call. */
  runOf({ minute, series }: Pick<FiringFacts, 'minute' | 'series'>, cron: Cron): Run {
    return { id: this.runIdOf(cron.id, minute, series), cron, minute }
  }

  runIdOf(cronId: number, minute: Minute, series: string | null): RunId {
    return runIdOf({ series: series ?? this.#parts.installation, cronId, minute, attempt: 1 })
  }
}
