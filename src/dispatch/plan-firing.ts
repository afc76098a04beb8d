import type { Cron } from '../domain/cron.ts'
import { type Firing, jobKey } from '../domain/job.ts'
import type { Minute } from '../domain/minute.ts'
import type { Outcome } from '../domain/outcome.ts'
import type { RunId } from '../domain/run.ts'
import { shuffled } from './plan-shuffle.ts'
import { describeStage, type Stage } from './plan-stage.ts'

/** A run that was begun, or is about to be, and has not been seen to end; or a walk from host to host, known by its present run. */
export type ActiveFacts = {
  readonly id: RunId
  /** Ids of the rows it was started from. */
  readonly crons: readonly number[]
  /** `jobKey` of the job it was started for, whatever its row says by now. */
  readonly job: string
  readonly minute: Minute
  /** Nothing of it is handed over now: it waits for its place, or for the death of what was before it. */
  readonly isWaiting: boolean
  readonly stage: Stage
}

/** What becomes of a firing. */
export type FiringPlan =
  /** Nothing is started: a run of the job is still active, or waits to begin. */
  | { readonly kind: 'skip'; readonly reason: string }
  /** One after the other in this order, after every run of `kill` is confirmed dead. */
  | { readonly kind: 'walk'; readonly order: readonly Cron[]; readonly kill: readonly RunId[] }
  /** All of `start` at once. */
  | { readonly kind: 'all'; readonly start: readonly Cron[]; readonly skipped: readonly SkippedCron[] }

/** A cron that does not run this time, and why. */
export type SkippedCron = { readonly cron: Cron; readonly reason: string }

/**
 * Decides how one firing is carried out beside the runs that are active.
 * A run belongs to the firing if it was started for the firing's job, or from a row of the firing, however edited since.
 */
export function planFiring(firing: Firing, active: Iterable<ActiveFacts>): FiringPlan {
  const { action } = firing.job
  if (action === 'all') return planAll(firing, active)
  const overlapping = overlapOf(firing, active)
  const [first] = overlapping
  if (action === 'clobber') return planClobber(firing, overlapping)
  if (first !== undefined) return { kind: 'skip', reason: describeStage(first) }
  return { kind: 'walk', order: action === 'shuffle' ? shuffled(firing) : firing.crons, kill: [] }
}

/** What a walk does after one of its runs ended. */
export type AfterOutcome = 'next' | 'stop'

/**
 * On to the next host after an end that leaves nothing behind: a failure, or no contact. Not after success, nor after a
 * loss (unless the cron says so): a lost run may have done its work. While a run is unknown there is no outcome, and the walk waits.
 */
export function afterOutcome(outcome: Outcome, cron: Pick<Cron, 'onLost'>): AfterOutcome {
  switch (outcome.kind) {
    case 'failed':
    case 'signaled':
    case 'timed-out':
    case 'unreachable':
    case 'refused':
      return 'next'
    case 'lost':
      return cron.onLost === 'failover' ? 'next' : 'stop'
    case 'succeeded':
    case 'killed':
    case 'blocked':
    case 'skipped':
    case 'missed':
      return 'stop'
    default:
      return outcome satisfies never
  }
}

/** There is nothing to kill of what only waits; it keeps its place, or under a full throttle the job would never come to run. */
function planClobber({ crons }: Firing, overlapping: readonly ActiveFacts[]): FiringPlan {
  const waiting = overlapping.find(({ isWaiting }) => isWaiting)
  if (waiting !== undefined) return { kind: 'skip', reason: describeStage(waiting) }
  return { kind: 'walk', order: crons, kill: overlapping.map(({ id }) => id) }
}

function planAll({ crons }: Firing, active: Iterable<ActiveFacts>): FiringPlan {
  const byCron = new Map<number, ActiveFacts>()
  for (const run of active) for (const id of run.crons) byCron.set(id, run)
  const start: Cron[] = []
  const skipped: SkippedCron[] = []
  for (const cron of crons) {
    const run = byCron.get(cron.id)
    if (run === undefined) start.push(cron)
    else skipped.push({ cron, reason: describeStage(run) })
  }
  return { kind: 'all', start, skipped }
}

function overlapOf(firing: Firing, active: Iterable<ActiveFacts>): ActiveFacts[] {
  const job = jobKey(firing.job)
  const rows = new Set(firing.crons.map(({ id }) => id))
  return [...active].filter((run) => run.job === job || run.crons.some((id) => rows.has(id)))
}
