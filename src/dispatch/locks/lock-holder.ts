import { killed, type NotRun } from '../../domain/outcome.ts'
import type { RunId } from '../../domain/run.ts'
import type { Log } from '../../platform/log/log.ts'
import { InTurn } from '../../platform/waiting/in-turn.ts'
import { fieldsOfLock } from './lock-of-run.ts'
import type { LockClaim, LockState, RunLock, RunLocks } from './run-locks.ts'

/** Where a hold keeps its lock. */
export type LockHolderParts = { readonly locks: RunLocks; readonly log: Log }

/** Holds the job of a run, or of a failover, by the lock of the present run. Nothing begins or continues without it. */
export class LockHolder {
  readonly #parts: LockHolderParts
  #lock: RunLock | null
  readonly #writing = new InTurn()

  /** `lock` is this process's already, or null if there is none yet. */
  constructor({ locks, log }: LockHolderParts, lock: RunLock | null = null) {
    this.#parts = { locks, log }
    this.#lock = lock
  }

  /** What the present lock says; null if there is none. */
  get lock(): RunLock | null {
    return this.#lock
  }

  /**
   * Claims `next`, and releases what was held before; where that fails, what was held is held still. Without room for a lock the run
   * continues without, unless `judge` says what keeps it from that, and not where the lock before it would stay and lead to it once more.
   */
  async advance(next: RunLock, judge: JudgeLockFailure): Promise<LockClaim | LockObstacle> {
    const { locks } = this.#parts
    const before = this.#lock
    try {
      const claim = before === null ? await locks.create(next) : await locks.exchange(before.run, next)
      if (claim === 'created') this.#lock = next
      return claim
    } catch (error) {
      if (!(await this.#doWithout())) return { stuck: describeStuck(error), mayPass: true }
      const obstacle = judge(error)
      return obstacle === null ? 'created' : { stuck: obstacle, mayPass: false }
    }
  }

  /** Where a run continues without a lock: writes `lock` down after all. False if it cannot be written still. */
  async catchUp(lock: RunLock): Promise<boolean> {
    try {
      if ((await this.#parts.locks.create(lock)) === 'created') this.#lock = lock
      return true
    } catch {
      return false
    }
  }

  /** The run leaves the queue; what keeps it from being handed over, else null. */
  async handOver(startedAt: number): Promise<NotRun | null> {
    const lock = this.#lock
    if (lock === null || !lock.isWaiting) return null
    try {
      return whyNotBegun(await this.note({ isWaiting: false, startedAt }))
    } catch (error) {
      const revoked = whyNotBegun(await this.revokedBy())
      if (revoked !== null) return revoked
      // A lock that says that nothing was handed over would be a lie.
      if (!(await this.#doWithout())) {
        return { kind: 'blocked', code: 'LOCK_UNWRITABLE', reason: describeStuck(error) }
      }
      this.#parts.log.alarm({ ...fieldsOfLock(lock), err: error }, NO_LOCK_MESSAGE)
      return null
    }
  }

  /** Writes down what has become known of the run, as `revokedBy` answers. Rejects with an OperatorError if it cannot. */
  async note(known: Partial<RunLock>): Promise<LockState> {
    if (this.#lock === null) return HELD
    this.#lock = { ...this.#lock, ...known }
    return await this.#writing.do(async () => {
      return this.#lock === null ? HELD : await this.#parts.locks.update(this.#lock)
    })
  }

  async revokedBy(): Promise<LockState> {
    return this.#lock === null ? HELD : await this.#parts.locks.stateOf(this.#lock.run)
  }

  /** Whether it is this process that reports the run's end, which another one may have brought about. */
  async claim(): Promise<boolean> {
    const lock = this.#lock
    if (lock === null) return true
    try {
      return await this.#parts.locks.claim(lock.run)
    } catch (error) {
      this.#parts.log.error({ ...fieldsOfLock(lock), err: error }, 'cannot update lock file')
      return true
    }
  }

  /**
   * Sees to it that no process begins `run`, or tells something else of it, after it is reported why it is not begun; or, with null, that
   * none continues after it. Its lock says so then, or has gone, and so has the one that leads to it. False if neither can be done now.
   */
  async callOff(run: RunId, notRun: NotRun | null): Promise<boolean> {
    if (notRun !== null && this.#lock?.run === run) {
      try {
        await this.note({ isWaiting: true, notRun })
        return true
      } catch {
        // Perhaps it can be removed.
      }
    }
    return await this.#doWithout()
  }

  /** Nothing more comes of it: the lock goes. */
  async release(): Promise<void> {
    const lock = this.#lock
    this.#lock = null
    if (lock !== null) await this.#parts.locks.remove(lock.run)
  }

  /** The end of the run is not known, and its lock stays, for the next start; or there is none any more. */
  keepForNextStart(): void {
    this.#lock = null
  }

  /** False if the lock that is held stays, and would be taken at its word. */
  async #doWithout(): Promise<boolean> {
    if (this.#lock !== null && !(await this.#parts.locks.tryToRemove(this.#lock.run))) return false
    this.#lock = null
    return true
  }
}

/** Why nothing is begun: no lock could be written. `mayPass`: one that is held can neither be exchanged nor removed now. */
export type LockObstacle = { readonly stuck: string; readonly mayPass: boolean }

/** What keeps a run from continuing without a lock, which could not be written because of `error`; null if it may. */
export type JudgeLockFailure = (error: unknown) => string | null

export const NO_LOCK_MESSAGE = 'run continues without a lock file'

const HELD: LockState = { kind: 'held' }

function describeStuck(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error)
  return `its lock file could not be changed: ${why}`
}

function whyNotBegun(standing: LockState): NotRun | null {
  switch (standing.kind) {
    case 'held':
      return null
    case 'marked':
      return killed(standing.by)
    case 'settled':
      return killed('clobber')
    case 'absent':
    case 'replaced':
      return {
        kind: 'blocked',
        code: 'LOCK_UNWRITABLE',
        reason: 'its lock file disappeared while it waited for a slot',
      }
    default:
      return standing satisfies never
  }
}
