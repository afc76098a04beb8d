import { describePaused } from '../../../domain/pauses/pause-row.ts'
import type { StoredCron, SystemReplacement } from '../../../store/definitions/definition-editor.ts'
import type { RowChange } from '../noun.ts'
import type { KeyFacts } from './describe-replacement.ts'
import type { ReplacementPlan } from './plan-replacement.ts'

/** What the store is to change; null where it has nothing of it. */
export function replacementOf({
  old,
  successor,
  crons,
  pauses,
}: ReplacementPlan<StoredCron>): SystemReplacement | null {
  const moved = pauses.filter(({ fate }) => fate !== 'stays')
  switch (successor.kind) {
    case 'rebuilt':
      return null
    case 'moved':
      return { old, into: { kind: 'place', place: successor.place }, pauses: moved }
    case 'merged':
      return { old, into: { kind: 'system', system: successor.system, crons }, pauses: moved }
    default:
      return successor satisfies never
  }
}

/** What the audit has of it. */
export function changesOf(plan: ReplacementPlan, facts: KeyFacts): readonly RowChange[] {
  const { old, successor, next, crons, pauses } = plan
  const subject = `system ${old.id} ${JSON.stringify(old.host)}`
  const keys = { was: { host_keys: facts.before }, became: { host_key: `${facts.type} ${facts.fingerprint}` } }
  if (successor.kind === 'rebuilt') return [{ subject, ...keys }]
  const place = { host: old.host, port: old.port, local_port: old.local_port }
  const ofPauses = pauses
    .filter(({ fate }) => fate !== 'stays')
    .map(({ was, became }) => ({
      subject: `pause ${was.id.slice(0, 8)} ${JSON.stringify(describePaused(was))}`,
      was: { subject: was.subject, until: was.until },
      became: { subject: became.subject, until: became.until },
    }))
  if (successor.kind === 'moved') {
    return [{ subject, was: { ...place, ...keys.was }, became: { ...successor.place, ...keys.became } }, ...ofPauses]
  }
  const ofCrons = crons.map(({ id, cron_name }) => ({
    subject: `cron ${id} ${JSON.stringify(cron_name)}`,
    was: { host: old.id },
    became: { host: next.id },
  }))
  const ofKey = { subject: `system ${next.id} ${JSON.stringify(next.host)}`, ...keys }
  return [...ofCrons, { subject, was: { ...old }, became: null }, ofKey, ...ofPauses]
}
