import { createHash } from 'node:crypto'
import { ACTIONS, numberOf } from '../../domain/action.ts'
import type { Minute } from '../../domain/minute.ts'
import type { KilledBy, NotRun } from '../../domain/outcome.ts'
import {
  amount,
  byKind,
  count,
  fields,
  flag,
  listOf,
  made,
  oneOf,
  orAbsent,
  orNull,
  readJson,
  type Shape,
  scalar,
  text,
  whole,
} from '../../platform/files/json-shape.ts'
import type { ProcessIdentity } from '../../platform/process-identity.ts'
import type { RunLock } from './run-locks.ts'

/** What stands in a lock file: the lock, and the process that answers for it. */
export type LockFile = {
  readonly lock: RunLock
  readonly daemon: ProcessIdentity
  /** The process that answered for it when `daemon` took it upon itself to tell its end; null before that. */
  readonly claimedFrom: ProcessIdentity | null
  /** Its end has been reported; the file is only there because it could not be removed. It leads to nothing any more. */
  readonly isTold: boolean
}

export const FORMAT = 'rcron-lock-1'

const KILLERS = ['clobber', 'operator', 'shutdown'] as const satisfies readonly KilledBy[]

const hex = scalar(
  '32 hex digits',
  (found): found is string => typeof found === 'string' && /^[0-9a-f]{32}$/.test(found),
)
const holder = fields({ pid: count, start: text, boot: text })
const trace = fields({ pid: count, start: text, boot: text, cgroup: text })
const killedBy = oneOf(KILLERS)
/** Absent where it is the usual one of its kind; one of a later rcron is left out. */
const withReason = <const Kind extends string, const Code extends string>(kind: Kind, codes: readonly Code[]) => {
  const written = fields({ kind: oneOf([kind]), reason: text, code: orAbsent(text, '') })
  return made(written, ({ code: found, ...rest }) => {
    const code = codes.find((each) => each === found)
    return code === undefined ? rest : { ...rest, code }
  })
}
const notRun: Shape<NotRun> = byKind({
  killed: fields({ kind: oneOf(['killed']), by: killedBy }),
  blocked: withReason('blocked', ['LOCK_UNWRITABLE', 'HOST_ALREADY_CLAIMED']),
  skipped: withReason('skipped', ['CLAIMED_BY_OTHER', 'HOST_ALREADY_CLAIMED']),
  missed: withReason('missed', ['START_WINDOW_EXPIRED', 'INTERRUPTED']),
})
/** What may be absent is missing in a lock of an earlier rcron, which in turn ignores what it does not know. */
const lockFile = fields({
  format: oneOf([FORMAT]),
  run: hex,
  cronId: count,
  cronName: text,
  systemId: count,
  authId: count,
  host: text,
  port: count,
  localPort: orAbsent(orNull(count), null),
  user: text,
  command: text,
  action: oneOf(ACTIONS),
  minute: made(whole, (minute) => minute as Minute),
  series: orAbsent(orNull(hex), null),
  rest: orAbsent(listOf(count), []),
  isWaiting: orAbsent(flag, false),
  isForced: orAbsent(flag, false),
  startedAt: amount,
  timeoutMs: orNull(amount),
  killGraceMs: amount,
  ownConnection: orAbsent(orNull(flag), null),
  trace: orNull(trace),
  unknownSince: orAbsent(orNull(amount), null),
  killedBy: orAbsent(orNull(killedBy), null),
  notRun: orAbsent(orNull(notRun), null),
  daemon: holder,
  claimedFrom: orAbsent(orNull(holder), null),
  isTold: orAbsent(flag, false),
})

/**
 * The names under which the lock of a run may stand, in order: the first rcron's, and one for a row with the same words. That of a forced run
 * is its own.
 */
export function lockNames({ command, host, user, action, cronId, run, isForced }: RunLock): readonly [string, string] {
  const words = `${command},${host},${user},${numberOf(action)}`
  const hash = createHash('sha256').update(words).digest('hex')
  const ofRun = `${hash}-${cronId}-${run}.rcron`
  return isForced === true ? [ofRun, ofRun] : [`${hash}.rcron`, `${hash}-${cronId}.rcron`]
}

/** The name under which the lock of a run is left whose end was told by another process than the living one that answers for it. */
export function settledLockName({ run }: Pick<RunLock, 'run'>): string {
  return `${run}${SETTLED_SUFFIX}`
}

export const SETTLED_SUFFIX = '.told'

export function formatLockFile(file: LockFile): string {
  return `${JSON.stringify(contentOf(file), null, 2)}\n`
}

/** The same in less room than `formatLockFile` takes. */
export function formatCompactly(file: LockFile): string {
  return JSON.stringify(contentOf(file))
}

function contentOf({ lock, ...about }: LockFile) {
  return { format: FORMAT, ...lock, ...about }
}

/** Throws an UnusableFileError that says what is wrong with `json`. */
export function parseLockFile(json: string): LockFile {
  const { format: _, daemon, claimedFrom, isTold, isForced, ...lock } = readJson(json, lockFile, 'a lock file')
  return { lock: { ...lock, ...(isForced && { isForced }) }, daemon, claimedFrom, isTold }
}
