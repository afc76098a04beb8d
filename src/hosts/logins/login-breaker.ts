import { pauseAfter } from '../../platform/waiting/back-off.ts'
import type { SecretIdentity } from '../../secrets/credential.ts'
import { type NotHandedOver, type Refused, refused } from '../handover.ts'

/** How long a refused login is left alone: doubled with each refusal in a row, up to the longest. Milliseconds. */
const PAUSES = { firstMs: 60_000, longestMs: 15 * 60_000 }

/** A kill or a probe may try a refused login this often, whatever the pause. */
const URGENT_PAUSE_MS = 10_000

/** A login that succeeded is trusted to succeed again for this long: several may be under way at once. */
const PROVEN_MS = 10 * 60_000

/** What is known of the logins of one user on one host. A secret is in `proven` or in `refused`, as its newest login ended. */
export type LoginHistory = {
  /** When each secret was let in last. */
  readonly proven: ReadonlyMap<SecretIdentity, number>
  readonly refused: ReadonlyMap<SecretIdentity, Refusals>
  /** When the newest pause began: those of all refused secrets are counted from there, so that they do not take turns. */
  readonly pausedAt: number
  /** When a login was refused last: later than the pause began, where several were under way or a kill was tried meanwhile. */
  readonly refusedAt: number
}

/** `count`: refusals in a row. Those that come while a pause lasts are one with the refusal that began it. */
type Refusals = { readonly count: number; readonly reason: string }

export const NO_HISTORY: LoginHistory = { proven: new Map(), refused: new Map(), pausedAt: 0, refusedAt: 0 }

/** A login that somebody wants to try. */
export type LoginQuestion = { readonly secret: SecretIdentity; readonly isUrgent: boolean; readonly now: number }

/**
 * Whether a login may be tried: `freely`, `alone` (one at a time, until it is known to succeed), or not yet, because one secret
 * tried over and over makes a host shut out everybody at this address.
 */
export function judgeLogin(
  history: LoginHistory,
  { secret, isUrgent, now }: LoginQuestion,
): 'freely' | 'alone' | Refused {
  const refusals = history.refused.get(secret)
  if (refusals === undefined) return isProven(history, secret, now) ? 'freely' : 'alone'
  const until = isUrgent
    ? history.refusedAt + URGENT_PAUSE_MS
    : history.pausedAt + pauseAfter(PAUSES, refusals.count - 1)
  if (now >= until) return 'alone'
  const again = `not tried again for ${Math.ceil((until - now) / 1000)} s`
  return refused('login', `${refusals.reason} (${again}, after ${refusals.count} refused in a row)`)
}

/** A login that is not tried for `leftMs` yet, after `count` refusals in a row. */
export type PausedLogin = { readonly leftMs: number; readonly count: number; readonly reason: string }

/** Of the secrets that are not tried now the one that has to wait longest; null if there are none. */
export function longestPause({ refused, pausedAt }: LoginHistory, now: number): PausedLogin | null {
  const pauses = [...refused.values()].map(({ count, reason }) => {
    return { leftMs: pausedAt + pauseAfter(PAUSES, count - 1) - now, count, reason }
  })
  const [longest] = pauses.filter(({ leftMs }) => leftMs > 0).sort((one, other) => other.leftMs - one.leftMs)
  return longest ?? null
}

/** Whether the host let this secret in lately, and has not refused it since. */
export function isProven({ proven }: LoginHistory, secret: SecretIdentity, now: number): boolean {
  const provenAt = proven.get(secret)
  return provenAt !== undefined && now - provenAt < PROVEN_MS
}

/** The history after a login that ended as `failure`, or succeeded where that is null. What was not tried changes nothing. */
export function afterLogin(
  history: LoginHistory,
  failure: NotHandedOver | null,
  { secret, now }: Omit<LoginQuestion, 'isUrgent'>,
): LoginHistory {
  if (failure === null) {
    return { ...history, proven: new Map(history.proven).set(secret, now), refused: without(history.refused, secret) }
  }
  if (failure.kind === 'unreachable' || failure.by === 'login') return history
  const before = history.refused.get(secret)
  const isInPause = before !== undefined && now < history.pausedAt + pauseAfter(PAUSES, before.count - 1)
  const count = isInPause ? before.count : (before?.count ?? 0) + 1
  return {
    proven: without(history.proven, secret),
    refused: new Map(history.refused).set(secret, { count, reason: failure.reason }),
    pausedAt: isInPause ? history.pausedAt : now,
    refusedAt: now,
  }
}

function without<Value>(map: ReadonlyMap<SecretIdentity, Value>, secret: SecretIdentity): Map<SecretIdentity, Value> {
  const rest = new Map(map)
  rest.delete(secret)
  return rest
}
