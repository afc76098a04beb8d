import { randomUUID } from 'node:crypto'
import { pausedReason, pauseOf } from '../../definitions/judge/pauses/pause.ts'
import type { Snapshot } from '../../definitions/snapshot.ts'
import type { Dispatcher } from '../../dispatch/dispatcher.ts'
import { type CronOutcome, type FiringResult, hasSucceeded } from '../../dispatch/firing-result.ts'
import { BUG } from '../../domain/bug.ts'
import type { Cron } from '../../domain/cron.ts'
import { type Firing, jobKey } from '../../domain/job.ts'
import { minuteOf } from '../../domain/minute.ts'
import { describeOutcome, statusOfOutcome } from '../../domain/outcome.ts'
import { cronsByReference } from '../../domain/references/crons-by-reference.ts'
import type { RunId } from '../../domain/run.ts'
import { keepNewest } from '../../platform/bounded-map.ts'
import type { Clock } from '../../platform/clock.ts'
import { within } from '../../platform/waiting/within.ts'
import { ControlFault } from '../faults.ts'
import type { FiringAnswer, FiringOrder, LiveRun } from '../schemas.ts'
import { hintOf } from './match-runs.ts'

/** Who asks for a firing is answered after so long, though it has not begun: it may wait for a place, or for a death. Milliseconds. */
const BEGIN_MS = 10_000

/** So many firings can still be asked about. */
const MOST = 1_000

/** What carries firings out, and what they are made of. */
export type ManualFiringsParts = {
  readonly clock: Clock
  readonly dispatcher: Pick<Dispatcher, 'fireByHand'>
  readonly snapshot: () => Snapshot | null
  /** The active ones among these runs. */
  readonly activeOf: (runs: readonly RunId[]) => readonly LiveRun[]
}

type Known = {
  readonly id: string
  readonly firing: Firing
  readonly runs: readonly RunId[]
  readonly isDisabled: boolean
  readonly over: Promise<FiringResult>
  result: FiringResult | null
}

/** Jobs that operators start now. */
export class ManualFirings {
  readonly #parts: ManualFiringsParts
  readonly #known = new Map<string, Known>()

  constructor(parts: ManualFiringsParts) {
    this.#parts = parts
  }

  /** Starts what `order` calls; resolves when it has begun or is decided not to. Rejects with a ControlFault where it calls no single job. */
  async fire(order: FiringOrder, by: string): Promise<FiringAnswer> {
    const { clock, dispatcher } = this.#parts
    const crons = order.isForced ? this.#cronsOf(order) : this.#unpaused(this.#cronsOf(order))
    const [{ name, action }] = crons
    const firing = { job: { name, action }, minute: minuteOf(clock.now()), crons }
    const { runs, begun, result } = dispatcher.fireByHand(firing, { isForced: order.isForced, by })
    const isDisabled = crons.every(({ enabled }) => !enabled)
    const known: Known = { id: randomUUID(), firing, runs, isDisabled, over: result, result: null }
    void result.then((ended) => {
      known.result = ended
    })
    keepNewest(this.#known, known.id, known, MOST)
    await within(clock, BEGIN_MS, begun)
    // What was decided not to begin is over with that.
    await within(clock, 0, result)
    return this.#answerOf(known)
  }

  /** Waits for its end, at most `waitMs`. Rejects with a ControlFault if it is not known, or not any more. */
  async wait(id: string, waitMs: number): Promise<FiringAnswer> {
    const known = this.#known.get(id)
    if (known === undefined) throw new ControlFault('NOT_FOUND', `firing ${id} is not known to this daemon`)
    await within(this.#parts.clock, waitMs, known.over)
    return this.#answerOf(known)
  }

  #cronsOf({ job, host }: FiringOrder): readonly [Cron, ...Cron[]] {
    const snapshot = this.#parts.snapshot()
    if (snapshot === null) throw new ControlFault('REFUSED', 'there are no definitions to run by: the store is away')
    const called = cronsByReference(snapshot.crons, job)
    const onHost = host === undefined ? called : cronsByReference(called, `${called[0]?.name}@${host}`)
    const enabled = onHost.filter((cron) => cron.enabled)
    const [first, ...others] = enabled.length > 0 ? enabled : onHost
    if (called.length === 0) throw unknownJob(job, snapshot)
    if (first === undefined) throw new ControlFault('NOT_FOUND', `${job} has no row on ${host}`, hostsOf(called))
    if (others.some((cron) => jobKey(cron) !== jobKey(first))) throw severalJobs(job, onHost)
    return [first, ...others]
  }

  /** Those that are not paused. Throws a ControlFault where all are. */
  #unpaused(crons: readonly [Cron, ...Cron[]]): readonly [Cron, ...Cron[]] {
    const pauses = this.#parts.snapshot()?.pauses ?? []
    const now = this.#parts.clock.now()
    const [first, ...others] = crons.filter((cron) => pauseOf(pauses, cron, now) === null)
    if (first !== undefined) return [first, ...others]
    const reason = pausedReason(pauses, crons[0], now)
    throw new ControlFault(
      'REFUSED',
      `nothing was started: ${reason}`,
      'With --force it runs all the same; "rcron resume" ends a pause.',
    )
  }

  #answerOf({ id, firing, runs, isDisabled, result }: Known): FiringAnswer {
    const { job, crons } = firing
    return {
      firing: id,
      job: job.name,
      action: job.action,
      state: result === null ? 'active' : 'ended',
      hosts: crons.map(({ system }) => system.host),
      isDisabled,
      active: result === null ? [...this.#parts.activeOf(runs)] : [],
      hasSucceeded: result === null ? null : hasSucceeded(result),
      outcomes: (result?.outcomes ?? []).map(outcomeOf),
    }
  }
}

function outcomeOf({ cron, run, outcome }: CronOutcome): FiringAnswer['outcomes'][number] {
  return {
    run,
    host: cron.system.host,
    outcome: outcome?.kind ?? null,
    ...statusOfOutcome(outcome),
    description: outcome === null ? `${BUG}: its end is not known` : describeOutcome(outcome),
  }
}

function unknownJob(job: string, { crons }: Snapshot): ControlFault {
  const names = crons.map(({ name }) => name)
  return new ControlFault('NOT_FOUND', `${job}: there is no such job that can be used`, hintOf(job, names))
}

function hostsOf(crons: readonly Cron[]): string {
  return `It runs on ${crons.map(({ system }) => system.host).join(', ')}.`
}

function severalJobs(job: string, crons: readonly Cron[]): ControlFault {
  const rows = crons.map(({ id, action, system }) => `${id} (${action} on ${system.host})`).join(', ')
  return new ControlFault('AMBIGUOUS', `${job} is the name of several jobs: rows ${rows}`, 'Give the id of a row.')
}
