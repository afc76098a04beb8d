/** What a reason means for who looks after the jobs. */
type Meaning = {
  /** Whether a firing can end with it; else it says how one fares meanwhile. */
  readonly isEnd: boolean
  /** Whether somebody should look at a firing that ended so. */
  readonly isTrouble: boolean
  /** One sentence, `{field}` standing for each of the fields. */
  readonly sentence: string
  /** The command that leads on, fields standing in it likewise; null where there is nothing to do. */
  readonly next: string | null
}

const end = (sentence: string, next: string) => ({ isEnd: true, isTrouble: true, sentence, next }) as const
const course = (sentence: string, next: string | null = null): Meaning & { readonly isEnd: false } => ({
  isEnd: false,
  isTrouble: false,
  sentence,
  next,
})

const SEE = 'rcron history {job}'
const ASK_HOST = 'rcron test {host}'

/** The closed set of reasons: every firing ends with exactly one of those that are an end. Log, history and whoever explains share it. */
export const REASONS = {
  SUCCEEDED: { isEnd: true, isTrouble: false, sentence: 'It succeeded on {host}.', next: null },
  FAILED: end('Its command ended with exit code {exitCode} on {host}.', SEE),
  SIGNALED: end('Its command was ended by signal {signal} on {host}.', SEE),
  TIMED_OUT: end('It ran longer than its timeout_s on {host}, and was ended.', SEE),
  CLOBBERED: end('The next firing of the job ended it on {host}, as the action clobber has it.', SEE),
  KILLED: { isEnd: true, isTrouble: false, sentence: 'An operator ended it on {host}.', next: SEE },
  KILLED_AT_SHUTDOWN: end('rcron stopped, and ended it.', 'rcron tick --at {minute} {job}'),
  HOST_UNREACHABLE: end('{host} could not be reached: {reason}', ASK_HOST),
  HOST_UNKNOWN: end('The name {host} leads nowhere: {reason}', ASK_HOST),
  NO_COMMON_ALGORITHM: end('{host} offers no algorithm that rcron takes: {reason}', ASK_HOST),
  HOST_REFUSED: end('{host} did not begin the command: {reason}', ASK_HOST),
  AUTH_FAILED: end('{host} did not let {user} in: {reason}', ASK_HOST),
  HOST_KEY_REFUSED: end('The host key of {host} is not the one that is known: {reason}', ASK_HOST),
  CREDENTIAL_UNUSABLE: end('The secret of {user} cannot be used: {reason}', 'rcron check'),
  BREAKER_OPEN: end('{host} has refused {user} lately, and is left alone for a while: {reason}', ASK_HOST),
  LOST: end('How it ended on {host} cannot be learnt, and it may have done its work: {reason}', SEE),
  RESOLVED_SUCCEEDED: {
    isEnd: true,
    isTrouble: false,
    sentence: 'It was lost on {host}, and has succeeded, as somebody said: {reason}',
    next: null,
  },
  RESOLVED_FAILED: end('It was lost on {host}, and has failed, as somebody said: {reason}', SEE),
  PAUSED: { isEnd: true, isTrouble: false, sentence: 'It was paused: {reason}', next: 'rcron pause' },
  OVERLAP_SKIPPED: end('A run before it was still active: {reason}', SEE),
  OVERLAP_BLOCKED: end('The run before it could not be confirmed dead: {reason}', SEE),
  CLAIMED_BY_OTHER: end('Another run of the same cron had its lock: {reason}', SEE),
  HOST_ALREADY_CLAIMED: end('A run that excludes it is alive on {host} and has no lock: {reason}', ASK_HOST),
  LOCK_UNWRITABLE: end('Its lock could not be kept: {reason}', 'rcron check'),
  START_WINDOW_EXPIRED: end('It would have begun later than its latest_start_min lets it: {reason}', SEE),
  MISSED_DAEMON_DOWN: end('rcron did not run, or its machine stood still, when it was due.', SEE),
  INTERRUPTED: end('rcron stopped before it began: {reason}', SEE),
  NO_HOST_LEFT: end('It ended badly on all {tried} hosts, at last on {host}.', SEE),
  INTERNAL_ERROR: end('rcron itself failed, so that its end is not known; the log says how.', SEE),

  DUE: course('It was due.'),
  QUEUED_HOST: course('It waits for a slot of its host.'),
  QUEUED_GLOBAL: course('It waits for a slot.'),
  AWAITING_HOST: course('It was handed over, and its host has not begun it yet.', ASK_HOST),
  STARTED: course('Its host has begun it.'),
  CONTACT_LOST: course('Its host cannot be asked now: {reason}', ASK_HOST),
  CONTACT_FOUND: course('Its host can be asked again.'),
  ADOPTED: course('A later process of rcron watches it.'),
  NOT_ADOPTED: course('Its lock could not be taken over: {reason}', 'rcron check'),
  CONTINUED: course('It goes on to its other hosts after an adopted run.'),
  NOT_CONTINUED: course('It does not go on to its other hosts after an adopted run: {reason}', SEE),
  KILL_UNCONFIRMED: course('It was to be ended, and may be alive: {reason}', ASK_HOST),
  ENDED_ELSEWHERE: course('Another process of rcron tells how it ended.'),
  FIRING_ENDED: course('All of it is over.'),
} as const satisfies Readonly<Record<string, Meaning>>

/** A code of the catalogue. */
export type ReasonCode = keyof typeof REASONS

/** A code with which a firing can end. */
export type EndCode = { [Code in ReasonCode]: (typeof REASONS)[Code]['isEnd'] extends true ? Code : never }[ReasonCode]

/** What stands for the fields of a sentence, as far as it is known. */
export type ReasonFields = Readonly<Record<string, string | number | null | undefined>>

/** The names of the fields of a code's sentence and of its next command. */
export function fieldsOfReason(code: ReasonCode): readonly string[] {
  const { sentence, next } = meaningOf(code)
  return [...new Set([...`${sentence} ${next ?? ''}`.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name))]
}

/** The sentence of a code. Values are as they came: escape to print. What is not known reads `?`. */
export function describeReason(code: ReasonCode, fields: ReasonFields): string {
  return filled(meaningOf(code).sentence, fields)
}

/** The command to type next; null where there is nothing to do, or what it names is not known. */
export function nextCommandOf(code: ReasonCode, fields: ReasonFields): string | null {
  const { next } = meaningOf(code)
  if (next === null) return null
  const isKnown = [...next.matchAll(/\{(\w+)\}/g)].every(([, name = '']) => (fields[name] ?? null) !== null)
  return isKnown ? filled(next, fields) : null
}

export function isTrouble(code: ReasonCode): boolean {
  return meaningOf(code).isTrouble
}

/** Of what a store holds, which a later rcron may have written; null if it is no code of this one. */
export function endCodeOf(text: string): EndCode | null {
  return Object.hasOwn(REASONS, text) && meaningOf(text as ReasonCode).isEnd ? (text as EndCode) : null
}

function meaningOf(code: ReasonCode): Meaning {
  return REASONS[code]
}

function filled(template: string, fields: ReasonFields): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(fields[name] ?? '?'))
}
