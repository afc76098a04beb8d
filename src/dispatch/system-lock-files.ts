import { existsSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { OperatorError } from '../domain/errors.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import { exclusivelyAtOnce } from './system-exclusion.ts'
import {
  codeOf,
  createFile,
  readOwnFile,
  removeFile,
  replaceFile,
  sweepTemporary,
  UnusableFileError,
} from './system-files.ts'
import { formatLockFile, type LockFile, parseLockFile } from './system-lock-file.ts'

/** Commands are shorter than 128 KiB, and JSON may double them. */
export const MAX_LOCK_BYTES = 1024 * 1024
const TURN_WAIT_MS = 10_000

export type SystemLockFilesParts = { readonly directory: string; readonly clock: Clock; readonly log: Log }

/** The files of a lock directory, by their names. What cannot be a lock file is moved aside when it is met. */
export class SystemLockFiles {
  readonly #parts: SystemLockFilesParts

  constructor(parts: SystemLockFilesParts) {
    this.#parts = parts
  }

  /** Names of what may be lock files; leftovers of processes that are gone are swept on the way. */
  list(): readonly string[] {
    const { directory, log } = this.#parts
    try {
      const names = readdirSync(directory)
      for (const name of names) sweepTemporary(this.#path(name))
      return names.filter((name) => name.endsWith('.rcron'))
    } catch (error) {
      log.error({ directory, err: error }, 'lock directory cannot be read')
      return []
    }
  }

  /** Null where there is none, or it had to be moved aside. Throws the system's error where it cannot be read now. */
  read(name: string): LockFile | null {
    const path = this.#path(name)
    try {
      const text = readOwnFile(path, MAX_LOCK_BYTES)
      return text === null ? null : parseLockFile(text)
    } catch (error) {
      if (!(error instanceof UnusableFileError)) throw error
      this.#moveAside(path, error)
      return null
    }
  }

  /** As `read`; what cannot be read now is told, and passed over. */
  readOrSkip(name: string): LockFile | null {
    try {
      return this.read(name)
    } catch (error) {
      this.#parts.log.error({ path: this.#path(name), err: error }, 'lock file cannot be read')
      return null
    }
  }

  has(name: string): boolean {
    return existsSync(this.#path(name))
  }

  /** False where there is a file of that name. */
  create(name: string, file: LockFile): boolean {
    return createFile(this.#path(name), formatLockFile(file))
  }

  replace(name: string, file: LockFile): void {
    replaceFile(this.#path(name), formatLockFile(file))
  }

  remove(name: string): void {
    removeFile(this.#path(name))
  }

  /** Runs `use` while no other process does so on this directory. Rejects where that cannot be had. */
  async exclusively<T>(use: () => T): Promise<T> {
    const { directory, clock } = this.#parts
    return await exclusivelyAtOnce({ path: join(directory, '.take-over'), clock, waitMs: TURN_WAIT_MS }, use)
  }

  failure(name: string, error: unknown): OperatorError {
    const hint = 'Make room in the lock directory, and let rcron write there.'
    return new OperatorError(`lock file ${this.#path(name)}: ${codeOf(error)}`, hint, { cause: error })
  }

  #moveAside(path: string, reason: unknown): void {
    const { log } = this.#parts
    try {
      renameSync(path, `${path}.aside`)
      log.warn({ path, aside: `${path}.aside`, err: reason }, 'lock file cannot be used and was moved aside')
    } catch (error) {
      log.error({ path, err: reason, move: codeOf(error) }, 'lock file cannot be used, nor moved aside')
    }
  }

  #path(name: string): string {
    return join(this.#parts.directory, name)
  }
}
