import { join } from 'node:path'
import { OperatorError } from '../domain/errors.ts'
import type { Clock } from '../platform/clock.ts'
import { readBoundedFileSync } from '../platform/files/bounded-file.ts'
import { ExclusionError, hold, isHeld } from '../platform/files/exclusion.ts'
import { makeDirectory } from '../platform/files/make-directory.ts'
import { replaceFileSync } from '../platform/files/whole-file.ts'

/** The right to be the one daemon of a state directory; gone with the process, however that ends. */
export type StateLock = {
  /** Why another daemon would not be noticed; null if it would. */
  readonly weakness: string | null
  release(): void
}

const LOCK_NAME = 'daemon.lock'
const PID_NAME = 'daemon.pid'
const MAX_PID_BYTES = 32
/** A tick that looks holds the file for an instant. */
const PATIENCE_MS = 500

/**
 * Takes the state directory for this process, and makes it (mode 0700) where there is none. Rejects with an OperatorError that names the
 * process where another daemon has it. A directory that takes no lock, being read-only, gives a weak one: a full or broken disk is no
 * reason not to run.
 */
export async function takeStateLock(directory: string, clock: Clock): Promise<StateLock> {
  try {
    makeDirectory(directory)
    const release = await hold({ path: join(directory, LOCK_NAME), clock, waitMs: PATIENCE_MS })
    notePid(join(directory, PID_NAME))
    return { weakness: null, release }
  } catch (error) {
    if (error instanceof ExclusionError && error.isHeld) throw alreadyHeld(directory, error)
    return { weakness: `${directory} cannot be locked: ${reasonOf(error)}`, release: () => undefined }
  }
}

function alreadyHeld(directory: string, cause: unknown): OperatorError {
  return new OperatorError(
    `state directory ${directory}: another rcron daemon uses it, ${describeHolder(directory)}`,
    'Stop it first, or set RCRON_STATE_DIR to another directory.',
    { cause },
  )
}

/** Looks whether a daemon has the directory, without taking it: null where none has, else who, in words. Where no daemon was, nothing is made. */
export function findDaemon(directory: string): string | null {
  return isHeld(join(directory, LOCK_NAME)) ? describeHolder(directory) : null
}

/** What stands there, a link even, is replaced and never written into. */
function notePid(path: string): void {
  try {
    replaceFileSync(path, `${process.pid}\n`)
  } catch {
    // A full disk: the lock holds all the same, only its holder has no name.
  }
}

/** The file names the holder, it does not prove one: that is the lock's part. */
function describeHolder(directory: string): string {
  try {
    const pid = readBoundedFileSync(join(directory, PID_NAME), MAX_PID_BYTES).content.toString('latin1').trim()
    return /^\d+$/.test(pid) ? `process ${pid}` : 'an unknown process'
  } catch {
    return 'an unknown process'
  }
}

/** What the system says, without the path again. */
function reasonOf(error: unknown): string {
  const cause = error instanceof ExclusionError ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}
