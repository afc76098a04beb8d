import { createHash } from 'node:crypto'
import * as z from 'zod'
import { ACTIONS, numberOf } from '../../domain/action.ts'
import type { Minute } from '../../domain/minute.ts'
import type { KilledBy, NotRun } from '../../domain/outcome.ts'
import { UnusableFileError } from '../../platform/files/bounded-file.ts'
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

const hex = z.string().regex(/^[0-9a-f]{32}$/)
const id = z.int().nonnegative()
const holder = z.object({ pid: id, start: z.string(), boot: z.string() })
const trace = z.object({ pid: id, start: z.string(), boot: z.string(), cgroup: z.string() })
const killedBy = z.enum(KILLERS)
const notRun = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('killed'), by: killedBy }),
  z.object({ kind: z.enum(['blocked', 'skipped', 'missed']), reason: z.string() }),
]) satisfies z.ZodType<NotRun>
/** What has a default is missing in a lock of an earlier rcron, which in turn ignores what it does not know. */
const lockFile = z.object({
  format: z.literal(FORMAT),
  run: hex,
  cronId: id,
  cronName: z.string(),
  systemId: id,
  authId: id,
  host: z.string(),
  port: id,
  localPort: id.nullable().default(null),
  user: z.string(),
  command: z.string(),
  action: z.enum(ACTIONS),
  minute: z.int().transform((minute) => minute as Minute),
  series: hex.nullable().default(null),
  rest: z.array(id).default([]),
  isWaiting: z.boolean().default(false),
  startedAt: z.number(),
  timeoutMs: z.number().nullable(),
  killGraceMs: z.number(),
  ownConnection: z.boolean().nullable().default(null),
  trace: trace.nullable(),
  unknownSince: z.number().nullable().default(null),
  killedBy: killedBy.nullable().default(null),
  notRun: notRun.nullable().default(null),
  daemon: holder,
  claimedFrom: holder.nullable().default(null),
  isTold: z.boolean().default(false),
})

/** The names under which the lock of a run may stand, in order: the first rcron's, and one for a row with the same words. */
export function lockNames({ command, host, user, action, cronId }: RunLock): readonly [string, string] {
  const words = `${command},${host},${user},${numberOf(action)}`
  const hash = createHash('sha256').update(words).digest('hex')
  return [`${hash}.rcron`, `${hash}-${cronId}.rcron`]
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

/** Throws an UnusableFileError that says what is wrong with `text`. */
export function parseLockFile(text: string): LockFile {
  const judged = lockFile.safeParse(jsonOf(text))
  if (!judged.success)
    throw new UnusableFileError(`it is not a lock file of this version of rcron (${z.prettifyError(judged.error)})`)
  const { format: _, daemon, claimedFrom, isTold, ...lock } = judged.data
  return { lock, daemon, claimedFrom, isTold }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UnusableFileError('it is incomplete, or not JSON', { cause: error })
  }
}
