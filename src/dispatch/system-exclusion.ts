import { DatabaseSync } from 'node:sqlite'
import { OperatorError } from '../domain/errors.ts'
import type { Clock } from '../platform/clock.ts'
import { makePrivateFile } from '../platform/make-private-file.ts'

const POLL_MS = 20
const SQLITE_BUSY = 5

/** As `exclusively`, for what is done in one go; calls of one process never find each other in the way. */
export async function exclusivelyAtOnce<T>(at: Exclusion, use: () => T): Promise<T> {
  const database = openAt(at.path)
  try {
    const deadline = at.clock.monotonic() + at.waitMs
    while (!isTaken(database)) await pause(at, deadline)
    return use()
  } finally {
    database.close()
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
  while (!isTaken(database)) await pause(at, deadline)
}

async function pause({ path, clock, waitMs }: Exclusion, deadline: number): Promise<void> {
  if (clock.monotonic() >= deadline) {
    throw new OperatorError(`${path}: another rcron has held this lock for ${waitMs} ms`, 'Look for a stopped one.')
  }
  await clock.sleep(POLL_MS)
}

function isTaken(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return false
    throw error
  }
}
