import type { Run } from '../domain/run.ts'
import type { RunFacts } from '../domain/run-event.ts'
import { type LockFacts, lockOfRun } from './locks/lock-of-run.ts'
import type { RunLock } from './locks/run-locks.ts'
import type { Occupancy } from './occupancy.ts'

/** One run of a walk, and its place in it. */
export type Attempt = {
  readonly run: Run
  readonly facts: RunFacts
  /** Ids of the crons that would be tried after it, in order. */
  readonly rest: readonly number[]
  /** Its hold is on the lock of the run before, if there was one, until this one's takes its place. */
  readonly occupancy: Occupancy
}

/** What the lock of the attempt's run says. */
export function lockOfAttempt(
  { run, facts, occupancy }: Attempt,
  how: Omit<LockFacts, 'series' | 'isForced'>,
): RunLock {
  return lockOfRun(run, { ...how, series: facts.firing.series, isForced: occupancy.isForced })
}
