import { type Minute, startOf } from '../../domain/minute.ts'
import { describeOutcome, type Outcome } from '../../domain/outcome.ts'
import type { CronFacts, FiringFacts, NoRun, RunEvent, RunFacts } from '../../domain/run-event.ts'
import type { ToldEnd, ToldEvent } from '../feed-schemas.ts'

/** What those who read on are told of an event: without what a run has printed. Pure. */
export function toldEvent(event: RunEvent): ToldEvent {
  const at = new Date(event.at).toISOString()
  const told = { ...NOTHING, kind: event.kind, at, reason: reasonOf(event), end: endOf(event) }
  if ('run' in event) return { ...told, ...ofRun(event.run) }
  if ('firing' in event) return { ...told, ...ofFiring(event.firing), crons: cronsOf(event) }
  const { job, crons, last } = event
  return { ...told, job: job.name, action: job.action, minute: instantOf(last), how: null, by: null, crons: [...crons] }
}

/** How a run ended, in the words of the interface. */
export function toldEnd(outcome: Outcome, durationMs: number | null): ToldEnd {
  return {
    outcome: outcome.kind,
    exitCode: outcome.kind === 'failed' ? outcome.exitCode : outcome.kind === 'succeeded' ? 0 : null,
    signal: outcome.kind === 'signaled' ? outcome.signal : null,
    description: describeOutcome(outcome),
    durationMs: durationMs === null ? null : Math.round(durationMs),
  }
}

const NOTHING = { run: null, host: null, port: null, user: null, attempt: null } as const

function ofFiring({ job, minute, how, by }: FiringFacts) {
  return { job: job.name, action: job.action, minute: instantOf(minute), how, by: by ?? null }
}

function ofRun(run: RunFacts | NoRun) {
  return { ...ofFiring(run.firing), ...ofCron(run), run: run.id, attempt: run.id === null ? null : run.attempt }
}

function ofCron({ cron, host, port, user }: CronFacts) {
  return { crons: [cron], host, port, user }
}

function cronsOf(event: Extract<RunEvent, { readonly firing: FiringFacts }>): number[] {
  return event.kind === 'fired' ? [...event.crons] : event.attempts.map(({ cron }) => cron.cron)
}

function reasonOf(event: RunEvent): string | null {
  if (event.kind === 'not-adopted') return event.failure.message
  return 'reason' in event ? event.reason : null
}

function endOf(event: RunEvent): ToldEnd | null {
  if (event.kind === 'ended') return toldEnd(event.result.outcome, event.result.durationMs)
  return event.kind === 'not-run' ? toldEnd(event.outcome, null) : null
}

function instantOf(minute: Minute): string {
  return new Date(startOf(minute)).toISOString()
}
