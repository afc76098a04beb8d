import { jobKey } from '../domain/job.ts'
import type { Outcome } from '../domain/outcome.ts'
import { leadsOn } from '../domain/reasons/firing-end.ts'
import { type RunId, resultWithoutOutput } from '../domain/run.ts'
import type { CronFacts, FiringFacts, RunEvent, RunEventOf } from '../domain/run-event.ts'
import type { LogFields } from '../platform/log/log.ts'
import { fieldsOfOutput } from './outcome-fields.ts'

/** How one cron of a firing came out, with what a line says of it. */
export type ToldAttempt = {
  readonly cron: CronFacts
  readonly run: RunId | null
  readonly outcome: Outcome
  /** Its place in the walk, from 1; null where there is none, or it is not known. */
  readonly number: number | null
  readonly durationMs: number | null
  /** Where that was not heard at once. */
  readonly endedAt: number | null
  readonly waitMs: number
  readonly isAdopted: boolean
  /** What it printed, as fields. */
  readonly printed: LogFields
}

/** What is to be said: that all of a firing is over, or that one attempt of it did not succeed and it goes on. */
export type ToldFiring = {
  readonly isOver: boolean
  readonly firing: FiringFacts
  /** In the order of their ends; of what goes on that one attempt alone. */
  readonly attempts: readonly ToldAttempt[]
  /** How many hosts it has; null where that is not known. */
  readonly of: number | null
}

type OpenFiring = { readonly of: number; readonly attempts: ToldAttempt[]; isTold: boolean }

/** What is remembered of firings under way; beyond that the oldest are taken for those of an earlier process. */
const MOST_OPEN = 50_000

/**
 * Decides, event by event, what is to be said of firings, each of which is over once. A walk is over with the run after which it does not
 * go on, and said to be so before the lock of that run goes: a process that is killed has said it, or left the lock.
 */
export class ToldFirings {
  readonly #open = new Map<string, OpenFiring>()

  note(event: RunEvent): ToldFiring | null {
    switch (event.kind) {
      case 'fired':
        this.#begin(event)
        return null
      case 'ended':
      case 'not-run':
        return this.#attempted(event.run.firing, attemptOf(event), hostsLeftOf(event))
      case 'ended-elsewhere':
        return this.#elsewhere(event.run.firing)
      case 'firing-ended':
        return this.#ended(event)
      default:
        return null
    }
  }

  #begin({ firing, crons }: RunEventOf<'fired'>): void {
    this.#open.set(keyOf(firing), { of: crons.length, attempts: [], isTold: false })
    if (this.#open.size <= MOST_OPEN) return
    const [oldest] = this.#open.keys()
    if (oldest !== undefined) this.#open.delete(oldest)
  }

  #attempted(firing: FiringFacts, attempt: ToldAttempt, hostsLeft: number): ToldFiring | null {
    const open = this.#open.get(keyOf(firing))
    if (open === undefined) {
      // Whether a loss leads on is for its row to say, which is not known here.
      const isLost = attempt.outcome.kind === 'lost'
      return mayGoOn(attempt, hostsLeft) && !isLost ? left(firing, attempt, null) : over(firing, [attempt], null)
    }
    open.attempts.push(attempt)
    if (open.isTold) return null
    const isLast = firing.job.action === 'all' ? open.attempts.length >= open.of : !mayGoOn(attempt, hostsLeft)
    if (isLast) {
      open.isTold = true
      return over(firing, open.attempts, open.of)
    }
    return attempt.outcome.kind === 'succeeded' ? null : left(firing, attempt, open.of)
  }

  /** Who ended the run of a walk says how that ended. */
  #elsewhere(firing: FiringFacts): null {
    const open = this.#open.get(keyOf(firing))
    if (open !== undefined && firing.job.action !== 'all') open.isTold = true
    return null
  }

  /** Whatever has not said so before: a walk that was to go on and did not, and what rcron itself has failed over in part. */
  #ended({ firing, attempts }: RunEventOf<'firing-ended'>): ToldFiring | null {
    const open = this.#open.get(keyOf(firing))
    this.#open.delete(keyOf(firing))
    if (open?.isTold) return null
    const known = open?.attempts ?? []
    const ends = attempts.flatMap(({ cron, run, outcome }, at) => {
      // Where it is null a bug was reported, or its end is left to the next start.
      if (outcome === null) return []
      return known.find((one) => one.cron.cron === cron.cron) ?? { ...UNKNOWN, cron, run, outcome, number: at + 1 }
    })
    return ends.length === 0 ? null : over(firing, ends, open?.of ?? null)
  }
}

const UNKNOWN = { durationMs: null, endedAt: null, waitMs: 0, isAdopted: false, printed: {} } as const

/** Whether its walk may go on after it. */
function mayGoOn({ outcome }: ToldAttempt, hostsLeft: number): boolean {
  return hostsLeft > 0 && leadsOn(outcome.kind)
}

function over(firing: FiringFacts, attempts: readonly ToldAttempt[], of: number | null): ToldFiring {
  return { isOver: true, firing, attempts, of }
}

function left(firing: FiringFacts, attempt: ToldAttempt, of: number | null): ToldFiring {
  return { isOver: false, firing, attempts: [attempt], of }
}

function hostsLeftOf({ run }: RunEventOf<'ended' | 'not-run'>): number {
  return run.id === null ? 0 : run.hostsLeft
}

function attemptOf(event: RunEventOf<'ended' | 'not-run'>): ToldAttempt {
  const { run } = event
  const result = event.kind === 'ended' ? event.result : resultWithoutOutput(event.outcome)
  const { outcome, durationMs, endedAt = null } = result
  const printed = event.kind === 'ended' ? fieldsOfOutput(outcome, result.output) : {}
  const facts =
    run.id === null
      ? { number: null, waitMs: 0, isAdopted: false }
      : { number: run.attempt?.number ?? null, waitMs: run.waitMs, isAdopted: run.isAdopted }
  return { cron: run, run: run.id, outcome, durationMs, endedAt, ...facts, printed }
}

function keyOf({ job, minute, series }: FiringFacts): string {
  return `${series ?? ''},${jobKey(job)},${minute}`
}
