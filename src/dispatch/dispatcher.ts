import { BUG } from '../domain/bug.ts'
import type { Cron } from '../domain/cron.ts'
import { type Firing, type FiringTrigger, jobKey } from '../domain/job.ts'
import { startOf } from '../domain/minute.ts'
import type { KilledBy, Outcome } from '../domain/outcome.ts'
import type { Run, RunId } from '../domain/run.ts'
import { cronFactsOf, type FiringFacts, firingFactsOf } from '../domain/run-event.ts'
import type { KillConfirmation } from '../execution/executor.ts'
import type { Journal } from '../history/journal.ts'
import { within } from '../platform/waiting/within.ts'
import { ActiveRun } from './active/active-run.ts'
import { ActiveRuns } from './active/active-runs.ts'
import { Adoption, type AdoptionParts } from './adoption/adoption.ts'
import { Failover } from './failover.ts'
import type { ByHand, FiringOrder } from './firing-order.ts'
import { type ActiveFiring, attemptsOf, type CronOutcome, type FiringResult } from './firing-result.ts'
import { type FirstReport, firstReportsOf, type ReportBegun } from './first-reports.ts'
import { SETTLE_MS } from './kill-limit.ts'
import { LockHolder } from './locks/lock-holder.ts'
import type { Occupancy } from './occupancy.ts'
import { planFiring, type SkippedCron } from './plan-firing.ts'
import { Preemption } from './preemption.ts'
import { randomSeries, runsOf } from './run-id.ts'
import { RunLifecycle, type RunLifecycleParts } from './run-lifecycle.ts'
import { Throttle, type ThrottleLimits } from './throttle.ts'
import { UnreportedEnds } from './unreported-ends.ts'

/** What firings are carried out with. */
export type DispatcherParts = Pick<RunLifecycleParts, 'executor' | 'clock' | 'log' | 'placeOf' | 'isTransient'> &
  Pick<AdoptionParts, 'locks' | 'accessTo' | 'cronOf' | 'onFound'> & {
    /** Receives all that happens to firings and runs. */
    readonly journal: Journal
    readonly limits: ThrottleLimits
    /** Why a cron is not to be started at a time (epoch milliseconds); null if it may be. Absent: nothing is ever paused. */
    readonly pausedReason?: (cron: Cron, at: number) => string | null
    /** Part of every scheduled run's id. */
    readonly installation: string
  }

/** Carries firings out, and knows every run that is active. One job's trouble never reaches another. */
export class Dispatcher {
  readonly #parts: DispatcherParts
  readonly #active = new ActiveRuns()
  readonly #carrier: RunLifecycle
  readonly #walker: Failover
  readonly #adoption: Adoption
  readonly #clearing: Preemption
  /** Firings that do not count as active yet: they wait for the look at the lock files. */
  readonly #entering = new Set<Promise<void>>()

  constructor(parts: DispatcherParts) {
    this.#parts = parts
    const shared = { ...parts, active: this.#active, unreported: new UnreportedEnds(parts) }
    this.#carrier = new RunLifecycle({ ...shared, throttle: new Throttle(parts.limits) })
    this.#walker = new Failover(this.#carrier)
    this.#adoption = new Adoption({ ...shared, walker: this.#walker })
    this.#clearing = new Preemption({ ...shared, survey: () => this.#adoption.surveyAnew() })
  }

  /** What is active now, runs of other processes included. */
  get active(): Iterable<ActiveRun> {
    return this.#active
  }

  /** Takes up the runs whose process has gone; resolves when all are known, not when they end. Done before the first firing. Never rejects. */
  adopt(): Promise<void> {
    return this.#adoption.survey()
  }

  /**
   * Carries `firing` out beside everything else, by the rules of its action. `tellBegun` gets the ids of its crons, each once: when a
   * run was handed over, or what becomes of it instead is in writing. Of a walk they begin together, with its first run.
   */
  fire(firing: Firing, how: FiringTrigger, tellBegun: ReportBegun = () => {}): ActiveFiring {
    const facts = firingFactsOf(firing, how, how === 'manual' ? randomSeries() : null)
    return this.#carryOut({ firing, facts, isForced: false }, how, tellBegun)
  }

  /** As `fire`, for an operator, who is told the ids that its runs have where they begin. Forced: beside all that is active of its job. */
  fireByHand(firing: Firing, { isForced, by }: ByHand): ActiveFiring & { readonly runs: readonly RunId[] } {
    const order = { firing, facts: { ...firingFactsOf(firing, 'manual', randomSeries()), by }, isForced }
    const runs = this.#runsOf(order, firing.crons).map(({ id }) => id)
    return { runs, ...this.#carryOut(order, 'manual', () => {}) }
  }

  #carryOut(order: Omit<FiringOrder, 'begun'>, how: FiringTrigger, tellBegun: ReportBegun): ActiveFiring {
    const { clock, journal, log } = this.#parts
    const { firing, facts } = order
    const { begun, note } = firstReportsOf(firing, tellBegun, log)
    journal.note({ kind: 'fired', at: clock.now(), firing: facts, crons: firing.crons.map(({ id }) => id) })
    const result = this.#fire({ ...order, begun: note })
      .catch((error: unknown) => {
        log.error({ job: firing.job.name, err: error }, `${BUG} during a firing`)
        return firing.crons.map((cron): CronOutcome => ({ cron, run: null, outcome: null }))
      })
      .then((outcomes) => {
        journal.note({ kind: 'firing-ended', at: clock.now(), firing: facts, attempts: attemptsOf(facts, outcomes) })
        return { firing, how, outcomes }
      })
      .finally(() => note(firing.crons, 'told'))
    return { begun, result }
  }

  /**
   * Ends all that is active here, all at once, and begins no more. Resolves when each end is reported or cannot be confirmed, which is
   * logged; such a run stays under its lock. Never rejects.
   */
  async killAll(by: KilledBy): Promise<void> {
    this.#carrier.close()
    const own = [...this.#active].filter(({ state }) => state !== 'elsewhere')
    const limitMs = Math.max(0, ...own.map((run) => run.killLimitMs))
    await within(this.#parts.clock, limitMs, Promise.all(own.map((run) => this.#killAndSettle(run, by))))
  }

  /** Ends `active`, and begins nothing more of it. Resolves when its end is reported, or with why that cannot be confirmed. Never rejects. */
  async kill(active: ActiveRun, by: KilledBy): Promise<KillConfirmation> {
    const limitMs = active.killLimitMs + SETTLE_MS
    const death = await within(this.#parts.clock, limitMs, this.#killAndSettle(active, by))
    return death ?? { kind: 'unconfirmed', reason: `its end is not confirmed after ${limitMs / 1000} s` }
  }

  async #killAndSettle(active: ActiveRun, by: KilledBy): Promise<KillConfirmation> {
    const { clock, journal } = this.#parts
    const { run } = active
    const death = await active.kill(by)
    if (death.kind === 'dead') await active.ended
    // What was never handed over is dead.
    else if (run !== null) journal.note({ kind: 'kill-unconfirmed', at: clock.now(), run, by, reason: death.reason })
    return death
  }

  /** Resolves when nothing is active but what other processes answer for. */
  async idle(): Promise<void> {
    while (this.#entering.size > 0) await Promise.all(this.#entering)
    await this.#active.idle()
  }

  /** Resolves when of every adopted run it is known whether it has ended, its firing carried to its end where it had, or that it is not known. */
  probed(): Promise<void> {
    return this.#adoption.probed()
  }

  /**
   * Lets go of all runs, begins no more and takes none up. They stay alive under their locks, to be adopted by the next start. Resolves when
   * all that was not handed over yet, and so needs no one to adopt it, has been reported as not begun.
   */
  async abandon(): Promise<void> {
    this.#carrier.close()
    this.#adoption.close()
    const waiting = [...this.#active].filter(({ state }) => state === 'waiting')
    for (const run of this.#active) run.abandon()
    for (const run of waiting) void run.kill('shutdown')
    await Promise.all(waiting.map(({ ended }) => ended))
  }

  async #fire(order: FiringOrder): Promise<FiringResult['outcomes']> {
    const { firing } = order
    await this.#survey()
    const active = order.isForced ? [] : this.#active.relatedTo(firing)
    const plan = planFiring(firing, active, (cron) => this.#pausedReason(order, cron))
    switch (plan.kind) {
      case 'paused':
        return this.#skip(order, plan.paused, 'paused')
      case 'skip': {
        const skipped = plan.crons.map((cron) => ({ cron, reason: plan.reason }))
        order.begun(cronsOf(plan.paused), 'told')
        return this.#skip(order, skipped, 'skipped')
      }
      case 'walk':
        return await this.#walk(order, plan.order, plan.kill)
      case 'all':
        order.begun(cronsOf(plan.paused), 'told')
        return await this.#startAll(order, plan.start, plan.skipped)
      default:
        return plan satisfies never
    }
  }

  async #survey(): Promise<void> {
    const survey = this.#adoption.survey()
    this.#entering.add(survey)
    await survey
    this.#entering.delete(survey)
  }

  /** As of its minute, but by hand; and as of now, whenever that is: nothing begins during a pause. */
  #pausedReason({ facts, isForced }: FiringOrder, cron: Cron): string | null {
    const { clock, pausedReason = () => null } = this.#parts
    if (isForced) return null
    return (
      pausedReason(cron, clock.now()) ?? (facts.how === 'manual' ? null : pausedReason(cron, startOf(facts.minute)))
    )
  }

  #skip({ facts, begun }: FiringOrder, crons: readonly SkippedCron[], kind: 'skipped' | 'paused') {
    return crons.map(({ cron, reason }): CronOutcome => {
      const skipped = this.#notRun(facts, cron, { kind, reason })
      begun([cron], 'told')
      return skipped
    })
  }

  async #startAll(order: FiringOrder, crons: readonly Cron[], skipped: readonly SkippedCron[]) {
    const started = crons.map(async (cron) => {
      const runs = this.#runsOf(order, [cron])
      const begun = (how: FirstReport) => order.begun([cron], how)
      return await this.#occupying(order, { runs, begun }, (occupancy) => {
        return this.#walker.run({ firing: order.facts, runs, isWhole: true, occupancy })
      })
    })
    return [...this.#skip(order, skipped, 'skipped'), ...(await Promise.all(started)).flat()]
  }

  /** From host to host until one run ends the walk. The walk counts as active from here on, between its runs too. */
  async #walk(order: FiringOrder, crons: readonly Cron[], kill: readonly RunId[]): Promise<readonly CronOutcome[]> {
    const { firing } = order
    const [first] = crons
    if (first === undefined) return []
    const runs = this.#runsOf(order, crons)
    const begun = (how: FirstReport) => order.begun(firing.crons, how)
    return await this.#occupying(order, { runs, begun }, async (occupancy) => {
      const { active } = occupancy
      const reason = kill.length === 0 ? null : await this.#clearing.killActive(firing, active)
      // A firing that was killed meanwhile no longer waits for the earlier run.
      const isClear = reason === null || active.killedBy !== null
      if (!isClear) return [this.#notRun(order.facts, first, { kind: 'blocked', reason })]
      return await this.#walker.run({ firing: order.facts, runs, isWhole: true, occupancy })
    })
  }

  #notRun(firing: FiringFacts, cron: Cron, outcome: Outcome): CronOutcome {
    const { clock, journal } = this.#parts
    const run = { ...cronFactsOf(firing, cron), id: null }
    journal.note({ kind: 'not-run', at: clock.now(), run, outcome })
    return { cron, run: null, outcome }
  }

  #runsOf({ facts: { minute, series } }: Pick<FiringOrder, 'facts'>, crons: readonly Cron[]): readonly Run[] {
    return runsOf({ minute, series: series ?? this.#parts.installation }, crons)
  }

  async #occupying<T>(
    { facts, isForced }: FiringOrder,
    { runs, begun }: Occupying,
    use: (occupancy: Occupancy) => Promise<T>,
  ) {
    const { job, minute } = facts
    const id = runs[0]?.id ?? ''
    const crons = runs.map(({ cron }) => cron.id)
    const active = new ActiveRun({ id, job: jobKey(job), minute, crons, state: 'waiting' })
    const holder = new LockHolder(this.#parts)
    this.#active.add(active)
    try {
      return await use({ active, holder, begun, isForced })
    } finally {
      await holder.release()
      if (!active.isEndUnknown) this.#active.remove(active)
    }
  }
}

function cronsOf(paused: readonly SkippedCron[]): readonly Cron[] {
  return paused.map(({ cron }) => cron)
}

type Occupying = Pick<Occupancy, 'begun'> & { readonly runs: readonly Run[] }
