import type { Cron } from '../domain/cron.ts'
import { describeMinute, type Minute } from '../domain/minute.ts'
import { describeOutcome, type Outcome } from '../domain/outcome.ts'
import type { CapturedOutput, Run, RunResult } from '../domain/run.ts'
import type { Log, LogFields } from '../platform/log/log.ts'

/** How much of a run's output a log line holds, from each end. */
const OUTPUT_CHARACTERS = 1024

/** The stable fields that name a run in the log. */
export function fieldsOfRun({ id, cron, minute }: Run): LogFields {
  return { run: id, ...fieldsOfCron(cron, minute) }
}

export function fieldsOfCron(cron: Cron, minute: Minute): LogFields {
  const { id, name, system, auth } = cron
  return { cron: id, job: name, host: system.host, user: auth.user, minute: describeMinute(minute) }
}

/** One line for the end of a run. */
export function logEnd(log: Log, fields: LogFields, { outcome, output, durationMs }: RunResult): void {
  const line = { ...fields, ...fieldsOfOutcome(outcome), durationMs, ...fieldsOfOutput(outcome, output) }
  log[levelOf(outcome)](line, 'run ended')
}

/** One line for what did not run. */
export function logNotRun(log: Log, fields: LogFields, outcome: Outcome): void {
  log[levelOf(outcome)]({ ...fields, ...fieldsOfOutcome(outcome) }, `run ${outcome.kind}`)
}

/** What the `errors` column says: null after a success, else one line. */
export function errorsOf({ outcome, output }: Pick<RunResult, 'outcome' | 'output'>): string | null {
  if (outcome.kind === 'succeeded') return null
  const text = `${describeOutcome(outcome)} ${output.stderrHead}`
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out.
  return text.replace(/[\u0000-\u0020\u007f]+/g, ' ').trim()
}

function fieldsOfOutcome(outcome: Outcome): LogFields {
  const fields = { outcome: outcome.kind }
  switch (outcome.kind) {
    case 'succeeded':
      return { ...fields, exitCode: 0 }
    case 'failed':
      return { ...fields, exitCode: outcome.exitCode }
    case 'signaled':
      return { ...fields, signal: outcome.signal, ...(outcome.reason !== undefined && { reason: outcome.reason }) }
    case 'timed-out':
      return { ...fields, afterMs: outcome.afterMs }
    case 'killed':
      return { ...fields, by: outcome.by }
    case 'unreachable':
    case 'refused':
      return { ...fields, reason: outcome.reason, ...(outcome.detail === undefined ? {} : { detail: outcome.detail }) }
    case 'lost':
    case 'blocked':
    case 'skipped':
    case 'missed':
      return { ...fields, reason: outcome.reason }
    default:
      return outcome satisfies never
  }
}

function fieldsOfOutput(outcome: Outcome, output: CapturedOutput): LogFields {
  const { stdoutBytes, stderrBytes } = output
  const counts = { stdoutBytes, stderrBytes }
  if (outcome.kind !== 'succeeded') return { ...counts, output: excerptOf(output) }
  return stderrBytes === 0 ? counts : { ...counts, stderr: output.stderrHead.slice(0, OUTPUT_CHARACTERS) }
}

function excerptOf({ head, tail, omittedBytes }: CapturedOutput): string {
  const whole = omittedBytes === 0 ? head + tail : ''
  if (omittedBytes === 0 && whole.length <= 2 * OUTPUT_CHARACTERS) return whole
  const end = (tail === '' ? head : tail).slice(-OUTPUT_CHARACTERS)
  return `${head.slice(0, OUTPUT_CHARACTERS)} … ${end}`
}

function levelOf(outcome: Outcome): 'info' | 'warn' | 'error' | 'alarm' {
  switch (outcome.kind) {
    case 'succeeded':
      return 'info'
    case 'killed':
    case 'skipped':
    case 'missed':
      return 'warn'
    case 'failed':
    case 'signaled':
    case 'timed-out':
    case 'unreachable':
    case 'refused':
    case 'blocked':
      return 'error'
    case 'lost':
      return 'alarm'
    default:
      return outcome satisfies never
  }
}
