import type { KilledBy } from '../domain/outcome.ts'
import type { RunId } from '../domain/run.ts'
import type { Death, Executor, RunWatch } from '../execution/executor.ts'
import { ActiveRun } from './active-run.ts'
import type { ActiveRuns } from './active-runs.ts'
import { type AccessTo, activeFactsOf, adoptedRunOf } from './lock-of-run.ts'
import type { RunLock, RunLocks } from './run-locks.ts'

export type RunsElsewhereParts = {
  readonly executor: Executor
  readonly locks: RunLocks
  readonly active: ActiveRuns
  readonly accessTo: AccessTo
}

/** Runs that other living processes answer for. They count as active here, and can be ended. */
export class RunsElsewhere {
  readonly #parts: RunsElsewhereParts
  readonly #known = new Map<RunId, ActiveRun>()

  constructor(parts: RunsElsewhereParts) {
    this.#parts = parts
  }

  /** These there are, and no others. */
  count(locks: readonly RunLock[]): void {
    const living = new Set(locks.map(({ run }) => run))
    for (const id of this.#known.keys()) if (!living.has(id)) this.#forget(id)
    for (const lock of locks) this.#knownAs(lock)?.seenElsewhere(lock.isWaiting)
  }

  /** Null where this process has it. */
  #knownAs(lock: RunLock): ActiveRun | null {
    const known = this.#known.get(lock.run)
    if (known !== undefined) return known
    const { active } = this.#parts
    if (active.has(lock.run)) return null
    const killElsewhere = (by: KilledBy) => this.#kill(lock, by)
    const run = new ActiveRun({ ...activeFactsOf(lock), state: 'elsewhere', killElsewhere })
    this.#known.set(lock.run, run)
    active.add(run)
    return run
  }

  #forget(id: RunId): void {
    const run = this.#known.get(id)
    this.#known.delete(id)
    if (run !== undefined) this.#parts.active.remove(run)
  }

  /** The process that answers for the run will see its end, and who wanted it; the lock goes now, so that the next run finds its name free. */
  async #kill({ run }: RunLock, by: KilledBy): Promise<Death> {
    const { locks } = this.#parts
    try {
      const lock = await locks.mark(run, by)
      const death = lock === null || lock.isWaiting ? DEAD : await this.#killOnHost(lock, by)
      if (death.kind === 'dead') {
        await locks.remove(run)
        this.#forget(run)
      }
      return death
    } catch (error) {
      return { kind: 'unconfirmed', reason: `the process that has started it cannot be told: ${String(error)}` }
    }
  }

  async #killOnHost(lock: RunLock, by: KilledBy): Promise<Death> {
    const { executor, accessTo } = this.#parts
    const running = executor.adopt(adoptedRunOf(lock, accessTo), UNWATCHED)
    const death = await running.kill(by)
    running.abandon()
    return death
  }
}

const DEAD: Death = { kind: 'dead' }

const UNWATCHED: RunWatch = { started: () => {}, unknown: () => {}, found: () => {} }
