import type { ActiveRun } from './active/active-run.ts'
import type { FirstReport } from './first-reports.ts'
import type { LockHolder } from './locks/lock-holder.ts'

/** What keeps a job, or a row of it, for one run, or for one walk from host to host: in this process, beyond it, and in the minutes' book. */
export type Occupancy = {
  /** What it counts as, between the runs of a walk too. */
  readonly active: ActiveRun
  /**
   * The lock of its present run: from that run's place in the queue on, and still when it has ended, until the next run's takes its place.
   */
  readonly holder: LockHolder
  /** It runs beside others of its rows, by an operator's will. Absent: it does not. */
  readonly isForced?: boolean
  /** To be called when a run of it was handed over, and when one is wholly reported. */
  readonly begun: (how: FirstReport) => void
}
