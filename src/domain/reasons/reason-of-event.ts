import type { RunEvent } from '../run-event.ts'
import { reasonOfOutcome } from './reason-of-outcome.ts'
import type { ReasonCode } from './reasons.ts'

/** The one code of what has happened; an end's where it is one. */
export function reasonOfEvent(event: RunEvent): ReasonCode {
  switch (event.kind) {
    case 'ended':
      return reasonOfOutcome(event.result.outcome)
    case 'not-run':
      return reasonOfOutcome(event.outcome)
    case 'queued':
      return event.limit === 'host' ? 'QUEUED_HOST' : 'QUEUED_GLOBAL'
    default:
      return CODES[event.kind]
  }
}

const CODES = {
  fired: 'DUE',
  'firing-ended': 'FIRING_ENDED',
  continued: 'CONTINUED',
  'not-continued': 'NOT_CONTINUED',
  'awaiting-host': 'AWAITING_HOST',
  started: 'STARTED',
  'contact-lost': 'CONTACT_LOST',
  'contact-still-lost': 'CONTACT_LOST',
  'contact-found': 'CONTACT_FOUND',
  adopted: 'ADOPTED',
  'not-adopted': 'NOT_ADOPTED',
  'kill-unconfirmed': 'KILL_UNCONFIRMED',
  'ended-elsewhere': 'ENDED_ELSEWHERE',
  missed: 'MISSED_DAEMON_DOWN',
  interrupted: 'INTERRUPTED',
} as const satisfies Readonly<Record<Exclude<RunEvent['kind'], 'ended' | 'not-run' | 'queued'>, ReasonCode>>
