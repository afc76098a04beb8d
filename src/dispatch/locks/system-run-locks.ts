import type { KilledBy } from '../../domain/outcome.ts'
import type { RunId } from '../../domain/run.ts'
import { isAlive, isSameProcess, ownIdentity, type ProcessIdentity } from '../../platform/process-identity.ts'
import type { ForeignLock, LockAdoption, LockClaim, LockState, RunLock, RunLocks } from './run-locks.ts'
import { SystemEndedLocks } from './system-ended-locks.ts'
import { makePrivateDirectory } from './system-lock-directory.ts'
import { type LockFile, lockNames, settledLockName } from './system-lock-file.ts'
import { SystemLockFiles, type SystemLockFilesParts } from './system-lock-files.ts'

/** Where lock files lie, and whose they are. */
export type SystemRunLocksParts = SystemLockFilesParts & {
  /** The process that answers for the locks made here. Absent: this one. */
  readonly holder?: ProcessIdentity
}

/** The directory was listed while locks were exchanged for others: so often it is listed again. */
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
  readonly #ended: SystemEndedLocks
  readonly #others = new Map<RunId, string>()
  #hasWritten = false

  /** Makes the directory where there is none. Throws an OperatorError if it cannot, or others may write in it. */
  static open(parts: SystemRunLocksParts): SystemRunLocks {
    makePrivateDirectory(parts.directory)
    return new SystemRunLocks(parts)
  }

  private constructor(parts: SystemRunLocksParts) {
    this.#parts = parts
    this.#files = new SystemLockFiles(parts)
    this.#daemon = parts.holder ?? ownIdentity()
    this.#ended = new SystemEndedLocks({
      ...parts,
      files: this.#files,
      isMine: (file) => this.#isMine(file),
      onGone: (run) => this.#own.delete(run),
    })
  }

  get hasWritten(): boolean {
    return this.#hasWritten
  }

  async create(lock: RunLock): Promise<'created' | 'taken'> {
    return this.#create(lock)
  }

  async exchange(run: RunId, lock: RunLock): Promise<LockClaim> {
    await this.#parts.log.written()
    return await this.#files.atomically((): LockClaim => {
      const standing = this.#standing(run)
      if (standing.kind !== 'held') return { killedBy: standing.kind === 'marked' ? standing.by : 'clobber' }
      const claim = this.#createOrKeep(lock)
      if (claim === 'created' && !this.#remove(run, 'tryToRemove')) {
        this.#remove(lock.run)
        throw this.#files.failure(this.#own.get(run) ?? run, new Error('it cannot be removed'))
      }
      return claim
    })
  }

  async update(lock: RunLock): Promise<LockState> {
    return await this.#files.atomically(() => {
      // Asked in its turn: the run may have ended meanwhile, and its lock gone.
      const name = this.#own.get(lock.run)
      const standing = this.#standing(lock.run)
      if (name === undefined || (standing.kind !== 'held' && standing.kind !== 'marked')) return standing
      const killedBy = standing.kind === 'marked' ? standing.by : lock.killedBy
      const { claimedFrom = null } = this.#files.readOrSkip(name) ?? {} // Who is to report the end still is.
      this.#replace(name, { ...this.#fresh(lock), claimedFrom, lock: { ...lock, killedBy } })
      return standing
    })
  }

  async stateOf(run: RunId): Promise<LockState> {
    return this.#standing(run)
  }

  async requestKill(run: RunId, by: KilledBy): Promise<RunLock | null> {
    const name = this.#others.get(run)
    if (name === undefined) return null
    return await this.#files.atomically(() => {
      const file = this.#files.readOrSkip(name)
      if (file?.lock.run !== run || file.isTold) return null
      const lock = { ...file.lock, killedBy: file.lock.killedBy ?? by }
      this.#replace(name, { ...file, lock })
      return lock
    })
  }

  async claim(run: RunId): Promise<boolean> {
    const own = this.#own.get(run)
    const name = own ?? this.#others.get(run)
    // Its lock went, and whoever removed it has reported the end.
    if (name === undefined) return false
    return await this.#files.atomically(() => {
      const file = this.#files.read(name)
      if (file?.lock.run !== run || file.isTold) return false
      const isOthers = own === undefined ? file.claimedFrom !== null && isAlive(file.daemon) : !this.#isMine(file)
      if (isOthers) return false
      this.#replace(name, { ...file, daemon: this.#daemon, claimedFrom: file.daemon })
      this.#own.set(run, name)
      return true
    })
  }

  async remove(run: RunId): Promise<boolean> {
    await this.#parts.log.written()
    return await this.#files.atomically(() => this.#remove(run))
  }

  async tryToRemove(run: RunId): Promise<boolean> {
    await this.#parts.log.written()
    return await this.#files.atomically(() => this.#remove(run, 'tryToRemove'))
  }

  async readOthers(): Promise<readonly ForeignLock[]> {
    this.#ended.removeAll()
    for (let listings = 1; ; listings++) {
      const { found, isWhole } = this.#readOthers()
      if (!isWhole && listings < MOST_LISTINGS) continue
      this.#hasWritten ||= this.#files.takesLocks
      return found
    }
  }

  async takeOver(run: RunId): Promise<LockAdoption> {
    const name = this.#others.get(run)
    if (name === undefined) return 'lost'
    try {
      return await this.#files.exclusively(() => this.#takeOver(run, name))
    } catch (error) {
      return { failure: this.#files.failure(name, error) }
    }
  }

  #create(lock: RunLock): 'created' | 'taken' {
    const [name, nameOfRow] = lockNames(lock)
    const file = this.#fresh(lock)
    try {
      if (this.#files.readUntold(nameOfRow) !== null) return 'taken'
      if (this.#files.create(name, file)) return this.#created(lock, name)
      const there = this.#files.readUntold(name)
      if (there?.lock.cronId === lock.cronId) return 'taken'
      const free = there === null ? name : nameOfRow
      return this.#files.create(free, file) ? this.#created(lock, free) : 'taken'
    } catch (error) {
      throw this.#files.failure(name, error)
    }
  }

  /** Its lock stands there already where the one before it could not be removed after it was created, nor it itself then. */
  #createOrKeep(lock: RunLock): 'created' | 'taken' {
    const name = this.#own.get(lock.run)
    if (name === undefined) return this.#create(lock)
    this.#replace(name, this.#fresh(lock))
    this.#ended.keep(lock.run)
    return 'created'
  }

  #created(lock: RunLock, name: string): 'created' {
    this.#own.set(lock.run, name)
    this.#hasWritten = true
    return 'created'
  }

  #fresh(lock: RunLock): LockFile {
    return { lock, daemon: this.#daemon, claimedFrom: null, isTold: false }
  }

  #standing(run: RunId): LockState {
    const name = this.#own.get(run)
    if (name === undefined) return { kind: 'held' }
    try {
      const file = this.#files.read(name)
      if (file?.lock.run === run) {
        const { killedBy: by } = file.lock
        if (!this.#isMine(file)) return { kind: 'settled' }
        return by === null ? { kind: 'held' } : { kind: 'marked', by }
      }
      if (this.#files.has(settledLockName({ run }))) return { kind: 'settled' }
      return { kind: file === null ? 'absent' : 'replaced' }
    } catch (error) {
      this.#parts.log.error({ run, err: this.#files.failure(name, error) }, 'cannot read lock file')
      return { kind: 'absent' }
    }
  }

  #replace(name: string, file: LockFile): void {
    try {
      this.#files.replace(name, file)
    } catch (error) {
      throw this.#files.failure(name, error)
    }
  }

  #remove(run: RunId, how: 'remove' | 'tryToRemove' = 'remove'): boolean {
    const name = this.#own.get(run)
    if (name === undefined) return true
    const leadsNowhere = this.#ended[how](run, name)
    if (leadsNowhere) this.#own.delete(run)
    return leadsNowhere
  }

  /** Not whole where a lock went while they were read: another may have come in exchange for it. */
  #readOthers(): { readonly found: readonly ForeignLock[]; readonly isWhole: boolean } {
    this.#others.clear()
    const mine = new Set([...this.#own.values(), ...this.#ended.names])
    const found: ForeignLock[] = []
    let isWhole = true
    for (const name of this.#files.list().filter((each) => !mine.has(each))) {
      const file = this.#files.readOrSkip(name)
      if (file === null) isWhole &&= this.#files.has(name)
      else if (file.isTold) this.#files.clearQuietly(name, file)
      else {
        this.#others.set(file.lock.run, name)
        found.push({ lock: file.lock, holder: this.#isHeld(file) ? 'living' : 'gone' })
      }
    }
    return { found, isWhole }
  }

  #takeOver(run: RunId, name: string): LockAdoption {
    const file = this.#files.read(name)
    if (file === null || file.lock.run !== run || file.isTold || this.#isHeld(file)) return 'lost'
    this.#files.replace(name, { ...file, daemon: this.#daemon })
    this.#own.set(run, name)
    return 'taken'
  }

  /** A lock of this very process that is not among its own was left by an earlier one with the same number and start. */
  #isHeld({ daemon }: LockFile): boolean {
    return !isSameProcess(daemon, this.#daemon) && isAlive(daemon)
  }

  #isMine({ daemon }: LockFile): boolean {
    return isSameProcess(daemon, this.#daemon)
  }
}
