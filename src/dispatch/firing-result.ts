import type { Cron } from '../domain/cron.ts'
import type { Firing, FiringTrigger } from '../domain/job.ts'
import type { Outcome } from '../domain/outcome.ts'
import type { RunId } from '../domain/run.ts'
import { type AttemptEnd, cronFactsOf, type FiringFacts } from '../domain/run-event.ts'

/**
 * How one cron of a firing went. `run` is null where nothing was to be handed over; `outcome` is null where rcron itself has failed over it:
 * its end is not known, and the log says why.
 */
export type CronOutcome = { readonly cron: Cron; readonly run: RunId | null; readonly outcome: Outcome | null }

/** How a firing went: the crons that were tried or skipped, in the order in which they came to their end. */
export type FiringResult = {
  readonly firing: Firing
  readonly how: FiringTrigger
  readonly outcomes: readonly CronOutcome[]
}

/** A firing that is being carried out. Neither promise rejects. */
export type ActiveFiring = {
  /** Resolves when its first runs were handed over, or it is decided that none will be. */
  readonly begun: Promise<void>
  /** Resolves when its last run has ended. After `abandon` it may never do so. */
  readonly result: Promise<FiringResult>
}

/** All crons of an `all` firing succeeded, or one of any other. */
export function hasSucceeded({ firing, outcomes }: FiringResult): boolean {
  const succeeded = ({ outcome }: CronOutcome) => outcome?.kind === 'succeeded'
  return firing.job.action === 'all' ? outcomes.every(succeeded) : outcomes.some(succeeded)
}

export function attemptsOf(firing: FiringFacts, outcomes: readonly CronOutcome[]): readonly AttemptEnd[] {
  return outcomes.map(({ cron, run, outcome }) => ({ cron: cronFactsOf(firing, cron), run, outcome }))
}
