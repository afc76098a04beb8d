import type { Dispatcher } from '../dispatch/dispatcher.ts'
import type { Cron } from '../domain/cron.ts'
import type { Firing } from '../domain/job.ts'
import { describeMinute, type Minute } from '../domain/minute.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import {
  type DueMinutes,
  distinctSchedules,
  type MissedCron,
  type MissedJob,
  missedJobs,
  missedOf,
} from './plan-missed.ts'
import { daysOf, type MinuteSet } from './plan-ranges.ts'

/** How long the event loop is held at most before others get a turn. */
const TURN_MS = 10
const MINUTES_PER_DAY = 24 * 60

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
 * Tells what was missed, one line for each job with the count of its firings, and carries out what its crons' `catch_up` asks for: each job's firings
 * one after the other, oldest first. Takes turns with everything else, however much was missed. Resolves when all of it has ended.
 */
export async function settleMissed(parts: MissedMinutesParts, missed: Missed): Promise<void> {
  if (missed.minutes.length === 0) return
  if (missed.more) parts.log.warn({}, 'more was missed before what is told here: more than 31 days')
  const turns = new Turns(parts.clock)
  const jobs = missedJobs(await missedCrons(parts, missed, turns))
  for (const job of jobs) logMissed(parts.log, job, await countFirings(parts, { job, missed, turns }))
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

async function missedCrons({ due }: MissedMinutesParts, { crons, minutes }: Missed, turns: Turns) {
  const found: MissedCron[] = []
  for (const cron of crons) {
    const missed = missedOf(cron, minutes, due)
    if (missed !== null) found.push(missed)
    await turns.next()
  }
  return found
}

type Counting = { readonly job: MissedJob; readonly missed: Missed; readonly turns: Turns }

/** In how many minutes the job was due: each is one firing, however many of its crons were. */
async function countFirings({ due }: MissedMinutesParts, { job, missed, turns }: Counting): Promise<number> {
  const schedules = distinctSchedules(job.missed)
  const [first] = schedules
  if (schedules.length === 1 && first !== undefined) return first.count
  const minutes = new Set<Minute>()
  for (const { cron } of schedules) {
    for (const day of daysOf(missed.minutes)) {
      for (const minute of due.newest(cron, day, MINUTES_PER_DAY)) minutes.add(minute)
      await turns.next()
    }
  }
  return minutes.size
}

/** Gives others a turn whenever the event loop was held for long enough. */
class Turns {
  readonly #clock: Clock
  #ends: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#ends = clock.monotonic() + TURN_MS
  }

  async next(): Promise<void> {
    if (this.#clock.monotonic() < this.#ends) return
    await new Promise((next) => setImmediate(next))
    this.#ends = this.#clock.monotonic() + TURN_MS
  }
}

function logMissed(log: Log, { job, missed, first, last, firings }: MissedJob, count: number): void {
  const fields = { job: job.name, action: job.action, crons: missed.map(({ cron }) => cron.id), outcome: 'missed' }
  const times = { first: describeMinute(first), last: describeMinute(last) }
  log.warn({ ...fields, count, caughtUp: firings.length, ...times }, 'minutes missed')
}

async function fireInOrder({ dispatcher }: MissedMinutesParts, firings: readonly Firing[]): Promise<void> {
  for (const firing of firings) await dispatcher.fire(firing, 'catch-up').result
}
