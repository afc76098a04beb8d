import type { Action } from '../action.ts'
import type { Outcome } from '../outcome.ts'
import { reasonOfOutcome } from './reason-of-outcome.ts'
import type { EndCode } from './reasons.ts'

/** How one attempt of a firing came out; null where rcron itself has failed over it. */
export type AttemptOutcome = Outcome | null

/** How a firing came out as a whole. */
export type FiringEnd = {
  readonly kind: FiringKind
  readonly code: EndCode
  /** The place, from 0, of the attempt that decided it; null where there was none. */
  readonly decidedBy: number | null
}

/** The kind of a firing's end; `unknown` where rcron itself has failed over it. */
export type FiringKind = Outcome['kind'] | 'unknown'

/** From the least to the worst. What may have happened unseen is worse than what is known. */
const WORSE: readonly FiringKind[] = [
  'succeeded',
  'paused',
  'skipped',
  'killed',
  'missed',
  'blocked',
  'refused',
  'unreachable',
  'failed',
  'signaled',
  'timed-out',
  'lost',
  'unknown',
]

const LEADS_ON: readonly FiringKind[] = ['failed', 'signaled', 'timed-out', 'unreachable', 'refused', 'lost']

/**
 * Pure: what became of a firing, from its attempts in the order of their ends. All of an `all` have to succeed, and the worst speaks for
 * them; of a walk the last one speaks: those before it were warnings while a host was left.
 */
export function firingEnd(action: Action, attempts: readonly AttemptOutcome[]): FiringEnd {
  if (attempts.length === 0) return { kind: 'unknown', code: 'INTERNAL_ERROR', decidedBy: null }
  const decidedBy = action === 'all' ? worstOf(attempts) : attempts.length - 1
  const outcome = attempts[decidedBy] ?? null
  const kind = kindOf(outcome)
  const isExhausted = action !== 'all' && attempts.length > 1 && leadsOn(kind)
  return { kind, code: isExhausted ? 'NO_HOST_LEFT' : reasonOfOutcome(outcome), decidedBy }
}

/** Whether a walk may try its next host after such an end. */
export function leadsOn(kind: FiringKind): boolean {
  return LEADS_ON.includes(kind)
}

/** Whether `a` is no better than `b`. */
export function isAsBad(a: FiringKind, b: FiringKind): boolean {
  return WORSE.indexOf(a) >= WORSE.indexOf(b)
}

function worstOf(attempts: readonly AttemptOutcome[]): number {
  return attempts.reduce(
    (worst, outcome, at) => (isAsBad(kindOf(attempts[worst] ?? null), kindOf(outcome)) ? worst : at),
    0,
  )
}

function kindOf(outcome: AttemptOutcome): FiringKind {
  return outcome?.kind ?? 'unknown'
}
