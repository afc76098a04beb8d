import { existsSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { OperatorError } from '../../domain/errors.ts'
import type { RunId } from '../../domain/run.ts'
import type { Clock } from '../../platform/clock.ts'
import { codeOf } from '../../platform/error-code.ts'
import { UnusableFileError } from '../../platform/files/bounded-file.ts'
import { Turns } from '../../platform/files/exclusion.ts'
import { overwriteFile, readOwnFile, removeFile } from '../../platform/files/own-file.ts'
import { setAside } from '../../platform/files/set-aside.ts'
import { createFileSync, replaceFileSync, sweepTemporary, takesFiles } from '../../platform/files/whole-file.ts'
import type { Log } from '../../platform/log/log.ts'
import { isAlive, isSameProcess } from '../../platform/process-identity.ts'
import { makePrivateDirectory } from './system-lock-directory.ts'
import {
  formatCompactly,
  formatLockFile,
  type LockFile,
  parseLockFile,
  SETTLED_SUFFIX,
  settledLockName,
} from './system-lock-file.ts'

/** Commands are shorter than 128 KiB, and JSON may double them. */
export const MAX_LOCK_BYTES = 1024 * 1024
const TURN_WAIT_MS = 10_000

/** Where lock files lie. */
export type SystemLockFilesParts = { readonly directory: string; readonly clock: Clock; readonly log: Log }

/** The files of a lock directory, by their names. What cannot be a lock file is moved aside when it is met. */
export class SystemLockFiles {
  readonly #parts: SystemLockFilesParts
  readonly #turns: Turns

  constructor(parts: SystemLockFilesParts) {
    this.#parts = parts
    const { directory, clock } = parts
    this.#turns = new Turns({ path: join(directory, '.take-over'), clock, waitMs: TURN_WAIT_MS })
  }

  /** Names of what may be lock files; leftovers of processes that are gone are swept on the way. */
  list(): readonly string[] {
    const { directory, log } = this.#parts
    try {
      const names = this.#orMade(() => readdirSync(directory))
      for (const name of names) this.#sweep(name)
      return names.filter((name) => name.endsWith('.rcron'))
    } catch (error) {
      log.error({ directory, err: error }, 'cannot read the lock directory')
      return []
    }
  }

  /** Null if there is none, or it had to be moved aside. Throws the system's error where it cannot be read now. */
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

  /** As `read`; what cannot be read now is reported, and ignored. */
  readOrSkip(name: string): LockFile | null {
    try {
      return this.read(name)
    } catch (error) {
      this.#parts.log.error({ path: this.#path(name), err: error }, 'cannot read lock file')
      return null
    }
  }

  /** Whether a lock could be made now. */
  get takesLocks(): boolean {
    return takesFiles(this.#parts.directory)
  }

  has(name: string): boolean {
    return existsSync(this.#path(name))
  }

  /** False if there is a file of that name. */
  create(name: string, file: LockFile): boolean {
    return this.#orMade(() => createFileSync(this.#path(name), formatLockFile(file)))
  }

  /** Where the directory takes no new file, the one that is there is written over. */
  replace(name: string, file: LockFile): void {
    const path = this.#path(name)
    try {
      replaceFileSync(path, formatLockFile(file))
    } catch (error) {
      try {
        overwriteFile(path, formatCompactly(file))
      } catch {
        throw error
      }
    }
  }

  /** Null if there is none, or one that leads to nothing any more: that is removed on the way. */
  readUntold(name: string): LockFile | null {
    const file = this.read(name)
    if (!file?.isTold) return file
    this.clear(name, file)
    return null
  }

  /** Removes a lock whose end is reported. A living process that has been waiting for that end finds what became of it. */
  clear(name: string, { lock, daemon, claimedFrom }: LockFile): void {
    const isAwaited = claimedFrom !== null && !isSameProcess(claimedFrom, daemon) && isAlive(claimedFrom)
    if (isAwaited) renameSync(this.#path(name), this.#path(settledLockName(lock)))
    else this.remove(name)
  }

  /** As `clear`; one that cannot be removed leads to nothing all the same. */
  clearQuietly(name: string, file: LockFile): void {
    try {
      this.clear(name, file)
    } catch {
      // Whoever can write there removes it.
    }
  }

  /** Writes into the lock of `run`, which cannot be removed, that it leads to nothing any more; false if that cannot be done either. */
  sayTold(name: string, run: RunId): boolean {
    try {
      const file = this.read(name)
      if (file?.lock.run === run && !file.isTold) this.replace(name, { ...file, isTold: true })
      return true
    } catch {
      return false
    }
  }

  remove(name: string): void {
    removeFile(this.#path(name))
  }

  /** Runs `use` while no other process does so on this directory. Rejects where that cannot be had. */
  exclusively<T>(use: () => T): Promise<T> {
    return this.#turns.take(use)
  }

  /** As `exclusively`; where that cannot be had, without. */
  atomically<T>(use: () => T): Promise<T> {
    return this.#turns.takeOrDoWithout(use)
  }

  failure(name: string, error: unknown): OperatorError {
    const hint = 'Free space in the lock directory, and let rcron write there.'
    return new OperatorError(`lock file ${this.#path(name)}: ${codeOf(error)}`, hint, { cause: error })
  }

  /** A lock directory that was removed is made again. */
  #orMade<T>(use: () => T): T {
    const { directory, log } = this.#parts
    try {
      return use()
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
      makePrivateDirectory(directory)
      log.error({ directory }, 'lock directory was missing; created again')
      return use()
    }
  }

  /** What was left for a process to see has no reader when that has gone. */
  #sweep(name: string): void {
    sweepTemporary(this.#path(name))
    if (!name.endsWith(SETTLED_SUFFIX)) return
    const reader = this.readOrSkip(name)?.claimedFrom ?? null
    if (reader === null || !isAlive(reader)) this.remove(name)
  }

  #moveAside(path: string, reason: unknown): void {
    const { clock, log } = this.#parts
    try {
      log.warn({ path, aside: setAside(path, clock.now()), err: reason }, 'unusable lock file moved aside')
    } catch (error) {
      log.error({ path, err: reason, move: codeOf(error) }, 'cannot move unusable lock file aside')
    }
  }

  #path(name: string): string {
    return join(this.#parts.directory, name)
  }
}
