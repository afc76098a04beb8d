import { BUG } from '../../domain/bug.ts'
import type { Cron } from '../../domain/cron.ts'
import { jobKey } from '../../domain/job.ts'
import type { Outcome } from '../../domain/outcome.ts'
import type { RunFacts } from '../../domain/run-event.ts'
import type { Executor } from '../../execution/executor.ts'
import { fieldsOf } from '../../history/log-lines.ts'
import { ActiveRun } from '../active/active-run.ts'
import type { ActiveRuns } from '../active/active-runs.ts'
import type { Failover } from '../failover.ts'
import { killLimitOf } from '../kill-limit.ts'
import { LockHolder } from '../locks/lock-holder.ts'
import { type AccessTo, activeFactsOf, adoptedRunOf, runFactsOfLock } from '../locks/lock-of-run.ts'
import type { RunLock, RunLocks } from '../locks/run-locks.ts'
import type { Occupancy } from '../occupancy.ts'
import { afterOutcome } from '../plan-firing.ts'
import { randomSeries, runIdOf, runsOf } from '../run-id.ts'
import { type RunWatchParts, watchOf } from '../run-watch.ts'
import type { UnreportedEnds } from '../unreported-ends.ts'
import { RunConclusion } from './run-conclusion.ts'

/** What adopted runs are carried on with. */
export type AdoptedRunsParts = RunWatchParts & {
  readonly executor: Executor
  readonly locks: RunLocks
  readonly active: ActiveRuns
  readonly walker: Failover
  readonly unreported: UnreportedEnds
  /** Part of every scheduled run's id. */
  readonly installation: string
  readonly accessTo: AccessTo
  /** The present row of that id; null where it is gone, disabled or unsound. */
  readonly cronOf: (id: number) => Cron | null
}

type Adopted = {
  readonly lock: RunLock
  readonly run: RunFacts
  readonly occupancy: Occupancy
  /** To be called when its host has said something of it, or not answered. */
  readonly heard: () => void
}

/** Runs whose process has gone: adopts them, collects their ends, and continues their firings where those would have continued. */
export class AdoptedRuns {
  readonly #parts: AdoptedRunsParts
  readonly #conclusion: RunConclusion
  readonly #unheard = new Set<Promise<void>>()

  constructor(parts: AdoptedRunsParts) {
    this.#parts = parts
    this.#conclusion = new RunConclusion(parts)
  }

  /** Watches the run of `lock`, which this process has taken over, to its end, and continues with the hosts that are left in it. */
  adopt(lock: RunLock): void {
    const { clock, journal } = this.#parts
    const run = { ...runFactsOfLock(lock), isAdopted: true }
    const active = new ActiveRun({ ...activeFactsOf(lock), state: 'waiting', present: run })
    this.#parts.active.add(active)
    journal.note({ kind: 'adopted', at: clock.now(), run })
    const { promise, resolve: heard } = Promise.withResolvers<void>()
    this.#unheard.add(promise)
    void promise.then(() => this.#unheard.delete(promise))
    const occupancy = { active, holder: new LockHolder(this.#parts, lock), begun: () => {} }
    void this.#carryOn({ lock, run, occupancy, heard }).then(heard)
  }

  /** Resolves when of every run it is known whether it has ended, its firing carried to its end where it had, or that it is not known. */
  async probed(): Promise<void> {
    await Promise.all(this.#unheard)
  }

  /** Never rejects. */
  async #carryOn(adopted: Adopted): Promise<void> {
    const { run } = adopted
    const { active, holder } = adopted.occupancy
    try {
      const outcome = await this.#collect(adopted)
      active.detach()
      await this.#goOn(adopted, outcome)
      // Reported before the lock goes: a process that ends in between reports it twice rather than never.
      await holder.release()
      if (!active.isEndUnknown) this.#parts.active.remove(active)
    } catch (error) {
      // Its end is not known: it counts as active, under its lock, until the next start.
      active.markEndUnknown()
      this.#tellBug(error, run)
    }
  }

  #tellBug(error: unknown, run: RunFacts): void {
    this.#parts.log.error({ ...fieldsOf(run), err: error }, `${BUG} during an adopted run`)
  }

  async #collect({ lock, run, occupancy, heard }: Adopted): Promise<Outcome> {
    const { active, holder } = occupancy
    const { executor, accessTo, clock, journal } = this.#parts
    const over = new AbortController()
    const watch = watchOf(this.#parts, { run, occupancy, isStartTold: true, onWord: heard, over: over.signal })
    try {
      const adopt = async () => {
        const adopted = adoptedRunOf(holder.lock ?? lock, accessTo)
        const running = executor.adopt(adopted, watch)
        active.attach({ run, running, holder, killLimitMs: () => killLimitOf(adopted) })
        return await running.result
      }
      const result = await adopt().catch((error: unknown) => {
        this.#tellBug(error, run)
        return adopt()
      })
      const known = { ...result, startedAt: result.startedAt ?? lock.startedAt }
      over.abort()
      const heard = { run, lock: holder.lock ?? lock, occupancy, accessTo }
      const { result: told, isOurs } = await this.#conclusion.of(known, heard)
      const hostsLeft = active.killedBy === null ? run.hostsLeft : 0
      journal.note({
        at: clock.now(),
        run: { ...run, hostsLeft },
        ...(isOurs ? { kind: 'ended', result: told } : { kind: 'ended-elsewhere' }),
      })
      return told.outcome
    } finally {
      over.abort()
    }
  }

  /** On to the hosts that are left of its firing, as the present rows have it. */
  async #goOn(adopted: Adopted, outcome: Outcome): Promise<void> {
    const { lock, run, occupancy } = adopted
    const { walker, installation, unreported, clock, journal } = this.#parts
    const isOver = lock.rest.length === 0 || occupancy.active.killedBy !== null
    // Whether a loss ends the firing is for its row to say.
    if (isOver || afterOutcome(outcome, { onLost: 'failover' }) === 'stop') return
    const [cron] = this.#present(lock, [lock.cronId])
    const order = this.#present(lock, lock.rest)
    const reason = this.#obstacleTo(adopted, cron, order)
    if (reason !== null) {
      if (await unreported.mayBeReported(run, occupancy.holder, null))
        journal.note({ kind: 'not-continued', at: clock.now(), run, reason })
      return
    }
    if (cron === undefined || afterOutcome(outcome, cron) === 'stop') return
    const isScheduled =
      lock.run === runIdOf({ series: installation, cronId: lock.cronId, minute: lock.minute, attempt: 1 })
    const series = isScheduled ? null : (lock.series ?? randomSeries())
    journal.note({ kind: 'continued', at: clock.now(), run, crons: order.map(({ id }) => id) })
    const firing = { ...run.firing, series, how: isScheduled ? 'catch-up' : 'manual' } as const
    const runs = runsOf({ minute: lock.minute, series: series ?? installation }, order)
    await walker.run({ firing, runs, isWhole: false, occupancy })
  }

  /** What keeps a firing from continuing that has hosts left. */
  #obstacleTo({ lock, occupancy }: Adopted, cron: Cron | undefined, order: readonly Cron[]) {
    if (cron === undefined) return 'its row is gone, disabled or now in another job'
    if (order.length === 0) return 'the rows of its other hosts are gone, disabled or now in another job'
    const firing = { job: jobOf(lock), minute: lock.minute, crons: order }
    const other = [...this.#parts.active.relatedTo(firing)].find((run) => run !== occupancy.active)
    return other === undefined ? null : `run ${other.id} of its job is active`
  }

  /** Of these rows the ones that are still there, enabled, and of the lock's job. */
  #present(lock: RunLock, ids: readonly number[]): readonly Cron[] {
    const job = jobKey(jobOf(lock))
    const rows = ids.map((id) => this.#parts.cronOf(id))
    return rows.filter((row) => row !== null).filter((row) => row.enabled && jobKey(row) === job)
  }
}

function jobOf({ cronName, action }: RunLock) {
  return { name: cronName, action }
}
