import { BUG } from '../domain/bug.ts'
import type { Cron } from '../domain/cron.ts'
import type { NotRun } from '../domain/outcome.ts'
import type { SystemRow } from '../domain/rows.ts'
import { type RunResult, resultWithoutOutput } from '../domain/run.ts'
import type { RunFacts } from '../domain/run-event.ts'
import type { Executor, RunningRun, RunWatch } from '../execution/executor.ts'
import { fieldsOf } from '../history/log-lines.ts'
import { RunConclusion } from './adoption/run-conclusion.ts'
import { type Attempt, lockOfAttempt } from './attempt.ts'
import { killLimitMs } from './kill-limit.ts'
import { adoptedRunOf } from './locks/lock-of-run.ts'
import type { RunLock } from './locks/run-locks.ts'
import { RunAdmission, type RunAdmissionParts } from './run-admission.ts'
import { exclusionOf } from './run-id.ts'
import { watchOf } from './run-watch.ts'
import type { Slot, Throttle } from './throttle.ts'
import type { UnreportedEnds } from './unreported-ends.ts'

/** Between two attempts to write the lock of a run that continues without. Milliseconds. */
const LOCK_PAUSE_MS = 2000

/** What a run is carried to its end with. */
export type RunLifecycleParts = RunAdmissionParts & {
  readonly executor: Executor
  readonly throttle: Throttle
  readonly unreported: UnreportedEnds
  /** Where a system is reached: several names of one machine share its places. Its name, if not given. */
  readonly placeOf?: (system: SystemRow) => string | Promise<string>
  /** Names the installation on its hosts. */
  readonly installation: string
}

/** Carries one run from its place in the queue to its end: lock, throttle, executor, journal. */
export class RunLifecycle {
  readonly #parts: RunLifecycleParts
  readonly #conclusion: RunConclusion
  readonly #admission: RunAdmission

  constructor(parts: RunLifecycleParts) {
    this.#parts = parts
    this.#conclusion = new RunConclusion(parts)
    this.#admission = new RunAdmission(parts)
  }

  /** From now on nothing is handed over any more. */
  close(): void {
    this.#admission.close()
    this.#parts.unreported.close()
  }

  /**
   * Never rejects. Null where its end is left to the next start, under its lock, which is logged: rcron itself has failed over it, and where
   * it may have been handed over it counts as active; or it never began, its lock could not say so, and rcron stops.
   */
  async execute(attempt: Attempt): Promise<RunResult | null> {
    const { active, begun } = attempt.occupancy
    try {
      return await this.#carryOutPlaced(attempt)
    } catch (error) {
      this.#tellBug(error, attempt.facts)
      return null
    } finally {
      active.detach()
      begun('told')
    }
  }

  async #carryOutPlaced(attempt: Attempt): Promise<RunResult | null> {
    const { run, facts, occupancy } = attempt
    occupancy.active.turnTo(facts)
    const where = this.#parts.placeOf?.(run.cron.system) ?? run.cron.system.host
    const place = this.#parts.throttle.enter(typeof where === 'string' ? where : await where)
    try {
      const waitMs = await this.#admission.admit(attempt, place)
      if (typeof waitMs === 'number') {
        return await this.#carryOutAdmitted({ ...attempt, facts: { ...facts, waitMs } }, place)
      }
      place.release()
      return await this.#notRun(attempt, waitMs)
    } finally {
      place.release()
    }
  }

  async #carryOutAdmitted(attempt: Attempt, place: Slot): Promise<RunResult | null> {
    const { run, facts, occupancy } = attempt
    const over = new AbortController()
    const watched = { run: facts, occupancy, isStartTold: false, onUnknown: place.release, over: over.signal }
    if (occupancy.holder.lock === null) void this.#lockLater(attempt, over.signal)
    try {
      const heard = await this.#untilEnd(attempt, watchOf(this.#parts, watched))
      over.abort()
      const lock = this.#heldLockOf(attempt)
      const accessTo = () => ({ system: run.cron.system, auth: run.cron.auth })
      const { result, isOurs } = await this.#conclusion.of(heard, { run: facts, lock, occupancy, accessTo })
      const { outcome } = result
      place.release()
      if (outcome.kind === 'skipped') return await this.#notRun(attempt, beside(run.cron, outcome))
      const mayNotHaveBegun = isOurs && outcome.kind === 'killed' && result.startedAt === null
      if (mayNotHaveBegun && !(await this.#mayBeReported(attempt, outcome))) return null
      return this.#ended(facts, result, isOurs)
    } catch (error) {
      occupancy.holder.keepForNextStart()
      occupancy.active.markEndUnknown()
      throw error
    } finally {
      over.abort()
    }
  }

  /** A later process finds the run by its lock alone. */
  async #lockLater(attempt: Attempt, over: AbortSignal): Promise<void> {
    const { rest, occupancy } = attempt
    const lock = lockOfAttempt(attempt, { rest, isWaiting: false, startedAt: this.#parts.clock.now() })
    do await this.#parts.clock.sleep(LOCK_PAUSE_MS, over)
    while (!over.aborted && !(await occupancy.holder.catchUp(lock)))
  }

  /** What its lock says, or would say where it could be written. */
  #heldLockOf(attempt: Attempt): RunLock {
    const startedAt = this.#parts.clock.now()
    return attempt.occupancy.holder.lock ?? lockOfAttempt(attempt, { rest: [], isWaiting: false, startedAt })
  }

  /** Where rcron itself fails over the run, its host is asked what became of it; rejects where that fails too. */
  async #untilEnd(attempt: Attempt, watch: RunWatch): Promise<RunResult> {
    const { run } = attempt
    const { holder } = attempt.occupancy
    const { executor, installation } = this.#parts
    const keeping = { exclusion: exclusionOf(installation, run.cron), isUnlocked: holder.lock === null }
    try {
      return await this.#attend(attempt, executor.start(run, watch, keeping))
    } catch (error) {
      this.#tellBug(error, attempt.facts)
    }
    const { system, auth } = run.cron
    const adopted = adoptedRunOf(this.#heldLockOf(attempt), () => ({ system, auth }))
    return await this.#attend(attempt, executor.adopt(adopted, watch))
  }

  #attend({ run, facts, occupancy }: Attempt, running: RunningRun): Promise<RunResult> {
    const { active, holder, begun } = occupancy
    const { killGraceMs, system } = run.cron
    active.attach({ run: facts, running, holder, killLimitMs: () => killLimitMs(killGraceMs, system) })
    if (active.stage.kind !== 'running') active.reached({ kind: 'handed-over', since: this.#parts.clock.now() })
    begun('handed-over')
    return running.result
  }

  #ended(run: RunFacts, result: RunResult, isOurs = true): RunResult {
    const { clock, journal } = this.#parts
    journal.note({ at: clock.now(), run, ...(isOurs ? { kind: 'ended', result } : { kind: 'ended-elsewhere' }) })
    return result
  }

  async #notRun(attempt: Attempt, outcome: NotRun): Promise<RunResult | null> {
    const { clock, journal } = this.#parts
    if (!(await this.#mayBeReported(attempt, outcome))) return null
    journal.note({ kind: 'not-run', at: clock.now(), run: attempt.facts, outcome })
    return resultWithoutOutput(outcome)
  }

  #mayBeReported({ facts, occupancy }: Attempt, outcome: NotRun): Promise<boolean> {
    return this.#parts.unreported.mayBeReported(facts, occupancy.holder, outcome)
  }

  #tellBug(error: unknown, run: RunFacts): void {
    this.#parts.log.error({ ...fieldsOf(run), err: error }, `${BUG} during a run`)
  }
}

/** A run that is alive and that has no lock excludes others; a clobber would have to end it first. */
function beside({ action }: Cron, { reason }: { readonly reason: string }): NotRun {
  return { kind: action === 'clobber' ? 'blocked' : 'skipped', code: 'HOST_ALREADY_CLAIMED', reason }
}
