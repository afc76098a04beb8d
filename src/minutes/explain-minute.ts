import { type ActiveFacts, type FiringPlan, type PausedReason, planFiring } from '../dispatch/plan-firing.ts'
import type { Cron } from '../domain/cron.ts'
import type { Firing } from '../domain/job.ts'
import type { Minute } from '../domain/minute.ts'
import { describeProblem, type Problem } from '../domain/problem.ts'
import { hasMinute, type MinuteSet } from './plan-ranges.ts'

/** What is known of a minute that is to be explained. */
export type ExplainFacts = {
  readonly minute: Minute
  /** Every usable row. */
  readonly crons: Iterable<Cron>
  /** What was found wrong with rows; those of severity `error` do not run. */
  readonly problems: readonly Problem[]
  /** What is due in the minute. */
  readonly firings: readonly Firing[]
  readonly active: readonly ActiveFacts[]
  /** The minutes that were planned before; empty for a manual firing, which may repeat them. */
  readonly planned: MinuteSet
  /** Why a cron is not started in the minute, where a pause keeps it from that. Absent: nothing is paused. */
  readonly pausedReason?: PausedReason
}

/** What a cron does in the minute, or why it does nothing. */
export type Explanation =
  /** Started at once. `kills`: runs whose death is confirmed before. */
  | { readonly kind: 'runs'; readonly cron: Cron; readonly kills: readonly string[] }
  /** Started if the `after` crons before it in its job all fail. */
  | { readonly kind: 'stands-by'; readonly cron: Cron; readonly after: number }
  | { readonly kind: 'paused'; readonly cron: Cron; readonly reason: string }
  | { readonly kind: 'still-active'; readonly cron: Cron; readonly reason: string }
  | { readonly kind: 'disabled' | 'not-due' | 'already-planned'; readonly cron: Cron }
  | { readonly kind: 'bad-row'; readonly cron: null; readonly reason: string }

/** Explains every cron: those of each firing in the order in which they would be tried, then the others, then the bad rows. */
export function* explainMinute(facts: ExplainFacts): Generator<Explanation> {
  for (const firing of facts.firings) yield* explainFiring(firing, facts)
  const due = new Set(facts.firings.flatMap(({ crons }) => crons.map(({ id }) => id)))
  for (const cron of facts.crons) {
    if (!due.has(cron.id)) yield { kind: cron.enabled ? 'not-due' : 'disabled', cron }
  }
  for (const problem of facts.problems) {
    if (problem.severity === 'error') yield { kind: 'bad-row', cron: null, reason: describeProblem(problem) }
  }
}

/** One phrase for a table. */
export function describeExplanation(explanation: Explanation): string {
  switch (explanation.kind) {
    case 'runs':
      return explanation.kills.length === 0 ? 'runs' : `runs once ${explanation.kills.join(', ')} is killed`
    case 'stands-by':
      return `runs if the ${explanation.after === 1 ? 'one' : explanation.after} before it in the job fail`
    case 'paused':
      return `paused: ${explanation.reason}`
    case 'still-active':
      return `skipped: ${explanation.reason}`
    case 'disabled':
      return 'disabled'
    case 'not-due':
      return 'not due'
    case 'already-planned':
      return 'this minute is already planned'
    case 'bad-row':
      return explanation.reason
    default:
      return explanation satisfies never
  }
}

function explainFiring(firing: Firing, { planned, minute, active, pausedReason }: ExplainFacts): Iterable<Explanation> {
  if (hasMinute(planned, minute)) return firing.crons.map((cron) => ({ kind: 'already-planned', cron }))
  return explainPlan(planFiring(firing, active, pausedReason))
}

function* explainPlan(plan: FiringPlan): Generator<Explanation> {
  yield* explainUnpaused(plan)
  for (const { cron, reason } of plan.paused) yield { kind: 'paused', cron, reason }
}

function* explainUnpaused(plan: FiringPlan): Generator<Explanation> {
  switch (plan.kind) {
    case 'paused':
      return
    case 'skip':
      for (const cron of plan.crons) yield { kind: 'still-active', cron, reason: plan.reason }
      return
    case 'walk':
      for (const [after, cron] of plan.order.entries()) {
        yield after === 0 ? { kind: 'runs', cron, kills: plan.kill } : { kind: 'stands-by', cron, after }
      }
      return
    case 'all':
      for (const cron of plan.start) yield { kind: 'runs', cron, kills: [] }
      for (const { cron, reason } of plan.skipped) yield { kind: 'still-active', cron, reason }
      return
    default:
      plan satisfies never
  }
}
