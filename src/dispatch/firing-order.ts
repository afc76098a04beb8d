import type { Cron } from '../domain/cron.ts'
import type { Firing } from '../domain/job.ts'
import type { FiringFacts } from '../domain/run-event.ts'
import type { FirstReport } from './first-reports.ts'

/** A firing that is to be carried out. */
export type FiringOrder = {
  readonly firing: Firing
  readonly facts: FiringFacts
  /** It begins beside what is active of its job. */
  readonly isForced: boolean
  /** To be called when these have begun, or will not; may be called again. */
  readonly begun: (crons: readonly Cron[], how: FirstReport) => void
}

/** How an operator wants a job to be fired, and who that is. */
export type ByHand = Pick<FiringOrder, 'isForced'> & { readonly by: string }
