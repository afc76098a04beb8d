import type { Dispatcher } from '../dispatch/dispatcher.ts'
import type { FiringResult } from '../dispatch/firing-result.ts'
import type { Cron } from '../domain/cron.ts'
import type { Minute } from '../domain/minute.ts'
import type { Journal } from '../history/journal.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import { Yielding } from '../platform/waiting/yielding.ts'
import type { FiringLedger, OpenEntry } from './firing-ledger.ts'
import type { MinuteBook } from './minute-book.ts'
import type { MissedMinutes } from './minute-mark.ts'
import {
  type DueMinutes,
  distinctSchedules,
  type MissedCron,
  type MissedJob,
  missedJobs,
  missedOf,
} from './plan-missed.ts'
import { daysOf } from './plan-ranges.ts'

const MINUTES_PER_DAY = 24 * 60

/** Who is told of missed minutes, and who catches them up. */
export type MissedMinutesParts = {
  readonly dispatcher: Pick<Dispatcher, 'fire'>
  readonly book: Pick<MinuteBook, 'reported'>
  readonly ledger: Pick<FiringLedger, 'open'>
  readonly due: DueMinutes
  readonly clock: Clock
  /** Told what was missed. */
  readonly journal: Journal
  readonly log: Log
}

/** Minutes that were missed, and the crons that may have been due in them. */
export type MissedSummary = MissedMinutes & { readonly crons: Iterable<Cron> }

/** What is caught up: its firings are being carried out. */
export type CatchUp = { readonly results: Promise<readonly FiringResult[]> }

/**
 * Reports what was missed, one line for each job with the count of its firings, and then carries out what its crons' `catch_up` asks for:
 * each job's firings one after the other, oldest first. Takes turns with everything else, however much was missed.
 *
 * Resolves when the report is in writing and the book has it as reported. A process that ends before that leaves all of it to the next
 * one, for nothing has begun; one that ends later leaves an entry of the ledger that says what has begun.
 */
export async function settleMissed(parts: MissedMinutesParts, missed: MissedSummary): Promise<CatchUp> {
  if (missed.minutes.length === 0 && !missed.more) return NO_CATCH_UP
  const { log, book, ledger } = parts
  if (missed.more) log.warn({}, 'minutes missed more than 31 days ago are not listed')
  const yielding = new Yielding()
  const jobs = missedJobs(await missedCrons(parts.due, missed, yielding))
  for (const job of jobs) noteMissed(parts, job, await countFirings(parts, { job, missed, yielding }))
  await log.written()
  const caughtUp = jobs.filter(({ firings }) => firings.length > 0)
  const entry = caughtUp.length === 0 ? null : ledger.open({ minutes: missed.minutes, boot: null })
  await book.reported(missed)
  return entry === null ? NO_CATCH_UP : { results: catchUp(parts, caughtUp, entry) }
}

export const NO_CATCH_UP: CatchUp = { results: Promise.resolve([]) }

/** What each of `crons` missed; those that missed nothing are left out. */
export async function missedCrons(
  due: DueMinutes,
  { crons, minutes }: Omit<MissedSummary, 'more'>,
  yielding: Yielding,
) {
  const found: MissedCron[] = []
  for (const cron of crons) {
    const missed = missedOf(cron, minutes, due)
    if (missed !== null) found.push(missed)
    await yielding.whenDue()
  }
  return found
}

type Counting = { readonly job: MissedJob; readonly missed: MissedSummary; readonly yielding: Yielding }

/** In how many minutes the job was due: each is one firing, however many of its crons were. */
async function countFirings({ due }: MissedMinutesParts, { job, missed, yielding }: Counting): Promise<number> {
  const schedules = distinctSchedules(job.missed)
  const [first] = schedules
  if (schedules.length === 1 && first !== undefined) return first.count
  const minutes = new Set<Minute>()
  for (const { cron } of schedules) {
    for (const day of daysOf(missed.minutes)) {
      for (const minute of due.newest(cron, day, MINUTES_PER_DAY)) minutes.add(minute)
      await yielding.whenDue()
    }
  }
  return minutes.size
}

function noteMissed({ clock, journal }: MissedMinutesParts, missedJob: MissedJob, count: number): void {
  const { job, missed, first, last, firings } = missedJob
  const crons = missed.map(({ cron }) => cron.id)
  journal.note({ kind: 'missed', at: clock.now(), job, crons, count, caughtUp: firings.length, first, last })
}

async function catchUp(parts: MissedMinutesParts, jobs: readonly MissedJob[], entry: OpenEntry) {
  const results = await Promise.all(jobs.map((job) => fireInOrder(parts, job, entry)))
  entry.close()
  return results.flat()
}

async function fireInOrder({ dispatcher }: MissedMinutesParts, { firings }: MissedJob, entry: OpenEntry) {
  const results: FiringResult[] = []
  for (const firing of firings) {
    const { begun, result } = dispatcher.fire(firing, 'catch-up', (crons) => entry.begun(firing.minute, crons))
    results.push(await result)
    await begun
  }
  return results
}
