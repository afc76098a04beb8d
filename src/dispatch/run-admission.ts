import { minuteOf } from '../domain/minute.ts'
import { killed, type NotRun } from '../domain/outcome.ts'
import type { Journal } from '../history/journal.ts'
import type { Clock } from '../platform/clock.ts'
import { InTurn } from '../platform/waiting/in-turn.ts'
import { within } from '../platform/waiting/within.ts'
import { yieldToOthers } from '../platform/waiting/yielding.ts'
import { type Attempt, lockOfAttempt } from './attempt.ts'
import type { LockObstacle } from './locks/lock-holder.ts'
import { LocklessStarts, type LocklessStartsParts } from './locks/lockless-starts.ts'
import type { LockClaim, RunLock } from './locks/run-locks.ts'
import type { Slot, SlotLimit } from './throttle.ts'

/** How long a walk waits for its lock directory to take writes, and between two attempts. Milliseconds. */
const STUCK_MS = 60_000
const STUCK_PAUSE_MS = 1000

/** What is needed to admit a run: its lock first, then its slot. */
export type RunAdmissionParts = LocklessStartsParts & { readonly clock: Clock; readonly journal: Journal }

/** What comes before a run is handed over: its lock, and its place among those that run at once. */
export class RunAdmission {
  readonly #parts: RunAdmissionParts
  readonly #without: LocklessStarts
  readonly #queueing = new InTurn()
  #closed = false

  constructor(parts: RunAdmissionParts) {
    this.#parts = parts
    this.#without = new LocklessStarts(parts)
  }

  /** From now on nothing is admitted any more. */
  close(): void {
    this.#closed = true
  }

  /** Takes the lock, then waits for the place: how long, in milliseconds, or what keeps the run from beginning. */
  async admit(attempt: Attempt, place: Slot): Promise<number | NotRun> {
    const { run, rest } = attempt
    const { active, holder } = attempt.occupancy
    const { clock } = this.#parts
    const queuedAt = clock.monotonic()
    if (!place.wasFree) await this.#queueingTurn()
    const early = this.#reasonNotToBegin(attempt)
    if (early !== null) return early
    const claim = await this.#claim(
      attempt,
      lockOfAttempt(attempt, { rest, isWaiting: !place.wasFree, startedAt: clock.now() }),
    )
    if (typeof claim === 'object' && 'stuck' in claim)
      return this.#reasonNotToBegin(attempt) ?? { kind: 'blocked', code: 'LOCK_UNWRITABLE', reason: claim.stuck }
    if (claim === 'taken') {
      const reason = `another run of cron ${run.cron.id} holds its lock file`
      return { kind: 'skipped', code: 'CLAIMED_BY_OTHER', reason }
    }
    if (claim !== 'created') return killed(claim.killedBy)
    if (place.limit !== null) this.#waits(attempt, place.limit)
    await Promise.race([place.granted, active.killRequested])
    const late = this.#reasonNotToBegin(attempt)
    if (late !== null) return late
    const obstacle = await holder.handOver(clock.now())
    if (obstacle !== null) return obstacle
    const waitMs = place.wasFree ? 0 : Math.round(clock.monotonic() - queuedAt)
    return this.#reasonNotToBegin(attempt) ?? waitMs
  }

  /** Where the lock of the run before can neither be exchanged nor removed: most often that is over in a moment. */
  async #claim({ run, occupancy }: Attempt, lock: RunLock): Promise<LockClaim | LockObstacle> {
    const { active, holder } = occupancy
    const { clock } = this.#parts
    const deadline = clock.monotonic() + STUCK_MS
    for (;;) {
      const claim = await holder.advance(lock, (error) => this.#without.judge(run.cron, error))
      const isStuck = typeof claim === 'object' && 'stuck' in claim && claim.mayPass
      if (!isStuck || active.killedBy !== null || this.#closed || clock.monotonic() >= deadline) return claim
      await within(clock, STUCK_PAUSE_MS, active.killRequested)
    }
  }

  #waits({ facts, occupancy }: Attempt, { kind: limit, most }: SlotLimit): void {
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

  #reasonNotToBegin({ run, facts, occupancy }: Attempt): NotRun | null {
    const { active } = occupancy
    if (active.killedBy !== null) return killed(active.killedBy)
    if (this.#closed) return killed('shutdown')
    const { latestStartMin } = run.cron
    const lateMin = minuteOf(this.#parts.clock.now()) - run.minute
    if (facts.firing.how !== 'catch-up' || latestStartMin === null || lateMin <= latestStartMin) return null
    const reason = `${lateMin} minutes late, latest_start_min is ${latestStartMin}`
    return { kind: 'missed', code: 'START_WINDOW_EXPIRED', reason }
  }
}
