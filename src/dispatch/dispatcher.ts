import { BUG } from '../domain/bug.ts'
import type { Cron } from '../domain/cron.ts'
import { type Firing, jobKey } from '../domain/job.ts'
import type { KilledBy, Outcome } from '../domain/outcome.ts'
import type { RunId } from '../domain/run.ts'
import type { RecordJournal } from '../history/record-journal.ts'
import { RecordQueue } from '../history/record-queue.ts'
import { fieldsOfCron, logNotRun } from '../history/run-events.ts'
import { RunReport } from '../history/run-report.ts'
import type { Log } from '../platform/log/log.ts'
import type { RunRecorder } from '../store/runs/run-recorder.ts'
import { ActiveRun } from './active/active-run.ts'
import { ActiveRuns } from './active/active-runs.ts'
import { Adoption, type AdoptionParts } from './adoption/adoption.ts'
import { Clearing } from './clearing.ts'
import type { CronOutcome, FiringResult, FiringUnderWay } from './firing-result.ts'
import { Hold } from './locks/hold.ts'
import { planFiring, type SkippedCron } from './plan-firing.ts'
import { type Beginning, type FiringHow, RunCarrier, type RunCarrierParts } from './run-carrier.ts'
import { randomSeries } from './run-id.ts'
import { Throttle, type ThrottleLimits } from './throttle.ts'
import { Walker } from './walker.ts'

export type DispatcherParts = Pick<RunCarrierParts, 'executor' | 'clock' | 'log' | 'placeOf' | 'isTransient'> &
  Pick<AdoptionParts, 'locks' | 'accessTo' | 'cronOf' | 'onFound'> & {
    readonly recorder: RunRecorder
    /** Where records are until the store has them. Absent: in memory alone. */
    readonly journal?: RecordJournal
    readonly limits: ThrottleLimits
    /** Part of every scheduled run's id. */
    readonly installation: string
  }

/** Carries firings out, and knows every run that is active. One job's trouble never reaches another. */
export class Dispatcher {
  readonly #parts: DispatcherParts
  readonly #active = new ActiveRuns()
  readonly #records: RecordQueue
  readonly #report: RunReport
  readonly #carrier: RunCarrier
  readonly #walker: Walker
  readonly #adoption: Adoption
  readonly #clearing: Clearing
  /** Firings that do not count as active yet: they wait for the look at the lock files. */
  readonly #entering = new Set<Promise<void>>()

  constructor(parts: DispatcherParts) {
    this.#parts = parts
    this.#records = new RecordQueue(parts)
    const shared = { ...parts, records: this.#records, active: this.#active }
    this.#report = new RunReport(shared)
    this.#carrier = new RunCarrier({ ...shared, throttle: new Throttle(parts.limits) })
    this.#walker = new Walker({ ...parts, carrier: this.#carrier })
    this.#adoption = new Adoption({ ...shared, walker: this.#walker })
    this.#clearing = new Clearing({ ...shared, survey: () => this.#adoption.surveyAnew() })
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
   * Carries `firing` out beside everything else, by the rules of its action. `tellBegun` is told the ids of its crons, each once: when a
   * run was handed over, or what becomes of it instead is in writing. Of a walk they begin together, with its first run.
   */
  fire(firing: Firing, how: FiringHow, tellBegun: TellBegun = () => {}): FiringUnderWay {
    const { begun, note } = beginningOf(firing, tellBegun, this.#parts.log)
    const result = this.#fire({ firing, how, series: how === 'manual' ? randomSeries() : null, begun: note })
      .catch((error: unknown) => {
        this.#parts.log.error({ job: firing.job.name, err: error }, `${BUG} while a firing was under way`)
        return { firing, how, outcomes: [] }
      })
      .finally(() => note(firing.crons, 'told'))
    return { begun, result }
  }

  /**
   * Ends all that is active here, all at once, and begins no more. Resolves when each end is told or cannot be confirmed, which is
   * logged; such a run stays under its lock. Never rejects.
   */
  async killAll(by: KilledBy): Promise<void> {
    const { clock } = this.#parts
    this.#carrier.close()
    const own = [...this.#active].filter(({ state }) => state !== 'elsewhere')
    const limitMs = Math.max(0, ...own.map((run) => run.killLimitMs))
    const ended = new AbortController()
    const late = clock.sleep(limitMs, ended.signal)
    await Promise.race([Promise.all(own.map((run) => this.#killAndSettle(run, by))), late])
    ended.abort()
  }

  async #killAndSettle(run: ActiveRun, by: KilledBy): Promise<void> {
    const { id } = run
    const death = await run.kill(by)
    if (death.kind === 'dead') await run.ended
    else this.#parts.log.warn({ run: id, by, reason: death.reason }, 'run cannot be confirmed dead')
  }

  /** Resolves when nothing is active but what other processes answer for. */
  async idle(): Promise<void> {
    while (this.#entering.size > 0) await Promise.all(this.#entering)
    await this.#active.idle()
  }

  /** Resolves when of every adopted run it is known whether it has ended, its firing carried to its end where it had, or that it is not known. */
  heard(): Promise<void> {
    return this.#adoption.heard()
  }

  /** Resolves when the store has every record; never while it is away: give it a deadline. */
  recorded(): Promise<void> {
    return this.#records.flushed()
  }

  /**
   * Lets go of all runs, begins no more and takes none up. They stay alive under their locks, to be adopted by the next start. Resolves when
   * all that was not handed over yet, and so needs no one to adopt it, has been told as not begun.
   */
  async abandon(): Promise<void> {
    this.#carrier.close()
    this.#adoption.close()
    const waiting = [...this.#active].filter(({ state }) => state === 'waiting')
    for (const run of this.#active) run.abandon()
    for (const run of waiting) void run.kill('shutdown')
    await Promise.all(waiting.map(({ ended }) => ended))
  }

  async #fire(order: FiringOrder): Promise<FiringResult> {
    const { firing, how } = order
    await this.#survey()
    const plan = planFiring(firing, this.#active.relatedTo(firing))
    switch (plan.kind) {
      case 'skip': {
        const skipped = firing.crons.map((cron) => ({ cron, reason: plan.reason }))
        return { firing, how, outcomes: this.#skip(order, skipped) }
      }
      case 'walk':
        return { firing, how, outcomes: await this.#walk(order, plan.order, plan.kill) }
      case 'all':
        return { firing, how, outcomes: await this.#startAll(order, plan.start, plan.skipped) }
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

  #skip({ firing, begun }: FiringOrder, crons: readonly SkippedCron[]): readonly CronOutcome[] {
    return crons.map(({ cron, reason }) => {
      const outcome: Outcome = { kind: 'skipped', reason }
      logNotRun(this.#parts.log, fieldsOfCron(cron, firing.minute), outcome)
      begun([cron], 'told')
      return { cron, run: null, outcome }
    })
  }

  async #startAll(order: FiringOrder, crons: readonly Cron[], skipped: readonly SkippedCron[]) {
    const started = crons.map(async (cron) => {
      const begun = (how: Beginning) => order.begun([cron], how)
      return await this.#occupying(order, [cron], (held) => this.#walker.walk({ ...order, ...held, begun }))
    })
    return [...this.#skip(order, skipped), ...(await Promise.all(started)).flat()]
  }

  /** From host to host until one run ends the walk. The walk counts as active from here on, between its runs too. */
  async #walk(order: FiringOrder, crons: readonly Cron[], kill: readonly RunId[]): Promise<readonly CronOutcome[]> {
    const { firing } = order
    const [first] = crons
    if (first === undefined) return []
    return await this.#occupying(order, crons, async (held) => {
      const reason = kill.length === 0 ? null : await this.#clearing.clear(firing, held.active)
      // What has been ended meanwhile is not kept from beginning by the run before it.
      const isClear = reason === null || held.active.killedBy !== null
      const begun = (how: Beginning) => order.begun(firing.crons, how)
      return isClear ? await this.#walker.walk({ ...order, ...held, begun }) : [this.#block(order, first, reason)]
    })
  }

  #block({ firing }: FiringOrder, cron: Cron, reason: string): CronOutcome {
    const outcome: Outcome = { kind: 'blocked', reason }
    this.#report.blocked(cron, firing.minute, outcome)
    return { cron, run: null, outcome }
  }

  async #occupying<T>({ firing, series }: FiringOrder, order: readonly Cron[], use: (held: Held) => Promise<T>) {
    const [first] = order
    const { job, minute } = firing
    const id = first === undefined ? '' : this.#walker.runOf(firing, first, series).id
    const crons = order.map((cron) => cron.id)
    const active = new ActiveRun({ id, job: jobKey(job), minute, crons, state: 'waiting' })
    const hold = new Hold(this.#parts)
    this.#active.add(active)
    try {
      return await use({ order, active, hold })
    } finally {
      await hold.release()
      if (!active.isDoubtful) this.#active.remove(active)
    }
  }
}

/** Told ids of crons. */
export type TellBegun = (crons: readonly number[]) => void

type FiringOrder = {
  readonly firing: Firing
  readonly how: FiringHow
  /** What the ids of its runs are made from, where that is not the installation's. */
  readonly series: string | null
  /** To be called when these have begun, or will not; may be called again. */
  readonly begun: (crons: readonly Cron[], how: Beginning) => void
}

type Held = { readonly order: readonly Cron[]; readonly active: ActiveRun; readonly hold: Hold }

/**
 * Tells each cron of the firing once; `begun` resolves when all are told. What has no lock that says what became of it counts when its line is
 * written: a process that is killed before leaves it to be told as missed.
 */
function beginningOf({ crons }: Firing, tell: TellBegun, log: Log) {
  const { promise: begun, resolve } = Promise.withResolvers<void>()
  const left = new Set(crons.map(({ id }) => id))
  const noteNow = (some: readonly Cron[]) => {
    const newly = some.map(({ id }) => id).filter((id) => left.delete(id))
    if (newly.length > 0) tell(newly)
    if (left.size === 0) resolve()
  }
  const note = (some: readonly Cron[], how: Beginning) => {
    if (how === 'handed-over') noteNow(some)
    else if (some.some(({ id }) => left.has(id))) void log.written().then(() => noteNow(some))
  }
  return { begun, note }
}
