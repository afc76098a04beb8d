import { BUG } from '../domain/bug.ts'
import type { Cron } from '../domain/cron.ts'
import { minuteOf } from '../domain/minute.ts'
import { killed, type Outcome } from '../domain/outcome.ts'
import type { SystemRow } from '../domain/rows.ts'
import { type Run, type RunResult, resultWithoutOutput } from '../domain/run.ts'
import type { RunFacts } from '../domain/run-event.ts'
import type { Executor, RunningRun, RunWatch } from '../execution/executor.ts'
import type { Journal } from '../history/journal.ts'
import { fieldsOf } from '../history/log-lines.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import { InTurn } from '../platform/waiting/in-turn.ts'
import { yieldToOthers } from '../platform/waiting/yielding.ts'
import { RunConclusion } from './adoption/run-conclusion.ts'
import { killLimitMs } from './kill-limit.ts'
import type { Stuck } from './locks/hold.ts'
import { adoptedRunOf, lockOfRun } from './locks/lock-of-run.ts'
import type { Claim, RunLock } from './locks/run-locks.ts'
import { WithoutLock, type WithoutLockParts } from './locks/without-lock.ts'
import type { Occupancy } from './occupancy.ts'
import { exclusionOf } from './run-id.ts'
import { watchOf } from './run-watch.ts'
import type { Limit, Place, Throttle } from './throttle.ts'

/** How long a walk waits for its lock directory to take writes, and between two attempts. Milliseconds. */
const STUCK_MS = 60_000
const STUCK_PAUSE_MS = 1000

/** Between two attempts to write the lock of a run that continues without. Milliseconds. */
const LOCK_PAUSE_MS = 2000

export type RunCarrierParts = WithoutLockParts & {
  readonly executor: Executor
  readonly throttle: Throttle
  /** Where a system is reached: several names of one machine share its places. Its name, if not given. */
  readonly placeOf?: (system: SystemRow) => string | Promise<string>
  readonly journal: Journal
  /** Names the installation on its hosts. */
  readonly installation: string
  readonly clock: Clock
  readonly log: Log
}

export type Attempt = {
  readonly run: Run
  readonly facts: RunFacts
  /** Ids of the crons that would be tried after it, in order. */
  readonly rest: readonly number[]
  /** Its hold is on the lock of the run before, if there was one, until this one's takes its place. */
  readonly occupancy: Occupancy
}

/** Carries one run from its place in the queue to its end: lock, throttle, executor, journal. */
export class RunCarrier {
  readonly #parts: RunCarrierParts
  readonly #conclusion: RunConclusion
  readonly #without: WithoutLock
  #closed = false
  readonly #queueing = new InTurn()

  constructor(parts: RunCarrierParts) {
    this.#parts = parts
    this.#conclusion = new RunConclusion(parts)
    this.#without = new WithoutLock(parts)
  }

  /** From now on nothing is handed over any more. */
  close(): void {
    this.#closed = true
  }

  /**
   * Never rejects. Null where rcron itself has failed over the run, which is logged: its end is not known, and where it may have been
   * handed over it counts as active, under its lock, until the next start.
   */
  async carryOut(attempt: Attempt): Promise<RunResult | null> {
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

  async #carryOutPlaced(attempt: Attempt): Promise<RunResult> {
    const { run, facts, occupancy } = attempt
    occupancy.active.turnTo(run.id)
    const where = this.#parts.placeOf?.(run.cron.system) ?? run.cron.system.host
    const place = this.#parts.throttle.enter(typeof where === 'string' ? where : await where)
    try {
      const waitMs = await this.#queue(attempt, place)
      if (typeof waitMs !== 'number') return this.#notRun(facts, waitMs)
      return await this.#carryOutAdmitted({ ...attempt, facts: { ...facts, waitMs } }, place)
    } finally {
      place.leave()
    }
  }

  /** Takes the lock, then waits for the place: how long, in milliseconds, or what keeps the run from beginning. */
  async #queue(attempt: Attempt, place: Place): Promise<number | Outcome> {
    const { run, rest } = attempt
    const { active, hold } = attempt.occupancy
    const { clock } = this.#parts
    const queuedAt = clock.monotonic()
    if (!place.wasFree) await this.#queueingTurn()
    const early = this.#reasonNotToBegin(attempt)
    if (early !== null) return early
    const claim = await this.#claim(attempt, this.#lockOf(attempt, { rest, isWaiting: !place.wasFree }))
    if (typeof claim === 'object' && 'stuck' in claim) return { kind: 'blocked', reason: claim.stuck }
    if (claim === 'taken') return { kind: 'skipped', reason: `another run of cron ${run.cron.id} holds its lock file` }
    if (claim !== 'created') return killed(claim.killedBy)
    if (place.limit !== null) this.#waits(attempt, place.limit)
    await Promise.race([place.taken, active.killRequested])
    const late = this.#reasonNotToBegin(attempt)
    if (late !== null) return late
    const obstacle = await hold.handOver(clock.now())
    if (obstacle !== null) return obstacle
    const waitMs = place.wasFree ? 0 : Math.round(clock.monotonic() - queuedAt)
    return this.#reasonNotToBegin(attempt) ?? waitMs
  }

  /** Where the lock of the run before can neither be exchanged nor removed: most often that is over in a moment. */
  async #claim({ run, occupancy }: Attempt, lock: RunLock): Promise<Claim | Stuck> {
    const { active, hold } = occupancy
    const { clock } = this.#parts
    const deadline = clock.monotonic() + STUCK_MS
    for (;;) {
      const claim = await hold.moveOn(lock, (error) => this.#without.judge(run.cron, error))
      const isStuck = typeof claim === 'object' && 'stuck' in claim && claim.mayPass
      if (!isStuck || active.killedBy !== null || this.#closed || clock.monotonic() >= deadline) return claim
      await Promise.race([clock.sleep(STUCK_PAUSE_MS), active.killRequested])
    }
  }

  #waits({ facts, occupancy }: Attempt, { kind: limit, most }: Limit): void {
    const { clock, journal } = this.#parts
    const places = limit === 'host' ? `all slots of host ${facts.host}` : 'all slots'
    const reason = `${places} are taken (${most})`
    occupancy.active.reached({ kind: 'queued', since: clock.now(), why: reason })
    journal.note({ kind: 'queued', at: clock.now(), run: facts, limit, most, reason })
  }

  /** Thousands may come to wait at once: each writes its lock in a turn of its own, so that nothing else has to wait for all of them. */
  #queueingTurn(): Promise<void> {
    return this.#queueing.do(yieldToOthers)
  }

  async #carryOutAdmitted(attempt: Attempt, place: Place): Promise<RunResult> {
    const { run, facts, occupancy } = attempt
    const over = new AbortController()
    const watched = { run: facts, occupancy, isStartTold: false, onUnknown: place.leave, over: over.signal }
    if (occupancy.hold.lock === null) void this.#lockLater(attempt, over.signal)
    try {
      const heard = await this.#untilEnd(attempt, watchOf(this.#parts, watched))
      over.abort()
      const lock = this.#heldLockOf(attempt)
      const accessTo = () => ({ system: run.cron.system, auth: run.cron.auth })
      const { result, isOurs } = await this.#conclusion.of(heard, { run: facts, lock, occupancy, accessTo })
      const { outcome } = result
      if (outcome.kind === 'skipped') return this.#notRun(facts, beside(run.cron, outcome))
      return this.#ended(facts, result, isOurs)
    } catch (error) {
      occupancy.hold.leave()
      occupancy.active.doubt()
      throw error
    } finally {
      over.abort()
    }
  }

  /** A later process finds the run by its lock alone. */
  async #lockLater(attempt: Attempt, over: AbortSignal): Promise<void> {
    const { rest, occupancy } = attempt
    const lock = this.#lockOf(attempt, { rest, isWaiting: false })
    do await this.#parts.clock.sleep(LOCK_PAUSE_MS, over)
    while (!over.aborted && !(await occupancy.hold.catchUp(lock)))
  }

  /** What its lock says, or would say where it could be written. */
  #heldLockOf(attempt: Attempt): RunLock {
    return attempt.occupancy.hold.lock ?? this.#lockOf(attempt, { rest: [], isWaiting: false })
  }

  #lockOf({ run, facts }: Attempt, how: Pick<RunLock, 'rest' | 'isWaiting'>): RunLock {
    return lockOfRun(run, { ...how, startedAt: this.#parts.clock.now(), series: facts.firing.series })
  }

  /** Where rcron itself fails over the run, its host is asked what became of it; rejects where that fails too. */
  async #untilEnd(attempt: Attempt, watch: RunWatch): Promise<RunResult> {
    const { run } = attempt
    const { hold } = attempt.occupancy
    const { executor, installation } = this.#parts
    const keeping = { exclusion: exclusionOf(installation, run.cron), isUnlocked: hold.lock === null }
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
    const { active, hold, begun } = occupancy
    const { killGraceMs, system } = run.cron
    active.attach({ run: facts, running, hold, killLimitMs: () => killLimitMs(killGraceMs, system) })
    if (active.stage.kind !== 'running') active.reached({ kind: 'handed-over', since: this.#parts.clock.now() })
    begun('handed-over')
    return running.result
  }

  #ended(run: RunFacts, result: RunResult, isOurs = true): RunResult {
    const { clock, journal } = this.#parts
    journal.note({ at: clock.now(), run, ...(isOurs ? { kind: 'ended', result } : { kind: 'ended-elsewhere' }) })
    return result
  }

  #notRun(run: RunFacts, outcome: Outcome): RunResult {
    const { clock, journal } = this.#parts
    journal.note({ kind: 'not-run', at: clock.now(), run, outcome })
    return resultWithoutOutput(outcome)
  }

  #tellBug(error: unknown, run: RunFacts): void {
    this.#parts.log.error({ ...fieldsOf(run), err: error }, `${BUG} during a run`)
  }

  #reasonNotToBegin({ run, facts, occupancy }: Attempt): Outcome | null {
    const { active } = occupancy
    if (active.killedBy !== null) return killed(active.killedBy)
    if (this.#closed) return killed('shutdown')
    const { latestStartMin } = run.cron
    const lateMin = minuteOf(this.#parts.clock.now()) - run.minute
    if (facts.firing.how !== 'catch-up' || latestStartMin === null || lateMin <= latestStartMin) return null
    return { kind: 'missed', reason: `${lateMin} minutes late, latest_start_min is ${latestStartMin}` }
  }
}

/** A run that is alive and of which no lock tells excludes others; a clobber would have to end it first. */
function beside({ action }: Cron, { reason }: { readonly reason: string }): Outcome {
  return { kind: action === 'clobber' ? 'blocked' : 'skipped', reason }
}
