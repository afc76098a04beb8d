import type { Outcome } from './outcome.ts'

/** How every sentence begins in which rcron accuses itself. */
export const BUG = 'bug in rcron'

/** Of a run over which rcron itself has failed. */
export function lostByBug(error: unknown): Outcome {
  return { kind: 'lost', reason: `${BUG}: ${String(error)}: it may have done its work`, isBug: true }
}

/** Whether rcron itself has failed over the run: then not even that it has ended is known. */
export function isBug(outcome: Outcome): boolean {
  return outcome.kind === 'lost' && outcome.isBug === true
}
