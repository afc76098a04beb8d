import type { Contact } from './contact.ts'
import type { HostState } from './host-schemas.ts'

/** How a host is; times in epoch milliseconds, null where nothing has told. */
export type Standing = {
  readonly state: HostState
  readonly since: number | null
  readonly seenAt: number | null
  readonly reason: string | null
}

/**
 * How a host is by what runs have told of it. Refusals count of those `users` alone that something there still uses; `isLoginPaused`: a login of
 * one of them is not tried for a while. Pure.
 */
export function standingOf(contact: Contact | null, users: ReadonlySet<string>, isLoginPaused: boolean): Standing {
  if (contact === null) {
    return { state: isLoginPaused ? 'waiting' : 'untried', since: null, seenAt: null, reason: null }
  }
  const { isReachable, since, seenAt, reason } = contact
  if (!isReachable) return { state: 'unreachable', since, seenAt, reason }
  const refusals = [...contact.refusals].filter(([user]) => users.has(user))
  if (refusals.length === 0) return { state: isLoginPaused ? 'waiting' : 'reachable', since, seenAt, reason: null }
  return {
    state: isLoginPaused ? 'waiting' : 'refused',
    since: Math.min(...refusals.map(([, refusal]) => refusal.since)),
    seenAt,
    reason: refusals.map(([user, refusal]) => `as ${user}: ${refusal.reason}`).join('; '),
  }
}
