import { addMinutes, type Minute } from '../domain/minute.ts'
import {
  hasMinute,
  type MinuteRange,
  type MinuteSet,
  minutesOf,
  newestUpTo,
  unionOf,
  withoutSet,
} from './plan-ranges.ts'

/** A clock set back by more minutes than this has been corrected: the new time counts at once. */
const LARGEST_STEP_BACK = 180

/** What is missed is looked through up to this many minutes back (31 days). */
const MISSED_HORIZON = 31 * 24 * 60

/** What one wake-up of the planner knows. */
export type MinuteFacts = {
  /** The minute that the machine's clock shows. */
  readonly now: Minute
  /** Every minute that this installation has planned or given up as missed. Empty at its first start. */
  readonly planned: MinuteSet
  /** The minute that was planned last; null at the first start. */
  readonly last: Minute | null
  /** Minutes that are caught up after a stall. */
  readonly catchUpMinutes: number
}

/** What becomes of the minutes up to now. */
export type MinutePlan = {
  /** Minutes to plan now, oldest first. All but the clock's own minute are caught up. */
  readonly due: readonly Minute[]
  /** Minutes that are too far back: none of them is planned, now or later. */
  readonly missed: MinuteSet
  /** Whether minutes further back than `missed` reaches were missed as well (an outage of more than 31 days). */
  readonly missedMore: boolean
  /** `planned` as it is after this plan; to be on disk before anything of `due` begins. */
  readonly planned: MinuteSet
  /** `last` as it is after this plan. */
  readonly last: Minute | null
}

/**
 * Decides which minutes one wake-up plans; none is ever planned twice.
 *
 * The timer may wake early, twice or late, and the clock may step:
 * forward (or a stall), the newest `catchUpMinutes` are caught up and what lies further back is missed;
 * back by up to 3 h, nothing is planned until time has passed the minute planned last;
 * back by more, the new time counts at once, except for minutes that were planned before.
 */
export function planMinutes(facts: MinuteFacts): MinutePlan {
  const { now, planned, last } = facts
  if (hasMinute(planned, now)) return nothing(facts)
  if (last === null) return planFrom(facts, now, [])
  if (now > last) return planForward(facts, newestUpTo(planned, now) ?? last)
  return last - now <= LARGEST_STEP_BACK ? nothing(facts) : planFrom(facts, now, [])
}

function planForward(facts: MinuteFacts, before: Minute): MinutePlan {
  const { now, planned, catchUpMinutes } = facts
  const oldestDue = Math.max(before + 1, now - catchUpMinutes) as Minute
  const missed = withoutSet({ from: addMinutes(before, 1), to: addMinutes(oldestDue, -1) }, planned)
  return planFrom(facts, oldestDue, missed)
}

function planFrom({ now, planned }: MinuteFacts, oldestDue: Minute, missed: MinuteSet): MinutePlan {
  const due: MinuteRange = { from: oldestDue, to: now }
  const horizon = addMinutes(now, -MISSED_HORIZON)
  const within = missed.filter(({ to }) => to >= horizon)
  return {
    due: [...minutesOf(withoutSet(due, planned))],
    missed: within.map(({ from, to }) => ({ from: Math.max(from, horizon) as Minute, to })),
    missedMore: missed.some(({ from }) => from < horizon),
    planned: unionOf(planned, missed, [due]),
    last: now,
  }
}

function nothing({ planned, last }: MinuteFacts): MinutePlan {
  return { due: [], missed: [], missedMore: false, planned, last }
}
