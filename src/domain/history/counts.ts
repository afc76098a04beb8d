import { jobKey } from '../job.ts'
import type { FiringKind } from '../reasons/firing-end.ts'
import { isTrouble } from '../reasons/reasons.ts'
import type { FiringRow } from './firing-row.ts'

const MS_PER_HOUR = 3_600_000
const MS_PER_DAY = 24 * MS_PER_HOUR

/** How many firings ended in one hour in one way. */
export type HourCount = { readonly hour: number; readonly kind: FiringKind; readonly firings: number }

/** How the firings of one job ended on one day. */
export type DayCount = {
  readonly job: string
  readonly day: number
  readonly firings: number
  readonly succeeded: number
  readonly trouble: number
  /** Of those that succeeded, all together. */
  readonly durationMs: number
}

/** The firing as it is stored, and as it will be. */
export type ChangedFiring = { readonly before: FiringRow | null; readonly after: FiringRow }

/** Whole hours since 1970, UTC. */
export function hourOf(at: number): number {
  return Math.floor(at / MS_PER_HOUR)
}

/** Whole days since 1970, UTC. */
export function dayOf(at: number): number {
  return Math.floor(at / MS_PER_DAY)
}

/** Pure: what the changes add to the counts by hour, which may be less than nothing. */
export function hourChanges(changes: readonly ChangedFiring[]): readonly HourCount[] {
  const sums = new Map<string, HourCount>()
  for (const [{ endedAt, kind, count }, sign] of signed(changes)) {
    const hour = hourOf(endedAt)
    const before = sums.get(`${hour} ${kind}`)
    sums.set(`${hour} ${kind}`, { hour, kind, firings: (before?.firings ?? 0) + sign * count })
  }
  return [...sums.values()].filter(({ firings }) => firings !== 0)
}

/** Pure: what the changes add to the counts by job and day. */
export function dayChanges(changes: readonly ChangedFiring[]): readonly DayCount[] {
  const sums = new Map<string, DayCount>()
  for (const [firing, sign] of signed(changes)) {
    const { endedAt, kind, code, count, durationMs } = firing
    const [job, day] = [jobKey(firing.job), dayOf(endedAt)]
    const before = sums.get(`${day} ${job}`) ?? { job, day, firings: 0, succeeded: 0, trouble: 0, durationMs: 0 }
    const isGood = kind === 'succeeded'
    sums.set(`${day} ${job}`, {
      ...before,
      firings: before.firings + sign * count,
      succeeded: before.succeeded + (isGood ? sign * count : 0),
      trouble: before.trouble + (isTrouble(code) ? sign * count : 0),
      durationMs: before.durationMs + (isGood ? sign * (durationMs ?? 0) : 0),
    })
  }
  return [...sums.values()]
}

function* signed(changes: readonly ChangedFiring[]): Generator<readonly [FiringRow, 1 | -1]> {
  for (const { before, after } of changes) {
    if (before !== null) yield [before, -1]
    yield [after, 1]
  }
}
