import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { OperatorError } from '../../domain/errors.ts'
import type { Clock } from '../clock.ts'
import { isSqliteBusy } from '../error-code.ts'
import { makePrivateFile } from './make-private-file.ts'

/**
 * A file that one holder at a time has, of all processes. The kernel holds the lock and lets go of it when the process dies, so that
 * nothing is left to clear up; SQLite is only the way to it, since Node has no flock. Whoever waits for it holds up nothing else.
 */
export type Exclusion = {
  readonly path: string
  readonly clock: Clock
  /** How long another process's turn is waited for. Milliseconds. */
  readonly waitMs: number
}

/** The file is not to be had: another process has it, or it cannot be locked. */
export class ExclusionError extends OperatorError {
  override readonly name = 'ExclusionError'
  readonly isHeld: boolean

  constructor(message: string, hint: string | null, { isHeld, cause }: { isHeld: boolean; cause?: unknown }) {
    super(message, hint, { cause })
    this.isHeld = isHeld
  }
}

const POLL_MS = 20

/** What is open stays open: a lock that nobody remembers would be let go by the garbage collector. */
const held = new Set<DatabaseSync>()

/** Takes the file, and resolves with what lets go of it again. Rejects with an ExclusionError when it does not come within `waitMs`, or cannot be had. */
export async function hold(at: Exclusion): Promise<() => void> {
  const database = openAt(at.path)
  try {
    await whenTaken(
      () => database,
      at,
      () => held.add(database),
    )
  } catch (error) {
    database.close()
    throw error
  }
  return () => {
    if (held.delete(database)) database.close()
  }
}

/** Runs `use` while no other holder, of this process or another, has the file. Rejects as `hold` does. */
export async function exclusively<T>(at: Exclusion, use: () => Promise<T>): Promise<T> {
  const release = await hold(at)
  try {
    return await use()
  } finally {
    release()
  }
}

/** Looks whether a process has the file, without taking or making it. */
export function isHeld(path: string): boolean {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: 0, readOnly: true })
    database.prepare('SELECT count(*) FROM sqlite_schema').get()
    return false
  } catch (error) {
    return isSqliteBusy(error)
  } finally {
    database?.close()
  }
}

/** As `exclusively`, for synchronous work; calls of one process never find each other in the way. The file stays open between them. */
export class Turns {
  readonly #at: Exclusion
  #database: DatabaseSync | null = null
  #inode = 0

  constructor(at: Exclusion) {
    this.#at = at
  }

  take<T>(use: () => T): Promise<T> {
    return whenTaken(
      () => this.#opened(),
      this.#at,
      (database) => inTurnOf(database, use),
    )
  }

  /** Where there is no way to keep the others out, it is done all the same: between two calls of the system there is little room. */
  async takeOrDoWithout<T>(use: () => T): Promise<T> {
    let hasBegun = false
    try {
      return await this.take(() => {
        hasBegun = true
        return use()
      })
    } catch (error) {
      if (hasBegun) throw error
      return use()
    }
  }

  /** Opened again where another file has come in its place. */
  #opened(): DatabaseSync {
    const { path } = this.#at
    const inode = statSync(path, { throwIfNoEntry: false })?.ino
    if (this.#database !== null && inode === this.#inode) return this.#database
    this.#database?.close()
    this.#database = null
    const database = openAt(path)
    this.#database = database
    this.#inode = statSync(path).ino
    return database
  }
}

function inTurnOf<T>(database: DatabaseSync, use: () => T): T {
  try {
    return use()
  } finally {
    database.exec('ROLLBACK')
  }
}

/** Calls `use` at once when the file is taken: whoever asks meanwhile finds it either free or done with. */
async function whenTaken<T>(opened: () => DatabaseSync, at: Exclusion, use: (database: DatabaseSync) => T): Promise<T> {
  const { clock, path, waitMs } = at
  const deadline = clock.monotonic() + waitMs
  for (;;) {
    const database = opened()
    if (isTaken(database, at)) return use(database)
    if (clock.monotonic() >= deadline) {
      const message = `${path}: another rcron has held this lock for ${waitMs} ms`
      throw new ExclusionError(message, 'Look for a stopped one.', { isHeld: true })
    }
    await clock.sleep(POLL_MS)
  }
}

function isTaken(database: DatabaseSync, { path }: Exclusion): boolean {
  try {
    lighten(database)
    database.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if (isSqliteBusy(error)) return false
    throw new ExclusionError(
      `${path}: cannot be locked (${error instanceof Error ? error.message : String(error)})`,
      'Free space in its directory, and let rcron write there.',
      { isHeld: false, cause: error },
    )
  }
}

const light = new WeakSet<DatabaseSync>()

/**
 * Nothing is ever written there: without a journal on the disk a turn costs a fifth, and is to be had on a full one. Left for the next
 * attempt while another process has its turn.
 */
function lighten(database: DatabaseSync): void {
  if (light.has(database)) return
  try {
    database.exec('PRAGMA journal_mode = MEMORY')
    light.add(database)
  } catch {
    // Where that is not for the moment, taking it says so.
  }
}

function openAt(path: string): DatabaseSync {
  try {
    makePrivateFile(path)
    return new DatabaseSync(path, { timeout: 0 })
  } catch (error) {
    throw new ExclusionError(`${path}: cannot be opened for locking (${String(error)})`, null, {
      isHeld: false,
      cause: error,
    })
  }
}
