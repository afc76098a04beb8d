import type { Outcome } from '../domain/outcome.ts'
import type { CapturedOutput } from '../domain/run.ts'
import type { LogFields } from '../platform/log/log.ts'

/** How much of a run's output a log line holds, from each end. */
const OUTPUT_CHARACTERS = 1024

/** What a line says of an outcome. */
export function fieldsOfOutcome(outcome: Outcome): LogFields {
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
    case 'paused':
    case 'missed':
      return { ...fields, reason: outcome.reason }
    default:
      return outcome satisfies never
  }
}

/** In RFC 3339. */
export function describeMoment(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

/** Those fields that say something. */
export function present(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => (value ?? '') !== ''))
}

/** What a line holds of what a run printed: more where it did not succeed. */
export function fieldsOfOutput(outcome: Outcome, output: CapturedOutput): LogFields {
  const { stdoutBytes, stderrBytes } = output
  const counts = { stdoutBytes, stderrBytes }
  if (outcome.kind !== 'succeeded') return { ...counts, output: excerptOf(output) }
  return stderrBytes === 0 ? counts : { ...counts, stderr: output.streams.stderr.head.slice(0, OUTPUT_CHARACTERS) }
}

function excerptOf({ head, tail, omittedBytes }: CapturedOutput): string {
  const whole = omittedBytes === 0 ? head + tail : ''
  if (omittedBytes === 0 && whole.length <= 2 * OUTPUT_CHARACTERS) return whole
  const end = (tail === '' ? head : tail).slice(-OUTPUT_CHARACTERS)
  return `${head.slice(0, OUTPUT_CHARACTERS)} … ${end}`
}

/** How loudly an outcome is reported. */
export function levelOf(outcome: Outcome): 'info' | 'warn' | 'error' | 'alarm' {
  switch (outcome.kind) {
    case 'succeeded':
    case 'paused':
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
