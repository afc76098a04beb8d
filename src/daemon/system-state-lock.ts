import { randomBytes } from 'node:crypto'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { OperatorError } from '../domain/errors.ts'
import { readBoundedFileSync } from '../platform/files/bounded-file.ts'
import { makeDirectory } from '../platform/files/make-directory.ts'
import { makePrivateFile } from '../platform/files/make-private-file.ts'

/** The right to be the one daemon of a state directory; gone with the process, however that ends. */
export type StateLock = {
  /** Why another daemon would not be noticed; null where it would. */
  readonly weakness: string | null
  release(): void
}

const LOCK_NAME = 'daemon.lock'
const PID_NAME = 'daemon.pid'
const MAX_PID_BYTES = 32
const SQLITE_BUSY = 5
/** A tick that looks holds the file for an instant. */
const PATIENCE_MS = 500

/** What is open stays open: a lock that nobody remembers would be let go by the garbage collector. */
const held = new Set<DatabaseSync>()

/**
 * Takes the state directory for this process, and makes it (mode 0700) where there is none. The lock is the kernel's; SQLite is
 * only the way to it, since Node has no flock. Throws an OperatorError that names the process where another daemon has it. A directory
 * that takes no lock, being read-only, gives a weak one: a full or broken disk is no reason not to run.
 */
export function takeStateLock(directory: string): StateLock {
  try {
    makeDirectory(directory)
    makePrivateFile(join(directory, LOCK_NAME))
    return lockedBy(new DatabaseSync(join(directory, LOCK_NAME), { timeout: PATIENCE_MS }), directory)
  } catch (error) {
    if (error instanceof OperatorError) throw error
    return { weakness: `${directory} takes no lock: ${messageOf(error)}`, release: () => undefined }
  }
}

function lockedBy(database: DatabaseSync, directory: string): StateLock {
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    throw isBusy(error) ? alreadyHeld(directory, error) : error
  }
  held.add(database)
  notePid(join(directory, PID_NAME))
  return { weakness: null, release: () => void (held.delete(database) && database.close()) }
}

function alreadyHeld(directory: string, cause: unknown): OperatorError {
  return new OperatorError(
    `state directory ${directory}: another rcron daemon uses it, ${describeHolder(directory)}`,
    'Stop that one first, or give this one a directory of its own with RCRON_STATE_DIR.',
    { cause },
  )
}

/** Looks whether a daemon has the directory, without taking it: null where none has, else who, in words. */
export function findDaemon(directory: string): string | null {
  let database: DatabaseSync | undefined
  try {
    // Only to read: where no daemon was, nothing is made.
    database = new DatabaseSync(join(directory, LOCK_NAME), { timeout: 0, readOnly: true })
    database.prepare('SELECT count(*) FROM sqlite_schema').get()
    return null
  } catch (error) {
    return isBusy(error) ? describeHolder(directory) : null
  } finally {
    database?.close()
  }
}

/** By another name first: what stands there, a link even, is replaced and never written into. */
function notePid(path: string): void {
  const temporary = `${path}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`
  try {
    writeFileSync(temporary, `${process.pid}\n`, { mode: 0o600, flag: 'wx' })
    renameSync(temporary, path)
  } catch {
    // A full disk: the lock holds all the same, only its holder has no name.
    rmSync(temporary, { force: true })
  }
}

/** The file names the holder, it does not prove one: that is the lock's part. */
function describeHolder(directory: string): string {
  try {
    const pid = readBoundedFileSync(join(directory, PID_NAME), MAX_PID_BYTES).content.toString('latin1').trim()
    return /^\d+$/.test(pid) ? `process ${pid}` : 'a process that cannot be named'
  } catch {
    return 'a process that cannot be named'
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
