import type { RunRow } from '../../domain/history/run-row.ts'
import { describeHostPort } from '../../domain/host-port.ts'
import { describeMinute, startOf } from '../../domain/minute.ts'
import { describeReason, type ReasonCode } from '../../domain/reasons/reasons.ts'
import type { FiringWithRuns } from '../../store/history/history-store.ts'
import { fieldsOf } from './describe-firing.ts'

/** What happened to a firing at one moment. */
export type Step = {
  /** Epoch milliseconds. */
  readonly at: number
  readonly code: ReasonCode
  /** Null where it concerns the firing as a whole. */
  readonly host: string | null
  readonly run: string | null
  readonly sentence: string
}

const ORDER: readonly ReasonCode[] = ['DUE', 'QUEUED_HOST', 'STARTED']

/** Pure: the course of a firing, from what is stored of it, in the order of time. */
export function courseOf({ firing, runs }: FiringWithRuns): readonly Step[] {
  const whole = { host: null, run: null }
  const due: Step = { ...whole, at: startOf(firing.minute), code: 'DUE', sentence: describeReason('DUE', {}) }
  const steps = [due, ...runs.flatMap(stepsOf)]
  const last = runs.findLast(({ id }) => id === firing.run) ?? runs.at(-1)
  // The end of its only run says it already.
  const isSaid = last !== undefined && last.code === firing.code
  const end: Step = {
    ...whole,
    at: firing.endedAt,
    code: firing.code,
    sentence: describeReason(firing.code, fieldsOf(firing)),
  }
  const sorted = steps.toSorted((a, b) => a.at - b.at || rank(a) - rank(b))
  return isSaid ? sorted : [...sorted, end]
}

function rank({ code }: Step): number {
  const place = ORDER.indexOf(code)
  return place === -1 ? ORDER.length : place
}

function stepsOf(row: RunRow): readonly Step[] {
  const of = { host: describeHostPort(row.host, row.port), run: row.id }
  const step = (at: number | null, code: ReasonCode): readonly Step[] =>
    at === null ? [] : [{ ...of, at, code, sentence: describeReason(code, reasonFieldsOf(row)) }]
  return [...step(row.queuedAt, 'QUEUED_HOST'), ...step(row.startedAt, 'STARTED'), ...step(row.endedAt, row.code)]
}

function reasonFieldsOf({ job, host, user, minute, reason, exitCode, signal }: RunRow) {
  return { job: job.name, host, user, minute: describeMinute(minute), reason, exitCode, signal }
}
