import { addMinutes, type Minute } from '../domain/minute.ts'

/** Whole minutes, both ends included. */
export type MinuteRange = { readonly from: Minute; readonly to: Minute }

/** A set of minutes: ranges in rising order that neither touch nor overlap. */
export type MinuteSet = readonly MinuteRange[]

/** How many ranges a set may have: each large step of the clock adds one, and the set is kept in a file. */
const MAX_RANGES = 32

const MINUTES_PER_DAY = 24 * 60

export function hasMinute(set: MinuteSet, minute: Minute): boolean {
  return set.some(({ from, to }) => from <= minute && minute <= to)
}

/** The newest minute of `set` that is not after `minute`. */
export function newestUpTo(set: MinuteSet, minute: Minute): Minute | null {
  const range = set.findLast(({ from }) => from <= minute)
  return range === undefined ? null : (Math.min(range.to, minute) as Minute)
}

/** Joins sets. Beyond 32 ranges the narrowest gap is closed: minutes in it count as planned, and are never planned twice. */
export function unionOf(...sets: readonly MinuteSet[]): MinuteSet {
  const joined: MinuteRange[] = []
  for (const range of sets.flat().sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last === undefined || range.from > last.to + 1) joined.push(range)
    else joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, range.to) as Minute }
  }
  while (joined.length > MAX_RANGES) closeNarrowestGap(joined)
  return joined
}

/** The parts of `range` that are not in `set`, in rising order. */
export function withoutSet(range: MinuteRange, set: MinuteSet): MinuteSet {
  const rest: MinuteRange[] = []
  let from = range.from
  for (const taken of set) {
    if (taken.to < from) continue
    if (taken.from > range.to) break
    if (taken.from > from) rest.push({ from, to: addMinutes(taken.from, -1) })
    from = addMinutes(taken.to, 1)
  }
  if (from <= range.to) rest.push({ from, to: range.to })
  return rest
}

export function hasCommonMinute(one: MinuteSet, other: MinuteSet): boolean {
  return one.some(({ from, to }) => other.some((range) => range.from <= to && from <= range.to))
}

/** `set` without the minutes of `other`. */
export function differenceOf(set: MinuteSet, other: MinuteSet): MinuteSet {
  return set.flatMap((range) => withoutSet(range, other))
}

/** The ranges of `set` in pieces of a day at most, oldest first. */
export function daysOf(set: MinuteSet): MinuteSet {
  return set.flatMap(({ from, to }) => {
    const pieces = Math.ceil((to - from + 1) / MINUTES_PER_DAY)
    return Array.from({ length: pieces }, (_, piece) => {
      const start = addMinutes(from, piece * MINUTES_PER_DAY)
      return { from: start, to: Math.min(to, start + MINUTES_PER_DAY - 1) as Minute }
    })
  })
}

/** Every minute of `set`, oldest first. */
export function* minutesOf(set: MinuteSet): Generator<Minute> {
  for (const { from, to } of set) {
    for (let minute = from; minute <= to; minute = addMinutes(minute, 1)) yield minute
  }
}

function closeNarrowestGap(ranges: MinuteRange[]): void {
  let narrowest = 1
  const gapBefore = (index: number) => (ranges[index]?.from ?? 0) - (ranges[index - 1]?.to ?? 0)
  for (let index = 2; index < ranges.length; index++) {
    if (gapBefore(index) < gapBefore(narrowest)) narrowest = index
  }
  const [before, after] = ranges.slice(narrowest - 1, narrowest + 1)
  if (before !== undefined && after !== undefined) {
    ranges.splice(narrowest - 1, 2, { from: before.from, to: after.to })
  }
}
