import type { Outcome } from '../../domain/outcome.ts'
import type { RunEvent, RunFacts } from '../../domain/run-event.ts'

/** What is known of a host. Times in epoch milliseconds. */
export type Contact = {
  readonly isReachable: boolean
  /** Since when it can, or cannot, be reached. */
  readonly since: number
  /** When a run told of it last. */
  readonly seenAt: number
  /** Why it cannot be reached; null where it can. */
  readonly reason: string | null
  /** By user, which of its logins were refused and have not succeeded since. */
  readonly refusals: ReadonlyMap<string, Refusal>
}

/** Since when a host refuses a login, and why. */
export type Refusal = { readonly since: number; readonly reason: string }

/** What an event tells of the host of its run, as of `at`. */
export type Finding = { readonly run: Pick<RunFacts, 'host' | 'port' | 'user'>; readonly at: number } & (
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused' | 'unreachable'; readonly reason: string }
)

/** Of one host so many users are kept, and so much of what it says. */
const MOST_USERS = 20
const MOST_TEXT = 500

/** What `event` tells of a host; null if nothing. */
export function findingOf(event: RunEvent): Finding | null {
  switch (event.kind) {
    case 'started':
    case 'contact-found':
      return { kind: 'taken', run: event.run, at: event.at }
    case 'contact-lost':
      return { kind: 'unreachable', run: event.run, at: event.since, reason: event.reason }
    case 'contact-still-lost':
      return { kind: 'unreachable', run: event.run, at: event.at, reason: event.reason }
    case 'ended':
      return findingOfEnd(event.result.outcome, event)
    default:
      return null
  }
}

/** What did not go to the host tells nothing of it: a secret that cannot be used, a login that is not tried again yet. */
function findingOfEnd(outcome: Outcome, { run, at }: Pick<Finding, 'run' | 'at'>): Finding | null {
  switch (outcome.kind) {
    case 'succeeded':
    case 'failed':
    case 'signaled':
    case 'timed-out':
      return { kind: 'taken', run, at }
    case 'unreachable':
      return { kind: 'unreachable', run, at, reason: outcome.reason }
    case 'refused': {
      const isAsked = outcome.code !== 'CREDENTIAL_UNUSABLE' && outcome.code !== 'BREAKER_OPEN'
      return isAsked ? { kind: 'refused', run, at, reason: outcome.reason } : null
    }
    default:
      return null
  }
}

/** What is known of a host with one more finding. A host that refuses a login is reached. */
export function contactAfter(before: Contact | null, finding: Finding): Contact {
  const { at } = finding
  const isReachable = finding.kind !== 'unreachable'
  return {
    isReachable,
    since: before?.isReachable === isReachable ? before.since : at,
    seenAt: Math.max(at, before?.seenAt ?? at),
    reason: finding.kind === 'unreachable' ? shortened(finding.reason) : null,
    refusals: refusalsAfter(before?.refusals ?? new Map(), finding),
  }
}

function refusalsAfter(before: Contact['refusals'], finding: Finding): Contact['refusals'] {
  const { user } = finding.run
  if (finding.kind === 'unreachable' || (finding.kind === 'taken' && !before.has(user))) return before
  const others = [...before].filter(([of]) => of !== user)
  if (finding.kind === 'taken') return new Map(others)
  const refusal = { since: before.get(user)?.since ?? finding.at, reason: shortened(finding.reason) }
  return new Map([...others.slice(1 - MOST_USERS), [user, refusal]])
}

function shortened(reason: string): string {
  return reason.slice(0, MOST_TEXT).toWellFormed()
}
