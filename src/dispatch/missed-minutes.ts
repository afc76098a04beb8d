import type { Cron } from '../domain/cron.ts'
import type { Firing } from '../domain/job.ts'
import { describeMinute } from '../domain/minute.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { Dispatcher } from './dispatcher.ts'
import { type DueMinutes, type MissedCron, type MissedJob, missedJobs, missedOf } from './plan-missed.ts'
import type { MinuteSet } from './plan-ranges.ts'

/** How long the event loop is held at most before others get a turn. */
const TURN_MS = 10

export type MissedMinutesParts = {
  readonly dispatcher: Pick<Dispatcher, 'fire'>
  readonly due: DueMinutes
  readonly clock: Clock
  readonly log: Log
}

export type Missed = {
  readonly crons: Iterable<Cron>
  readonly minutes: MinuteSet
  /** Whether more was missed before `minutes`. */
  readonly more: boolean
}

/**
 * Tells what was missed, one line for each job, and carries out what its crons' `catch_up` asks for: each job's firings
 * one after the other, oldest first. Takes turns with everything else, however much was missed. Resolves when all of it has ended.
 */
export async function settleMissed(parts: MissedMinutesParts, missed: Missed): Promise<void> {
  if (missed.minutes.length === 0) return
  if (missed.more) parts.log.warn({}, 'more was missed before what is told here: more than 31 days')
  const jobs = missedJobs(await missedCrons(parts, missed))
  for (const { summary } of jobs) logMissed(parts.log, summary)
  await Promise.all(jobs.map(({ firings }) => fireInOrder(parts, firings)))
}

/**
 * Tells the firings of minutes that an earlier process planned, and may not have lived to begin. They are not carried out: a
 * run that may have started is never repeated. `hasBegun`: whether that is known of a cron, or it is told that it will not.
 */
export function tellInterrupted(log: Log, firings: Iterable<Firing>, hasBegun: HasBegun): void {
  for (const { job, minute, crons } of firings) {
    const silent = crons.filter(({ id }) => !hasBegun(id))
    if (silent.length < crons.length && job.action !== 'all') continue
    if (silent.length === 0) continue
    const fields = { job: job.name, action: job.action, minute: describeMinute(minute), outcome: 'missed' }
    const reason = 'rcron ended after this minute was planned; what had not begun is not run'
    log.warn({ ...fields, crons: silent.map(({ id }) => id), count: 1, reason }, 'minutes missed')
  }
}

export type HasBegun = (cronId: number) => boolean

async function missedCrons({ due, clock }: MissedMinutesParts, { crons, minutes }: Missed): Promise<MissedCron[]> {
  const found: MissedCron[] = []
  let turnEnds = clock.monotonic() + TURN_MS
  for (const cron of crons) {
    const missed = missedOf(cron, minutes, due)
    if (missed !== null) found.push(missed)
    if (clock.monotonic() < turnEnds) continue
    await new Promise((next) => setImmediate(next))
    turnEnds = clock.monotonic() + TURN_MS
  }
  return found
}

function logMissed(log: Log, { job, crons, count, first, last, caughtUp }: MissedJob): void {
  const fields = { job: job.name, action: job.action, crons, outcome: 'missed', count, caughtUp }
  log.warn({ ...fields, first: describeMinute(first), last: describeMinute(last) }, 'minutes missed')
}

async function fireInOrder({ dispatcher }: MissedMinutesParts, firings: readonly Firing[]): Promise<void> {
  for (const firing of firings) await dispatcher.fire(firing, 'catch-up').result
}
