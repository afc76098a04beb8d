import type { KilledBy } from '../domain/outcome.ts'
import type { Log } from '../platform/log.ts'
import { fieldsOfLock } from './run-events.ts'
import type { Claim, RunLock, RunLocks } from './run-locks.ts'

export type HoldParts = { readonly locks: RunLocks; readonly log: Log }

/** What a run, or a walk from host to host, holds its job by: the lock of its present run. Without it nothing is begun, nor gone on with. */
export class Hold {
  readonly #parts: HoldParts
  #lock: RunLock | null
  #writing: Promise<unknown> = Promise.resolve()

  /** `lock` is this process's already, or null where there is none yet. */
  constructor({ locks, log }: HoldParts, lock: RunLock | null = null) {
    this.#parts = { locks, log }
    this.#lock = lock
  }

  /** What the present lock says; null where there is none. */
  get lock(): RunLock | null {
    return this.#lock
  }

  /**
   * Claims `next`, and gives free what was held before; where that fails, what was held is held still. Without room for a lock the run
   * goes on without: a full disk must not stop all jobs.
   */
  async moveOn(next: RunLock): Promise<Claim> {
    const { locks } = this.#parts
    const before = this.#lock
    try {
      const claim = before === null ? await locks.create(next) : await locks.succeed(before.run, next)
      if (claim === 'created') this.#lock = next
      return claim
    } catch (error) {
      await this.#doWithout(next, error)
      return 'created'
    }
  }

  /** The run leaves the queue. Who took the authority to hand it over; null where it is held. */
  async handOver(startedAt: number): Promise<KilledBy | null> {
    const lock = this.#lock
    if (lock === null || !lock.isWaiting) return null
    try {
      return await this.note({ isWaiting: false, startedAt })
    } catch (error) {
      // A lock that says that nothing was handed over would be a lie.
      await this.#doWithout(lock, error)
      return null
    }
  }

  /** Writes down what has become known of the run, as `standing` answers. Rejects with an OperatorError where it cannot. */
  async note(known: Partial<RunLock>): Promise<KilledBy | null> {
    if (this.#lock === null) return null
    this.#lock = { ...this.#lock, ...known }
    const writing = this.#writing.then(async () => this.#lock && (await this.#parts.locks.update(this.#lock)))
    this.#writing = writing.catch(() => undefined)
    return await writing
  }

  /** Who took the authority to go on; null where it is held. */
  async standing(): Promise<KilledBy | null> {
    return this.#lock === null ? null : await this.#parts.locks.standing(this.#lock.run)
  }

  /** Nothing more comes of it: the lock goes. */
  async release(): Promise<void> {
    const lock = this.#lock
    this.#lock = null
    if (lock !== null) await this.#parts.locks.remove(lock.run)
  }

  /** The end of the run is not known: its lock stays, for the next start. */
  leave(): void {
    this.#lock = null
  }

  async #doWithout(lock: RunLock, error: unknown): Promise<void> {
    this.#parts.log.alarm({ ...fieldsOfLock(lock), err: error }, 'run goes on without a lock file')
    await this.release()
  }
}
