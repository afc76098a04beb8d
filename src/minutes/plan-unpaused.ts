import { names, type Pause } from '../definitions/judge/pauses/pause.ts'
import type { Cron } from '../domain/cron.ts'
import { addMinutes, type Minute, MS_PER_MINUTE } from '../domain/minute.ts'
import { countDue } from '../schedule/count-due.ts'
import { nextMinutes } from '../schedule/next-minutes.ts'
import type { DueCount, DueMinutes } from './plan-missed.ts'
import { type MinuteRange, type MinuteSet, withoutSet } from './plan-ranges.ts'

/** `due` without the minutes in which a cron was paused: what did not run then was not missed, and is not caught up. */
export function unpausedMinutes(due: DueMinutes, pauses: readonly Pause[]): DueMinutes {
  if (pauses.length === 0) return due
  const setOf = remembering(pausedIn)
  const unpaused = (cron: Cron, range: MinuteRange): MinuteSet => {
    const naming = pauses.filter(({ row }) => names(row, cron))
    const paused = naming.flatMap((pause) => setOf(pause, range)).sort((one, other) => one.from - other.from)
    return withoutSet(range, paused)
  }
  return {
    count: (cron, range) => sumOf(unpaused(cron, range).map((piece) => due.count(cron, piece))),
    newest(cron, range, most) {
      const minutes: Minute[] = []
      for (const piece of unpaused(cron, range).toReversed()) {
        if (minutes.length === most) break
        minutes.unshift(...due.newest(cron, piece, most - minutes.length))
      }
      return minutes
    },
  }
}

/** The minutes of `range` in which the pause is in force: those that begin in it. In rising order; they may overlap. */
export function pausedIn({ row: { since, until }, window }: Pause, range: MinuteRange): MinuteSet {
  const from = Math.max(range.from, Math.ceil(since / MS_PER_MINUTE)) as Minute
  const to = until === null ? range.to : (Math.min(range.to, Math.ceil(until / MS_PER_MINUTE) - 1) as Minute)
  if (from > to) return []
  if (window === null) return [{ from, to }]
  const { schedule, zone, minutes } = window
  const earliest = addMinutes(from, 1 - minutes)
  const { count } = countDue(schedule, zone, earliest, to)
  return nextMinutes(schedule, zone, addMinutes(earliest, -1), count).map((opened) => ({
    from: Math.max(opened, from) as Minute,
    to: Math.min(addMinutes(opened, minutes - 1), to) as Minute,
  }))
}

function sumOf(counts: readonly (DueCount | null)[]): DueCount | null {
  const some = counts.filter((count) => count !== null)
  const [first, last] = [some[0], some.at(-1)]
  if (first === undefined || last === undefined) return null
  return { count: some.reduce((sum, { count }) => sum + count, 0), first: first.first, last: last.last }
}

/** Thousands of crons ask about the same few pauses and ranges. */
function remembering(ask: typeof pausedIn): typeof pausedIn {
  const known = new Map<Pause, Map<string, MinuteSet>>()
  return (pause, range) => {
    const ofPause = known.get(pause) ?? new Map<string, MinuteSet>()
    known.set(pause, ofPause)
    const key = `${range.from} ${range.to}`
    const set = ofPause.get(key) ?? ask(pause, range)
    ofPause.set(key, set)
    return set
  }
}
