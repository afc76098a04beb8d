import type { KilledBy } from '../domain/outcome.ts'
import type { RunId } from '../domain/run.ts'
import type { Claim, OthersLock, RunLock, RunLocks } from './run-locks.ts'
import { makePrivateDirectory } from './system-lock-directory.ts'
import { type LockFile, lockNames } from './system-lock-file.ts'
import { SystemLockFiles, type SystemLockFilesParts } from './system-lock-files.ts'
import { isAlive, ownIdentity, type ProcessIdentity } from './system-process.ts'

export type SystemRunLocksParts = SystemLockFilesParts & {
  /** The process that answers for the locks made here. Absent: this one. */
  readonly holder?: ProcessIdentity
}

/** A lock that is no more was taken by a process that had ended its run. */
const TAKEN_BY: KilledBy = 'clobber'

/** The directory was listed while locks were exchanged for others: so often it is listed anew. */
const MOST_LISTINGS = 3

/**
 * Lock files in a directory of this user's own. The calls are synchronous within: a handful of small ones for each run,
 * for which a round trip through the thread pool would cost several times the work.
 */
export class SystemRunLocks implements RunLocks {
  readonly #parts: SystemRunLocksParts
  readonly #files: SystemLockFiles
  readonly #daemon: ProcessIdentity
  /** Locks of this process, by run. */
  readonly #own = new Map<RunId, string>()
  /** Locks whose runs have ended, and whose files could not be removed. */
  readonly #ended = new Map<RunId, string>()
  readonly #others = new Map<RunId, string>()

  /** Makes the directory where there is none. Throws an OperatorError where it cannot, or others may write in it. */
  static open(parts: SystemRunLocksParts): SystemRunLocks {
    makePrivateDirectory(parts.directory)
    return new SystemRunLocks(parts)
  }

  private constructor(parts: SystemRunLocksParts) {
    this.#parts = parts
    this.#files = new SystemLockFiles(parts)
    this.#daemon = parts.holder ?? ownIdentity()
  }

  async create(lock: RunLock): Promise<'created' | 'taken'> {
    return this.#create(lock)
  }

  async succeed(run: RunId, lock: RunLock): Promise<Claim> {
    await this.#parts.log.written()
    return await this.#atomically((): Claim => {
      const killedBy = this.#standing(run)
      if (killedBy !== null) return { killedBy }
      const claim = this.#create(lock)
      if (claim === 'created') this.#remove(run)
      return claim
    })
  }

  async update(lock: RunLock): Promise<KilledBy | null> {
    return await this.#atomically(() => {
      // Asked in its turn: the run may have ended meanwhile, and its lock gone.
      const name = this.#own.get(lock.run)
      if (name === undefined) return null
      const there = this.#readOwn(lock.run, name)
      if (there === null) return TAKEN_BY
      const killedBy = there.killedBy ?? lock.killedBy
      this.#replace(name, { lock: { ...lock, killedBy }, daemon: this.#daemon })
      return killedBy
    })
  }

  async standing(run: RunId): Promise<KilledBy | null> {
    return this.#standing(run)
  }

  async mark(run: RunId, by: KilledBy): Promise<RunLock | null> {
    const name = this.#others.get(run)
    if (name === undefined) return null
    return await this.#atomically(() => {
      const file = this.#files.readOrSkip(name)
      if (file?.lock.run !== run) return null
      const lock = { ...file.lock, killedBy: file.lock.killedBy ?? by }
      this.#replace(name, { lock, daemon: file.daemon })
      return lock
    })
  }

  async remove(run: RunId): Promise<void> {
    await this.#parts.log.written()
    this.#remove(run)
  }

  async readOthers(): Promise<readonly OthersLock[]> {
    for (const [run, name] of this.#ended) this.#removeEnded(run, name)
    for (let listings = 1; ; listings++) {
      const { found, isWhole } = this.#readOthers()
      if (isWhole || listings === MOST_LISTINGS) return found
    }
  }

  async takeOver(run: RunId): Promise<boolean> {
    const name = this.#others.get(run)
    if (name === undefined) return false
    try {
      return await this.#files.exclusively(() => this.#takeOver(run, name))
    } catch (error) {
      // A directory that takes no writes: the run is still to be watched, and no other process can do better.
      this.#parts.log.error({ run, err: this.#files.failure(name, error) }, 'lock not taken over in writing')
      this.#own.set(run, name)
      return true
    }
  }

  /** Where there is no way to keep the others out, it is done all the same: between two calls of the system there is little room. */
  async #atomically<T>(use: () => T): Promise<T> {
    let hasBegun = false
    try {
      return await this.#files.exclusively(() => {
        hasBegun = true
        return use()
      })
    } catch (error) {
      if (hasBegun) throw error
      return use()
    }
  }

  #create(lock: RunLock): 'created' | 'taken' {
    const [name, nameOfRow] = lockNames(lock)
    const file = { lock, daemon: this.#daemon }
    try {
      if (this.#files.read(nameOfRow) !== null) return 'taken'
      if (this.#files.create(name, file)) return this.#created(lock, name)
      const there = this.#files.read(name)
      if (there?.lock.cronId === lock.cronId) return 'taken'
      const free = there === null ? name : nameOfRow
      return this.#files.create(free, file) ? this.#created(lock, free) : 'taken'
    } catch (error) {
      throw this.#files.failure(name, error)
    }
  }

  #created(lock: RunLock, name: string): 'created' {
    this.#own.set(lock.run, name)
    return 'created'
  }

  #standing(run: RunId): KilledBy | null {
    const name = this.#own.get(run)
    if (name === undefined) return null
    try {
      const there = this.#readOwn(run, name)
      return there === null ? TAKEN_BY : there.killedBy
    } catch (error) {
      this.#parts.log.error({ run, err: this.#files.failure(name, error) }, 'lock file cannot be read')
      return null
    }
  }

  /** Null where the lock has gone, or has become another run's. */
  #readOwn(run: RunId, name: string): RunLock | null {
    const lock = this.#files.read(name)?.lock
    return lock?.run === run ? lock : null
  }

  #replace(name: string, file: LockFile): void {
    try {
      this.#files.replace(name, file)
    } catch (error) {
      throw this.#files.failure(name, error)
    }
  }

  #remove(run: RunId): void {
    const name = this.#own.get(run) ?? this.#others.get(run)
    if (name === undefined) return
    this.#own.delete(run)
    this.#removeEnded(run, name)
  }

  #removeEnded(run: RunId, name: string): void {
    try {
      if (this.#files.read(name)?.lock.run === run) this.#files.remove(name)
      this.#ended.delete(run)
    } catch (error) {
      if (!this.#ended.has(run)) {
        this.#parts.log.error({ run, err: this.#files.failure(name, error) }, 'lock not removed, will be tried again')
      }
      this.#ended.set(run, name)
    }
  }

  /** Not whole where a lock went while they were read: another may have come in exchange for it. */
  #readOthers(): { readonly found: readonly OthersLock[]; readonly isWhole: boolean } {
    this.#others.clear()
    const mine = new Set([...this.#own.values(), ...this.#ended.values()])
    const names = this.#files.list().filter((name) => !mine.has(name))
    const found: OthersLock[] = []
    let isWhole = true
    for (const name of names) {
      const file = this.#files.readOrSkip(name)
      if (file === null) isWhole &&= this.#files.has(name)
      else {
        this.#others.set(file.lock.run, name)
        found.push({ lock: file.lock, holder: this.#isHeld(file) ? 'living' : 'gone' })
      }
    }
    return { found, isWhole }
  }

  #takeOver(run: RunId, name: string): boolean {
    const file = this.#files.read(name)
    if (file === null || file.lock.run !== run || this.#isHeld(file)) return false
    this.#files.replace(name, { lock: file.lock, daemon: this.#daemon })
    this.#own.set(run, name)
    return true
  }

  /** A lock of this very process that is not among its own was left by an earlier one with the same number and start. */
  #isHeld({ daemon }: LockFile): boolean {
    const { pid, start, boot } = this.#daemon
    if (daemon.pid === pid && daemon.start === start && daemon.boot === boot) return false
    return isAlive(daemon)
  }
}
