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
  /** The row that is carried out now, of those it was started from. Absent or null: that is not known. */
  readonly present?: { readonly cron: number } | null
}

/** What becomes of a firing. */
export type FiringPlan =
  /** Nothing is started: all of it is paused, or what would have to be killed is. */
  | { readonly kind: 'paused'; readonly paused: readonly SkippedCron[] }
  /** `paused`: they are passed over. */
  | (PlanOfSome & { readonly paused: readonly SkippedCron[] })

/** What becomes of those crons of a firing that are not paused. */
type PlanOfSome =
  /** Nothing is started: a run of the job is still active, or waits to begin. */
  | { readonly kind: 'skip'; readonly crons: readonly Cron[]; readonly reason: string }
  /** One after the other in this order, after every run of `kill` is confirmed dead. */
  | { readonly kind: 'walk'; readonly order: readonly Cron[]; readonly kill: readonly RunId[] }
  /** All of `start` at once. */
  | { readonly kind: 'all'; readonly start: readonly Cron[]; readonly skipped: readonly SkippedCron[] }

/** A cron that does not run this time, and why. */
export type SkippedCron = { readonly cron: Cron; readonly reason: string }

/** Why a cron is not to be started for now, in words; null if it may be. */
export type PausedReason = (cron: Cron) => string | null

/**
 * Decides how one firing is carried out beside the runs that are active.
 * A run belongs to the firing if it was started for the firing's job, or from a row of the firing, however edited since.
 */
export function planFiring(
  firing: Firing,
  active: Iterable<ActiveFacts>,
  pausedReason: PausedReason = () => null,
): FiringPlan {
  const paused = firing.crons.flatMap((cron): readonly SkippedCron[] => {
    const reason = pausedReason(cron)
    return reason === null ? [] : [{ cron, reason }]
  })
  const overlapping = overlapOf(firing, active)
  if (paused.length === 0) return { ...planUnpaused(firing, overlapping), paused }
  if (paused.length === firing.crons.length) return { kind: 'paused', paused }
  const isPaused = new Set(paused.map(({ cron }) => cron))
  const rest = { ...firing, crons: firing.crons.filter((cron) => !isPaused.has(cron)) }
  // What runs on a paused row is active of the job all the same.
  return withoutTouching(planUnpaused(rest, overlapping), { firing, overlapping, paused })
}

function planUnpaused(firing: Firing, overlapping: readonly ActiveFacts[]): PlanOfSome {
  const { action } = firing.job
  if (action === 'all') return planAll(firing, overlapping)
  const [first] = overlapping
  if (action === 'clobber') return planClobber(firing, overlapping)
  if (first !== undefined) return { kind: 'skip', crons: firing.crons, reason: describeStage(first) }
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
    case 'paused':
    case 'missed':
      return 'stop'
    default:
      return outcome satisfies never
  }
}

/** There is nothing to kill of what only waits; it keeps its place, or under a full throttle the job would never come to run. */
function planClobber({ crons }: Firing, overlapping: readonly ActiveFacts[]): PlanOfSome {
  const waiting = overlapping.find(({ isWaiting }) => isWaiting)
  if (waiting !== undefined) return { kind: 'skip', crons, reason: describeStage(waiting) }
  return { kind: 'walk', order: crons, kill: overlapping.map(({ id }) => id) }
}

function planAll({ crons }: Firing, active: readonly ActiveFacts[]): PlanOfSome {
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

type PartlyPaused = {
  readonly firing: Firing
  readonly overlapping: readonly ActiveFacts[]
  readonly paused: readonly SkippedCron[]
}

/** A run on a paused row is not killed; what would have to wait for its death does not begin. */
function withoutTouching(plan: PlanOfSome, { firing, overlapping, paused }: PartlyPaused): FiringPlan {
  const killed = plan.kind === 'walk' ? plan.kill : []
  const doomed = overlapping.filter(({ id }) => killed.includes(id))
  const kept = paused.find(({ cron }) => doomed.some((run) => isOn(run, cron.id)))
  if (kept === undefined) return { ...plan, paused }
  const reason = `what is active of it is not killed: ${kept.reason}`
  return { kind: 'paused', paused: firing.crons.map((cron) => ({ cron, reason })) }
}

function isOn({ present, crons }: ActiveFacts, cron: number): boolean {
  return present === undefined || present === null ? crons.includes(cron) : present.cron === cron
}

function overlapOf(firing: Firing, active: Iterable<ActiveFacts>): ActiveFacts[] {
  const job = jobKey(firing.job)
  const rows = new Set(firing.crons.map(({ id }) => id))
  return [...active].filter((run) => run.job === job || run.crons.some((id) => rows.has(id)))
}
