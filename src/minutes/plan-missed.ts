import type { Cron } from '../domain/cron.ts'
import { type Firing, type Job, jobKey } from '../domain/job.ts'
import type { Minute } from '../domain/minute.ts'
import type { MinuteRange, MinuteSet } from './plan-ranges.ts'

/** `catch_up = all` runs at most this many minutes for one cron: a day of a cron that is due each minute. */
const MOST_CAUGHT_UP = 1440

/** How often a cron was due in a range of minutes, and when first and last. */
export type DueCount = { readonly count: number; readonly first: Minute; readonly last: Minute }

/** When crons are due; quick for long ranges. */
export interface DueMinutes {
  /** Null if `cron` is not due in `range`. */
  count(cron: Cron, range: MinuteRange): DueCount | null
  /** The newest minutes of `range` in which `cron` is due, no more than `most`, oldest first. */
  newest(cron: Cron, range: MinuteRange, most: number): readonly Minute[]
}

/** What one cron missed. */
export type MissedCron = DueCount & {
  readonly cron: Cron
  /** Minutes that are run all the same, oldest first, as the cron's `catch_up` says. */
  readonly caughtUp: readonly Minute[]
}

/** What a job missed: one line in the log. */
export type MissedJob = {
  readonly job: Job
  /** What its crons missed, in order. */
  readonly missed: readonly MissedCron[]
  readonly first: Minute
  readonly last: Minute
  /** What is caught up, oldest first: to be carried out one after the other. */
  readonly firings: readonly Firing[]
}

/** What one cron missed in `missed`; null for nothing. */
export function missedOf(cron: Cron, missed: MinuteSet, due: DueMinutes): MissedCron | null {
  if (!cron.enabled) return null
  const counts = missed.map((range) => due.count(cron, range)).filter((count) => count !== null)
  const [oldest, newest] = [counts[0], counts.at(-1)]
  if (oldest === undefined || newest === undefined) return null
  const count = counts.reduce((sum, each) => sum + each.count, 0)
  return { cron, count, first: oldest.first, last: newest.last, caughtUp: caughtUpOf(cron, missed, due) }
}

/** Joins what the crons of each job missed. */
export function missedJobs(crons: Iterable<MissedCron>): readonly MissedJob[] {
  const jobs = new Map<string, { readonly job: Job; readonly missed: MissedCron[] }>()
  for (const missed of crons) {
    const { name, action } = missed.cron
    const key = jobKey(missed.cron)
    const there = jobs.get(key)
    if (there === undefined) jobs.set(key, { job: { name, action }, missed: [missed] })
    else there.missed.push(missed)
  }
  return [...jobs.values()].map(({ job, missed }) => ({
    job,
    missed,
    first: missed.map(({ first }) => first).reduce((one, other) => (one < other ? one : other)),
    last: missed.map(({ last }) => last).reduce((one, other) => (one > other ? one : other)),
    firings: firingsOf(job, missed),
  }))
}

/** Of each schedule among `missed` one cron: the others were due in the same minutes, but for those that were paused, which count less. */
export function distinctSchedules(missed: readonly MissedCron[]): readonly MissedCron[] {
  const keyOf = ({ cron, count }: MissedCron) => `${cron.timezone} ${cron.expression} ${count}`
  return [...new Map(missed.map((each) => [keyOf(each), each])).values()]
}

function caughtUpOf(cron: Cron, missed: MinuteSet, due: DueMinutes): readonly Minute[] {
  let most = cron.catchUp === 'none' ? 0 : cron.catchUp === 'last' ? 1 : MOST_CAUGHT_UP
  const minutes: Minute[] = []
  for (const range of missed.toReversed()) {
    if (most === 0) break
    const newest = due.newest(cron, range, most)
    minutes.unshift(...newest)
    most -= newest.length
  }
  return minutes
}

function firingsOf(job: Job, missed: readonly MissedCron[]): readonly Firing[] {
  const byMinute = new Map<Minute, Cron[]>()
  for (const { cron, caughtUp } of missed) {
    for (const minute of caughtUp) byMinute.set(minute, [...(byMinute.get(minute) ?? []), cron])
  }
  const oldestFirst = [...byMinute].sort(([one], [other]) => one - other)
  return oldestFirst.map(([minute, crons]) => ({ job, minute, crons }))
}
