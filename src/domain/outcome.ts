import type { EndCode } from './reasons/reasons.ts'

/** Who had a run killed. */
export type KilledBy = 'clobber' | 'operator' | 'shutdown'

/** Every way a run can end; it ends in exactly one of them, and the first cause wins. */
export type Outcome =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly exitCode: number }
  /** `reason`: what may have sent it, where that is known. */
  | { readonly kind: 'signaled'; readonly signal: string; readonly reason?: string }
  /** Ran longer than its cron's `timeout_s` and is confirmed dead. */
  | { readonly kind: 'timed-out'; readonly afterMs: number }
  /** Killed on request and confirmed dead. */
  | { readonly kind: 'killed'; readonly by: KilledBy }
  /** Never handed to the host. */
  | ({ readonly kind: 'unreachable' } & NotBegun<'HOST_UNKNOWN' | 'NO_COMMON_ALGORITHM'>)
  /** The host answered and would not have it: authentication, host key, exec. */
  | ({ readonly kind: 'refused' } & NotBegun<
      'AUTH_FAILED' | 'HOST_KEY_REFUSED' | 'CREDENTIAL_UNUSABLE' | 'BREAKER_OPEN'
    >)
  /** Handed to the host; its end cannot be learnt. It may have done its work. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** The run before it could not be confirmed dead. */
  | ({ readonly kind: 'blocked'; readonly reason: string } & Coded<'LOCK_UNWRITABLE' | 'HOST_ALREADY_CLAIMED'>)
  /** The run before it is still active. */
  | ({ readonly kind: 'skipped'; readonly reason: string } & Coded<'CLAIMED_BY_OTHER' | 'HOST_ALREADY_CLAIMED'>)
  /** A pause keeps it from being started. */
  | { readonly kind: 'paused'; readonly reason: string }
  /** Its minute was not planned in time. */
  | ({ readonly kind: 'missed'; readonly reason: string } & Coded<'START_WINDOW_EXPIRED' | 'INTERRUPTED'>)

/** `detail`: what is for the log and the operator alone, and never for the store, whose readers may be others. */
type NotBegun<Code extends EndCode> = { readonly reason: string; readonly detail?: string } & Coded<Code>

/** The code of its reason, where it is another than the usual one of its kind. */
type Coded<Code extends EndCode> = { readonly code?: Code }

/** With what a command ended; both null where it did not end by itself, or never began. */
export type CommandStatus = { readonly exitCode: number | null; readonly signal: string | null }

/** The exit code of what succeeded or failed, the signal of what one has ended. */
export function statusOfOutcome(outcome: Outcome | null): CommandStatus {
  switch (outcome?.kind) {
    case 'succeeded':
      return { exitCode: 0, signal: null }
    case 'failed':
      return { exitCode: outcome.exitCode, signal: null }
    case 'signaled':
      return { exitCode: null, signal: outcome.signal }
    default:
      return { exitCode: null, signal: null }
  }
}

/** One phrase for logs, the CLI and the `errors` column. Parts that came from a host are as they came: escape to print. */
export function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'succeeded':
      return 'succeeded'
    case 'failed':
      return `failed with exit code ${outcome.exitCode}`
    case 'signaled':
      return `ended by signal ${outcome.signal}${outcome.reason === undefined ? '' : `; ${outcome.reason}`}`
    case 'timed-out':
      return `timed out after ${outcome.afterMs / 1000} s`
    case 'killed':
      return `killed by ${outcome.by}`
    case 'unreachable':
    case 'refused':
    case 'lost':
    case 'blocked':
    case 'skipped':
    case 'paused':
    case 'missed':
      return `${outcome.kind}: ${outcome.reason}`
    default:
      return outcome satisfies never
  }
}

/** How the `errors` column of each kind begins; of the others with the kind itself. */
const BEGINNINGS: readonly (readonly [string, Outcome['kind']])[] = [
  ['ended by signal', 'signaled'],
  ['timed out', 'timed-out'],
]

/** The kind of a run that did not succeed, by what its row's `errors` says; `failed` where that is nothing that rcron writes. */
export function kindOfErrors(errors: string): Outcome['kind'] {
  const [, ended] = BEGINNINGS.find(([text]) => errors.startsWith(text)) ?? []
  return ended ?? BAD_KINDS.find((kind) => errors.startsWith(kind)) ?? 'failed'
}

/** Every way a run can end but well; the last of them is nobody's trouble. */
export const BAD_KINDS = [
  'failed',
  'signaled',
  'timed-out',
  'killed',
  'unreachable',
  'refused',
  'lost',
  'blocked',
  'skipped',
  'missed',
  'paused',
] as const satisfies readonly Exclude<Outcome['kind'], 'succeeded'>[]

/** By rcron's own choice nothing is begun. */
export type NotRun = Extract<Outcome, { readonly kind: 'killed' | 'blocked' | 'skipped' | 'missed' }>

/** Killed on request, before it began or proven dead. */
export function killed(by: KilledBy): Extract<Outcome, { readonly kind: 'killed' }> {
  return { kind: 'killed', by }
}

const NOT_BEGUN: readonly Outcome['kind'][] = ['unreachable', 'refused', 'blocked', 'skipped', 'paused', 'missed']

/** Whether the command is known not to have begun: nothing else may be repeated silently. */
export function hadNoEffect(outcome: Outcome): boolean {
  return NOT_BEGUN.includes(outcome.kind)
}
