import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { OperatorError } from '../../domain/errors.ts'
import type { Clock } from '../clock.ts'
import { makePrivateFile } from './make-private-file.ts'

const POLL_MS = 20
const SQLITE_BUSY = 5

/** As `exclusively`, for what is done in one go; calls of one process never find each other in the way. The file stays open between them. */
export class Turns {
  readonly #at: Exclusion
  #database: DatabaseSync | null = null
  #inode = 0
  #isLight = false

  constructor(at: Exclusion) {
    this.#at = at
  }

  async take<T>(use: () => T): Promise<T> {
    const deadline = this.#at.clock.monotonic() + this.#at.waitMs
    let database = this.#opened()
    while (!this.#isTaken(database)) {
      await pause(this.#at, deadline)
      database = this.#opened()
    }
    try {
      return use()
    } finally {
      database.exec('ROLLBACK')
    }
  }

  #isTaken(database: DatabaseSync): boolean {
    this.#isLight ||= lighten(database)
    return isTaken(database, this.#at)
  }

  /** Opened again where another file has come in its place. */
  #opened(): DatabaseSync {
    const { path } = this.#at
    const inode = statSync(path, { throwIfNoEntry: false })?.ino
    if (this.#database !== null && inode === this.#inode) return this.#database
    this.#database?.close()
    this.#database = null
    this.#isLight = false
    const database = openAt(path)
    this.#database = database
    this.#inode = statSync(path).ino
    return database
  }
}

/**
 * Runs `use` while no other process runs one under the same path. The kernel holds the lock and lets go of it when the
 * process dies, so that nothing is left to clear up; SQLite is only the way to it, since Node has no flock.
 * Rejects with an OperatorError when the turn does not come within `waitMs`, or the file cannot be opened.
 */
export async function exclusively<T>(at: Exclusion, use: () => Promise<T>): Promise<T> {
  const database = openAt(at.path)
  try {
    await takeTurn(database, at)
    return await use()
  } finally {
    database.close()
  }
}

export type Exclusion = { readonly path: string; readonly clock: Clock; readonly waitMs: number }

function openAt(path: string): DatabaseSync {
  makePrivateFile(path)
  try {
    return new DatabaseSync(path, { timeout: 0 })
  } catch (error) {
    throw cannotOpen(path, error)
  }
}

function cannotOpen(path: string, cause: unknown): OperatorError {
  return new OperatorError(`${path}: cannot be opened for locking (${String(cause)})`, null, { cause })
}

async function takeTurn(database: DatabaseSync, at: Exclusion): Promise<void> {
  const deadline = at.clock.monotonic() + at.waitMs
  lighten(database)
  while (!isTaken(database, at)) {
    await pause(at, deadline)
    lighten(database)
  }
}

/**
 * Nothing is ever written there: without a journal on the disk a turn costs a fifth, and is to be had on a full one. False while another
 * process has its turn.
 */
function lighten(database: DatabaseSync): boolean {
  try {
    database.exec('PRAGMA journal_mode = MEMORY')
    return true
  } catch {
    return false // Before the next attempt, then.
  }
}

async function pause({ path, clock, waitMs }: Exclusion, deadline: number): Promise<void> {
  if (clock.monotonic() >= deadline) {
    throw new OperatorError(`${path}: another rcron has held this lock for ${waitMs} ms`, 'Look for a stopped one.')
  }
  await clock.sleep(POLL_MS)
}

function isTaken(database: DatabaseSync, { path }: Exclusion): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return false
    throw new OperatorError(
      `${path}: cannot be locked (${error instanceof Error ? error.message : String(error)})`,
      'Make room in its directory, and let rcron write there.',
      { cause: error },
    )
  }
}
