import type { ActiveRun } from '../dispatch/active/active-run.ts'
import type { Cron } from '../domain/cron.ts'
import type { Firing } from '../domain/job.ts'
import type { Journal } from '../history/journal.ts'
import type { Clock } from '../platform/clock.ts'
import { Yielding } from '../platform/waiting/yielding.ts'
import type { UnfinishedEntry } from './firing-ledger.ts'
import { missedCrons } from './missed-minutes.ts'
import { type DueMinutes, missedJobs } from './plan-missed.ts'

/** Whether that is known of a cron, or it is told that it will not. */
export type HasBegun = (cronId: number) => boolean

/** Who is told of firings that were interrupted. */
export type MissedReportParts = { readonly journal: Journal; readonly clock: Clock }

/** What is known from runs that are active: those of the present process, the adopted ones among them, and of others that are alive. */
export function knownBegun(active: Iterable<Pick<ActiveRun, 'crons' | 'minute'>>): UnfinishedEntry['hasBegun'] {
  const known = new Set([...active].flatMap(({ crons, minute }) => crons.map((id) => `${id} ${minute}`)))
  return (minute, cron) => known.has(`${cron} ${minute}`)
}

/**
 * Reports the firings of minutes that an earlier process planned, and may not have lived to begin. They are not carried out: a
 * run that may have started is never repeated.
 */
export function reportInterrupted(parts: MissedReportParts, firings: Iterable<Firing>, hasBegun: HasBegun): void {
  for (const firing of firings) tellNotBegun(parts, [firing], (_, cronId) => hasBegun(cronId), PLANNED)
}

/** A catch-up that an earlier process did not live to finish. */
export type InterruptedCatchUp = MissedReportParts & {
  readonly crons: Iterable<Cron>
  readonly due: DueMinutes
  readonly entry: Pick<UnfinishedEntry, 'minutes'>
  readonly hasBegun: UnfinishedEntry['hasBegun']
}

/** As `tellInterrupted`, for missed minutes that an earlier process was catching up: one line for each job. Takes turns with everything else. */
export async function reportInterruptedCatchUp(interrupted: InterruptedCatchUp): Promise<void> {
  const { crons, due, entry, hasBegun } = interrupted
  const yielding = new Yielding()
  const jobs = missedJobs(await missedCrons(due, { crons, minutes: entry.minutes }, yielding))
  for (const { firings } of jobs) {
    tellNotBegun(interrupted, firings, hasBegun, CAUGHT_UP)
    await yielding.whenDue()
  }
}

const PLANNED = 'rcron stopped after planning this minute; what had not begun is not run'
const CAUGHT_UP = 'rcron stopped while catching up; what had not begun is not run'

/** One event for those of `firings`, all of one job, that had not begun, if there are any. */
function tellNotBegun(
  parts: MissedReportParts,
  firings: readonly Firing[],
  hasBegun: UnfinishedEntry['hasBegun'],
  reason: string,
): void {
  const left = firings.flatMap(({ job, minute, crons }) => {
    const silent = crons.filter(({ id }) => !hasBegun(minute, id)).map(({ id }) => id)
    // A walk has begun with its first run.
    const isOver = silent.length === 0 || (silent.length < crons.length && job.action !== 'all')
    return isOver ? [] : [{ job, minute, silent }]
  })
  const [first, last] = [left[0], left.at(-1)]
  if (first === undefined || last === undefined) return
  const crons = [...new Set(left.flatMap(({ silent }) => silent))]
  const { job } = first
  const which = { job, crons, count: left.length, first: first.minute, last: last.minute }
  parts.journal.note({ kind: 'interrupted', at: parts.clock.now(), ...which, reason })
}
