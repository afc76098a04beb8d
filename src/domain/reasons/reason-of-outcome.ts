import type { KilledBy, Outcome } from '../outcome.ts'
import type { EndCode } from './reasons.ts'

const KILLS: Readonly<Record<KilledBy, EndCode>> = {
  clobber: 'CLOBBERED',
  operator: 'KILLED',
  shutdown: 'KILLED_AT_SHUTDOWN',
}

/** The one code of a run's end; null, where rcron itself has failed over the run, has one as well. */
export function reasonOfOutcome(outcome: Outcome | null): EndCode {
  if (outcome === null) return 'INTERNAL_ERROR'
  switch (outcome.kind) {
    case 'succeeded':
      return 'SUCCEEDED'
    case 'failed':
      return 'FAILED'
    case 'signaled':
      return 'SIGNALED'
    case 'timed-out':
      return 'TIMED_OUT'
    case 'killed':
      return KILLS[outcome.by]
    case 'unreachable':
      return outcome.code ?? 'HOST_UNREACHABLE'
    case 'refused':
      return outcome.code ?? 'HOST_REFUSED'
    case 'lost':
      return 'LOST'
    case 'paused':
      return 'PAUSED'
    case 'blocked':
      return outcome.code ?? 'OVERLAP_BLOCKED'
    case 'skipped':
      return outcome.code ?? 'OVERLAP_SKIPPED'
    case 'missed':
      return outcome.code ?? 'MISSED_DAEMON_DOWN'
    default:
      return outcome satisfies never
  }
}
