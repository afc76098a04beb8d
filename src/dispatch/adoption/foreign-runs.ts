import type { KilledBy } from '../../domain/outcome.ts'
import type { RunId, RunResult } from '../../domain/run.ts'
import type { Executor, KillConfirmation, RunWatch } from '../../execution/executor.ts'
import type { Journal } from '../../history/journal.ts'
import type { Clock } from '../../platform/clock.ts'
import { ActiveRun } from '../active/active-run.ts'
import type { ActiveRuns } from '../active/active-runs.ts'
import { type AccessTo, activeFactsOf, adoptedRunOf, runFactsOfLock, stageOf } from '../locks/lock-of-run.ts'
import type { RunLock, RunLocks } from '../locks/run-locks.ts'

/** Where the runs of other processes are counted, and how they are ended. */
export type ForeignRunsParts = {
  readonly clock: Clock
  readonly journal: Journal
  readonly executor: Executor
  readonly locks: RunLocks
  readonly active: ActiveRuns
  readonly accessTo: AccessTo
}

/** Runs that belong to other living processes. They count as active here, and can be killed. */
export class ForeignRuns {
  readonly #parts: ForeignRunsParts
  readonly #known = new Map<RunId, ActiveRun>()
  /** Those that are being ended from here. */
  readonly #ending = new Set<RunId>()

  constructor(parts: ForeignRunsParts) {
    this.#parts = parts
  }

  /** These there are, and no others. */
  count(locks: readonly RunLock[]): void {
    const living = new Set(locks.map(({ run }) => run))
    for (const id of this.#known.keys()) if (!living.has(id)) this.forget(id)
    for (const lock of locks) this.#knownAs(lock)?.seenElsewhere(lock.isWaiting, stageOf(lock))
  }

  /** Null if this process has it. */
  #knownAs(lock: RunLock): ActiveRun | null {
    const known = this.#known.get(lock.run)
    if (known !== undefined) return known
    const { active } = this.#parts
    if (active.has(lock.run)) return null
    const killElsewhere = (by: KilledBy) => this.#kill(lock, by)
    const present = runFactsOfLock(lock)
    const run = new ActiveRun({ ...activeFactsOf(lock), state: 'elsewhere', present, killElsewhere })
    this.#known.set(lock.run, run)
    active.add(run)
    return run
  }

  has(id: RunId): boolean {
    return this.#known.has(id)
  }

  /** Whether it is being ended from here, and its end reported from here: it is not to be adopted meanwhile. */
  isEnding(id: RunId): boolean {
    return this.#ending.has(id)
  }

  /** No other process answers for it any more. */
  forget(id: RunId): void {
    const run = this.#known.get(id)
    this.#known.delete(id)
    if (run !== undefined) this.#parts.active.remove(run)
  }

  /** Who ends a run takes its lock and reports its end: the process that has answered for it may not live, or not hear of it for long. */
  async #kill(known: RunLock, by: KilledBy): Promise<KillConfirmation> {
    const { locks } = this.#parts
    this.#ending.add(known.run)
    try {
      const marked = await locks.requestKill(known.run, by)
      if (marked?.isWaiting === true) return WAITS
      // A lock that has gone proves nothing.
      const lock = marked ?? known
      const running = this.#parts.executor.adopt(adoptedRunOf(lock, this.#parts.accessTo), UNWATCHED)
      const death = await running.kill(by)
      if (death.kind !== 'dead') running.abandon()
      else {
        if (marked !== null) await this.#tell(lock, await running.result)
        this.forget(known.run)
      }
      return death
    } catch (error) {
      return { kind: 'unconfirmed', reason: `cannot ask the process that started it to end it: ${String(error)}` }
    } finally {
      this.#ending.delete(known.run)
    }
  }

  /** Unless its own process was quicker. Reported before the lock goes. */
  async #tell(lock: RunLock, result: RunResult): Promise<void> {
    const { locks, clock, journal } = this.#parts
    if (!(await locks.claim(lock.run))) return
    const known = { ...result, startedAt: result.startedAt ?? lock.startedAt }
    journal.note({ kind: 'ended', at: clock.now(), run: runFactsOfLock(lock), result: known })
    await locks.remove(lock.run)
  }
}

const WAITS: KillConfirmation = {
  kind: 'unconfirmed',
  reason: 'waits to begin in another process, which will not begin it any more',
}

const UNWATCHED: RunWatch = { started: () => {}, unknown: () => {}, found: () => {} }
