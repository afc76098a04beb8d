import { describeHostPort } from '../../../domain/host-port.ts'
import { describePaused } from '../../../domain/pauses/pause-row.ts'
import type { AuthRow } from '../../../domain/rows.ts'
import type { PausePlan, ReplacementPlan } from './plan-replacement.ts'

/** The key that a host has shown, beside what is known of it. */
export type KeyFacts = {
  readonly type: string
  readonly fingerprint: string
  readonly verdict: 'known' | 'unknown' | 'changed' | 'revoked'
  /** Of the keys that are known of it, and would be forgotten. */
  readonly before: readonly string[]
}

/** What is going to be done, a line each. */
export function describePlan(plan: ReplacementPlan, auths: readonly AuthRow[]): readonly string[] {
  const { next, crons, pauses, limited } = plan
  const userOf = (id: number) => auths.find((auth) => auth.id === id)?.user ?? `auth ${id}`
  const verb = plan.successor.kind === 'merged' ? 'moves to' : 'stays on'
  return [
    headOf(plan),
    ...crons.map((cron) => {
      const named = `cron ${cron.id} ${JSON.stringify(cron.cron_name)} as ${userOf(cron.user)}`
      return `  ${named} ${verb} system ${next.id}`
    }),
    ...(crons.length === 0 ? ['  no cron is on it'] : []),
    ...pauses.map((pause) => `  the pause of ${describePaused(pause.was)} ${fateOf(pause)}`),
    ...limited.map(
      ({ id, user, hosts }) =>
        `  hint: auth ${id} (${user}) may be used on ${hosts}, and so not on ${next.host}: ` +
        `"rcron auth edit ${id} --hosts '${hosts},${next.host}'"`,
    ),
  ]
}

function headOf({ old, successor, next }: ReplacementPlan): string {
  const [from, to] = [old, next].map(({ host, port }) => describeHostPort(host, port))
  switch (successor.kind) {
    case 'rebuilt':
      return `system ${old.id}, ${from}, stays as it is, and gets the host key that it shows now:`
    case 'moved':
      return `system ${old.id}, ${from}, will be ${to}:`
    case 'merged':
      return `system ${old.id}, ${from}, will be removed, and system ${next.id}, ${to}, has its crons:`
    default:
      return successor satisfies never
  }
}

function fateOf({ became, fate }: PausePlan): string {
  if (fate === 'follows') return `becomes that of ${describePaused(became)}`
  return fate === 'ends' ? 'ends, since it names no other system' : 'stays'
}

/** The key, and what becomes of those that were known. */
export function describeKey(host: string, { type, fingerprint, verdict, before }: KeyFacts): readonly string[] {
  const shown = `${host} shows the ${type} key ${fingerprint}`
  if (verdict === 'known') return [`${shown}, which is known`]
  if (verdict === 'changed') return [shown, `  in place of ${before.join(', ')}`]
  return [`${shown}, the first of this host`]
}
