import type { FiringTrigger, Job } from '../job.ts'
import type { Minute } from '../minute.ts'
import type { Outcome } from '../outcome.ts'
import type { EndCode } from '../reasons/reasons.ts'
import type { RunId, StreamExcerpts } from '../run.ts'

/** What history keeps of one run, or of a cron of which none was to begin. Times in epoch milliseconds. */
export type RunRow = {
  /** The run's; where none was to begin, one that follows from its firing and its cron. */
  readonly id: RunId
  /** The id of its firing's row. */
  readonly firing: string
  readonly cron: number
  readonly job: Job
  readonly minute: Minute
  readonly host: string
  readonly port: number
  readonly user: string
  /** Its place in the walk from host to host; null if that is not known, or there is none. */
  readonly attempt: number | null
  readonly of: number | null
  readonly how: FiringTrigger | null
  /** Null if it did not wait for a slot. */
  readonly queuedAt: number | null
  /** Null if it never began. */
  readonly startedAt: number | null
  readonly endedAt: number
  readonly waitMs: number
  /** Null if it never began or its length was not seen. */
  readonly durationMs: number | null
  readonly kind: Outcome['kind']
  readonly code: EndCode
  readonly exitCode: number | null
  readonly signal: string | null
  readonly reason: string | null
  readonly isAdopted: boolean
  readonly stdoutBytes: number
  readonly stderrBytes: number
  /** Null where nothing is kept of it. */
  readonly output: StreamExcerpts | null
}

/**
 * What is kept where a run was reported twice, since a process ended between its report and the removal of its lock: what the process
 * says that saw it run, else what was said first; before all that, what somebody has said of one that was lost. In whatever order they come, the same is kept.
 */
export function mergeRuns(a: RunRow, b: RunRow): RunRow {
  return compare(a, b) <= 0 ? a : b
}

function isResolved({ code }: RunRow): boolean {
  return code === 'RESOLVED_SUCCEEDED' || code === 'RESOLVED_FAILED'
}

function compare(a: RunRow, b: RunRow): number {
  return (
    Number(isResolved(b)) - Number(isResolved(a)) ||
    Number(a.isAdopted) - Number(b.isAdopted) ||
    a.endedAt - b.endedAt ||
    (a.code < b.code ? -1 : Number(a.code > b.code)) ||
    (b.durationMs ?? -1) - (a.durationMs ?? -1)
  )
}
