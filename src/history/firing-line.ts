import { describeHostPort } from '../domain/host-port.ts'
import { describeMinute } from '../domain/minute.ts'
import { type Outcome, statusOfOutcome } from '../domain/outcome.ts'
import { type FiringEnd, firingEnd } from '../domain/reasons/firing-end.ts'
import { reasonOfOutcome } from '../domain/reasons/reason-of-outcome.ts'
import { describeReason, type EndCode } from '../domain/reasons/reasons.ts'
import { describeDuration, ordinal } from '../domain/words.ts'
import type { LogFields } from '../platform/log/log.ts'
import { describeMoment, fieldsOfOutcome, present } from './outcome-fields.ts'
import type { ToldAttempt, ToldFiring } from './told-firing.ts'

/** What a line says of a firing, or of an attempt after which it goes on: the fields, the phrase behind `job NAME`, and what decides its level. */
export type FiringLine = { readonly fields: LogFields; readonly phrase: string; readonly outcome: Outcome }

/** Null where there is nothing to say. */
export function firingLine(told: ToldFiring): FiringLine | null {
  const { firing, attempts } = told
  const end = firingEnd(
    firing.job.action,
    attempts.map(({ outcome }) => outcome),
  )
  const decisive = attempts[end.decidedBy ?? -1]
  if (decisive === undefined) return null
  const place = placeOf(told, end, decisive)
  const { outcome } = decisive
  return { outcome, fields: fieldsOf(told, decisive, codeOf(told, end, decisive)), phrase: phraseOf(place, decisive) }
}

const VERBS: Readonly<Record<Outcome['kind'], string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  signaled: 'was ended by a signal',
  'timed-out': 'timed out',
  killed: 'was killed',
  unreachable: 'did not begin',
  refused: 'did not begin',
  lost: 'was lost',
  blocked: 'was blocked',
  skipped: 'was skipped',
  paused: 'is paused',
  missed: 'was missed',
}

/** Where it came out so. `isAll`: of its hosts none came out otherwise. */
type Place = { readonly isAll: boolean; readonly text: string }

function placeOf(told: ToldFiring, { code }: FiringEnd, decisive: ToldAttempt): Place {
  const { attempts, firing } = told
  const of = told.of ?? attempts.length
  if (of > 1 && firing.job.action === 'all' && told.isOver) return placesOfAll(attempts, of, decisive)
  if (code === 'NO_HOST_LEFT' && attempts.length === of) return { isAll: true, text: ` on all ${of} hosts` }
  // Nothing was to begin anywhere: no host has a part in it.
  if (decisive.run === null && firing.job.action !== 'all') return { isAll: false, text: '' }
  const isWalk = firing.job.action !== 'all' && decisive.number !== null
  // As usual, on the first one.
  const isPlain = decisive.outcome.kind === 'succeeded' && decisive.number === 1
  const which = of > 1 && isWalk && !isPlain ? `, ${ordinal(decisive.number ?? 1)} of ${of} hosts` : ''
  return { isAll: false, text: ` on ${decisive.cron.host}${which}` }
}

function placesOfAll(attempts: readonly ToldAttempt[], of: number, { outcome }: ToldAttempt): Place {
  const bad = attempts.filter((attempt) => attempt.outcome.kind !== 'succeeded').length
  const isAll = outcome.kind === 'succeeded' ? attempts.length === of : bad === of
  return { isAll, text: isAll ? ` on all ${of} hosts` : ` on ${bad} of ${of} hosts` }
}

function phraseOf({ isAll, text }: Place, { outcome, durationMs }: ToldAttempt): string {
  const isGood = outcome.kind === 'succeeded'
  // One word for all of them: each of its hosts may have its own.
  const verb = isAll && !isGood && outcome.kind !== 'skipped' ? 'failed' : VERBS[outcome.kind]
  const took =
    isGood && durationMs !== null
      ? `${text.includes(',') ? ',' : ''} in ${describeDuration(Math.round(durationMs))}`
      : ''
  return `${verb}${text}${took}`
}

function codeOf({ isOver }: ToldFiring, { code }: FiringEnd, { outcome }: ToldAttempt): EndCode {
  return isOver ? code : reasonOfOutcome(outcome)
}

function fieldsOf({ firing, attempts, of }: ToldFiring, decisive: ToldAttempt, code: EndCode): LogFields {
  const { cron, run, outcome, durationMs, endedAt, waitMs, isAdopted, printed } = decisive
  const isGood = outcome.kind === 'succeeded'
  const isOfSeveral = isGood && firing.job.action === 'all' && attempts.length > 1
  const which = {
    ...(isOfSeveral ? { hosts: of ?? attempts.length } : { host: describeHostPort(cron.host, cron.port) }),
    minute: describeMinute(firing.minute),
    how: firing.how === 'schedule' ? null : firing.how,
    by: firing.by,
    waitMs: waitMs > 0 ? waitMs : null,
    adopted: isAdopted || null,
    durationMs: durationMs === null ? null : Math.round(durationMs),
    endedAt: describeMoment(endedAt),
  }
  if (isGood) return present({ job: firing.job.name, outcome: outcome.kind, ...which })
  const why = { ...fieldsOfOutcome(outcome), code, reason: sentenceOf(decisive) }
  return present({ job: firing.job.name, run, cron: cron.cron, user: cron.user, ...which, ...why, ...printed })
}

/** The sentence of its reason, and what is known besides. */
function sentenceOf({ cron, outcome }: ToldAttempt): string {
  const reason = 'reason' in outcome ? (outcome.reason ?? null) : null
  const code = reasonOfOutcome(outcome)
  const sentence = describeReason(code, {
    ...{ job: cron.firing.job.name, host: cron.host, user: cron.user, reason },
    ...statusOfOutcome(outcome),
  })
  return reason === null || sentence.includes(reason) ? sentence : `${sentence} ${reason}`
}
