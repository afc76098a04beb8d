import { actionOf } from '../../../domain/action.ts'
import { matchesHost, parseHostPatterns } from '../../../domain/host-patterns.ts'
import { describeHostPort, parseHostPort } from '../../../domain/host-port.ts'
import { jobKey } from '../../../domain/job.ts'
import { describePaused, type PauseRow } from '../../../domain/pauses/pause-row.ts'
import { isSystemCalled } from '../../../domain/references/called.ts'
import type { AuthRow, CronRow, SystemRow } from '../../../domain/rows.ts'

/** Where a system is reached. */
export type Place = Pick<SystemRow, 'host' | 'port' | 'local_port'>

/** The machine that takes the place: the same one, a place that no system has yet, or another system. */
export type Successor =
  | { readonly kind: 'rebuilt' }
  | { readonly kind: 'moved'; readonly place: Place }
  | { readonly kind: 'merged'; readonly system: SystemRow }

/** What becomes of a pause that names the system. */
export type PausePlan = {
  readonly was: PauseRow
  readonly became: PauseRow
  /** `stays`: it names the system still. `follows`: it gets the new name. `ends`: nothing is left that it names. */
  readonly fate: 'stays' | 'follows' | 'ends'
}

/** All that a replacement changes. */
export type ReplacementPlan<Cron extends CronRow = CronRow> = {
  readonly old: SystemRow
  readonly successor: Successor
  /** The system as it will be reached. */
  readonly next: SystemRow
  /** All that are on the system. */
  readonly crons: readonly Cron[]
  readonly pauses: readonly PausePlan[]
  /** Auths that may not be used on the new host, by their own `hosts`, and may on the old one. */
  readonly limited: readonly AuthRow[]
  /** What forbids it; empty if it may be done. */
  readonly refusals: readonly string[]
}

/** What a replacement is planned from. */
export type ReplacementRows<Cron extends CronRow = CronRow> = {
  readonly systems: readonly SystemRow[]
  readonly auths: readonly AuthRow[]
  readonly crons: readonly Cron[]
  readonly pauses: readonly PauseRow[]
}

/** The place that a word such as `db4`, `db4:2222` or `[::1]:22` means for a system; what it does not say stays as it is. */
export function placeOf(word: string, { port, local_port }: Place): Place {
  const named = parseHostPort(word)
  if (named === null) return { host: word, port, local_port }
  return { host: named.host, port: named.port, local_port: local_port === port ? named.port : local_port }
}

/** What is to be done for `successor` to take the place of `old`, at the time `now` (epoch milliseconds). */
export function planReplacement<Cron extends CronRow>(
  old: SystemRow,
  successor: Successor,
  rows: ReplacementRows<Cron>,
  now: number,
): ReplacementPlan<Cron> {
  const next = nextOf(old, successor)
  const crons = rows.crons.filter(({ host }) => host === old.id)
  const others = rows.systems.filter(({ id }) => id !== old.id)
  const left = rows.pauses.filter(({ until }) => until === null || until > now)
  const pauses = left
    .filter(({ kind, subject }) => kind === 'system' && isSystemCalled(old, subject))
    .map((was) => fateOf(was, { successor, next, others, now }))
  const users = new Set(crons.map(({ user }) => user))
  const limited = rows.auths.filter((auth) => users.has(auth.id) && isLimited(auth, old.host, next.host))
  const refusals =
    successor.kind === 'merged' ? doubledJobs(crons, rows.crons, next) : splitPauses(pauses, others, next)
  return { old, successor, next, crons, pauses, limited, refusals }
}

function nextOf(old: SystemRow, successor: Successor): SystemRow {
  if (successor.kind === 'merged') return successor.system
  return successor.kind === 'moved' ? { ...old, ...successor.place } : old
}

type Fates = {
  readonly successor: Successor
  readonly next: SystemRow
  readonly others: readonly SystemRow[]
  readonly now: number
}

function fateOf(was: PauseRow, { successor, next, others, now }: Fates): PausePlan {
  const isShared = others.some((other) => isSystemCalled(other, was.subject))
  if (successor.kind !== 'merged') {
    if (isSystemCalled(next, was.subject)) return { was, became: was, fate: 'stays' }
    return { was, became: { ...was, subject: describeHostPort(next.host, next.port) }, fate: 'follows' }
  }
  if (isShared) return { was, became: was, fate: 'stays' }
  return { was, became: { ...was, until: Math.max(now, was.since) }, fate: 'ends' }
}

function isLimited({ hosts }: AuthRow, before: string, after: string): boolean {
  if (hosts === null) return false
  const patterns = parseHostPatterns(hosts)
  return matchesHost(patterns, before) && !matchesHost(patterns, after)
}

/** One job on one system twice would run twice there. */
function doubledJobs(moved: readonly CronRow[], all: readonly CronRow[], next: SystemRow): readonly string[] {
  const there = Map.groupBy(
    all.filter(({ host }) => host === next.id),
    keyOf,
  )
  return moved.flatMap((cron) => {
    const twin = there.get(keyOf(cron))?.[0]
    if (twin === undefined) return []
    const name = JSON.stringify(cron.cron_name)
    return [`crons ${cron.id} and ${twin.id} of job ${name} would both be on ${describeHostPort(next.host, next.port)}`]
  })
}

function keyOf({ cron_name: name, action }: CronRow): string {
  return jobKey({ name, action: actionOf(action) ?? 'failover' })
}

/** A pause by a name that several systems have cannot go with one of them. */
function splitPauses(pauses: readonly PausePlan[], others: readonly SystemRow[], next: SystemRow): readonly string[] {
  return pauses.flatMap(({ was, fate }) => {
    const other = others.find((it) => isSystemCalled(it, was.subject))
    if (fate !== 'follows' || other === undefined) return []
    return [
      `the pause of ${describePaused(was)} also names system ${other.id}: pause system:${next.id} by its id first`,
    ]
  })
}
