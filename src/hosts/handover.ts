import type { Outcome } from '../domain/outcome.ts'

/** The command has certainly not begun: nobody to hand it to. */
export type Unreachable = {
  readonly kind: 'unreachable'
  /** May be told to everybody who reads the store. */
  readonly reason: string
  /** What more there is for the log and for the operator: a stranger's words, the state of a file. */
  readonly detail?: string
  /** Worth another try at once: the host is there but dropped this connection or has no room for a session on it. */
  readonly transient: boolean
  /** Where it is one that has a remedy of its own. */
  readonly cause?: UnreachableCause
}

/** `legacy-algorithms`: there would be one in common if the system's `legacy_algorithms` were 1. */
export type UnreachableCause = 'unknown-name' | 'no-common-algorithm' | 'legacy-algorithms' | 'slow-login'

/** The command has certainly not begun: the host, or its login, would not have it. */
export type Refused = {
  readonly kind: 'refused'
  /** `credential`: the secret cannot be used. `login`: a login that was just refused is not tried again yet. */
  readonly by: 'authentication' | 'host-key' | 'exec' | 'credential' | 'login'
  /** As above. */
  readonly reason: string
  readonly detail?: string
  /** What is refused would be taken, or may be, if the system's `legacy_algorithms` were 1. */
  readonly wouldLegacyDo?: boolean
}

/** Why a command was certainly not handed over. */
export type NotHandedOver = Unreachable | Refused

/** The command was sent and the connection broke before the host answered: it may have begun. */
export type HandoverUnknown = { readonly kind: 'unknown'; readonly reason: string }

export function unreachable(reason: string, detail?: string): Unreachable {
  return { kind: 'unreachable', reason, transient: false, ...detailOf(detail) }
}

export function unreachableBy(cause: UnreachableCause, reason: string, detail?: string): Unreachable {
  return { ...unreachable(reason, detail), cause }
}

export function unreachableForNow(reason: string, detail?: string): Unreachable {
  return { kind: 'unreachable', reason, transient: true, ...detailOf(detail) }
}

export function refused(
  by: Refused['by'],
  reason: string,
  more: Pick<Refused, 'detail' | 'wouldLegacyDo'> = {},
): Refused {
  return { kind: 'refused', by, reason, ...more }
}

function detailOf(detail: string | undefined): { readonly detail?: string } {
  return detail === undefined ? {} : { detail }
}

/** What it means for the run. */
export function notBegun(found: NotHandedOver): Outcome {
  const { reason } = found
  if (found.kind === 'unreachable') {
    const code = found.cause === undefined ? undefined : UNREACHABLE_CODES[found.cause]
    return { kind: 'unreachable', ...(code && { code }), reason, ...detailOf(found.detail) }
  }
  const code = REFUSED_CODES[found.by]
  return { kind: 'refused', ...(code && { code }), reason, ...detailOf(found.detail) }
}

const UNREACHABLE_CODES = {
  'unknown-name': 'HOST_UNKNOWN',
  'no-common-algorithm': 'NO_COMMON_ALGORITHM',
  'legacy-algorithms': 'NO_COMMON_ALGORITHM',
  'slow-login': undefined,
} as const satisfies Readonly<Record<UnreachableCause, unknown>>

const REFUSED_CODES = {
  authentication: 'AUTH_FAILED',
  'host-key': 'HOST_KEY_REFUSED',
  exec: undefined,
  credential: 'CREDENTIAL_UNUSABLE',
  login: 'BREAKER_OPEN',
} as const satisfies Readonly<Record<Refused['by'], unknown>>
