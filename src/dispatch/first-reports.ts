import type { Cron } from '../domain/cron.ts'
import type { Firing } from '../domain/job.ts'
import type { Log } from '../platform/log/log.ts'

/** `handed-over`: its lock says so. `told`: nothing may have been handed over, and what became of it instead is in the log. */
export type FirstReport = 'handed-over' | 'told'

/** Receives ids of crons. */
export type ReportBegun = (crons: readonly number[]) => void

/**
 * Reports each cron of the firing once; `begun` resolves when all are reported. What has no lock that says what became of it counts when its line is
 * written: a process that is killed before leaves it to be reported as missed.
 */
export function firstReportsOf({ crons }: Firing, tell: ReportBegun, log: Pick<Log, 'written'>) {
  const { promise: begun, resolve } = Promise.withResolvers<void>()
  const left = new Set(crons.map(({ id }) => id))
  const noteNow = (some: readonly Cron[]) => {
    const newly = some.map(({ id }) => id).filter((id) => left.delete(id))
    if (newly.length > 0) tell(newly)
    if (left.size === 0) resolve()
  }
  const note = (some: readonly Cron[], how: FirstReport) => {
    if (how === 'handed-over') noteNow(some)
    else if (some.some(({ id }) => left.has(id))) void log.written().then(() => noteNow(some))
  }
  return { begun, note }
}
