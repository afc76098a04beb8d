import type { FiringRow } from '../../domain/history/firing-row.ts'
import { describeMinute, startOf } from '../../domain/minute.ts'
import { describeReason, nextCommandOf, type ReasonFields } from '../../domain/reasons/reasons.ts'
import { ordinal } from '../../domain/words.ts'
import { formatLocal } from '../../schedule/local-time.ts'
import { zoneOf } from '../../schedule/timezone.ts'

/** Enough of an id to type it again. */
export const SHORT_ID = 8

/** What `--json` says of a firing. Times in RFC 3339. */
export function printedFiring(row: FiringRow) {
  return {
    id: row.id,
    job: row.job.name,
    action: row.job.action,
    due: instant(startOf(row.minute)),
    first_due: instant(startOf(row.first)),
    firings: row.count,
    how: row.how,
    actor: row.actor,
    fired: row.firedAt === null ? null : instant(row.firedAt),
    ended: instant(row.endedAt),
    outcome: row.kind,
    code: row.code,
    reason: row.reason,
    sentence: describeReason(row.code, fieldsOf(row)),
    next: nextCommandOf(row.code, fieldsOf(row)),
    run: row.run,
    host: row.host,
    exit_code: row.exitCode,
    signal: row.signal,
    tried: row.tried,
    hosts: row.of,
    duration_ms: row.durationMs,
  }
}

/** What a line says beside outcome and host: why it ended so, or that it took more than one host or stands for several. */
export function noteOf(row: FiringRow): string {
  const { kind, code, tried, of, count, first } = row
  const several = count > 1 ? [`${count} firings since ${describeMinute(first)}`] : []
  const walked = kind === 'succeeded' && tried !== null && tried > 1 ? [`${ordinal(tried)} of ${of ?? '?'} hosts`] : []
  const why = kind === 'succeeded' ? [] : [describeReason(code, fieldsOf(row))]
  return [...several, ...walked, ...why].join('; ')
}

export function fieldsOf({ job, host, minute, reason, exitCode, signal, tried }: FiringRow): ReasonFields {
  return { job: job.name, host, user: 'its user', minute: describeMinute(minute), reason, exitCode, signal, tried }
}

/** `2026-03-01T12:00+01:00`, with seconds where there are any. */
export function localTime(at: number, zone: string): string {
  return formatLocal(Math.floor(at / 60_000) as FiringRow['minute'], zoneOf(zone))
    .replace(/(T\d\d:\d\d):00/, '$1')
    .replace(/\+00:00$/, 'Z')
}

function instant(at: number): string {
  return new Date(at).toISOString()
}
