import type { Pause } from '../../definitions/judge/pauses/pause.ts'
import type { ActiveRun } from '../../dispatch/active/active-run.ts'
import type { Cron } from '../../domain/cron.ts'
import { matchesGlob } from '../../domain/glob.ts'
import { describeHostPort } from '../../domain/host-port.ts'
import { jobKey } from '../../domain/job.ts'
import type { SystemRow } from '../../domain/rows.ts'
import type { PausedUser } from '../../hosts/logins/login-gate.ts'
import { formatInstant } from '../../schedule/local-time.ts'
import type { Zone } from '../../schedule/zone.ts'
import { ControlFault } from '../faults.ts'
import type { HostContacts } from './host-contacts.ts'
import { type DescribedHost, HOST_STATES, type HostList } from './host-schemas.ts'
import { standingOf } from './host-standing.ts'
import { pauseOfSystems } from './pause-of-systems.ts'

/** What the list of hosts is made of. */
export type HostListParts = {
  /** A pattern of hosts, with their port or without, or of names of systems; null: all. */
  readonly of: string | null
  readonly now: number
  readonly zone: Zone
  readonly crons: readonly Cron[]
  readonly pauses: readonly Pause[]
  readonly active: Iterable<Pick<ActiveRun, 'present' | 'isWaiting'>>
  readonly contacts: Pick<HostContacts, 'of'>
  readonly pausedLogins: (system: SystemRow) => readonly PausedUser[]
  /** Of runs on one host. */
  readonly limit: number
}

/** What rows and runs say of one host. */
type Host = {
  readonly host: string
  readonly port: number
  readonly systems: Map<number, SystemRow>
  readonly users: Set<string>
  readonly jobs: Set<string>
  crons: number
  enabled: number
  active: number
  waiting: number
}

/** The hosts of all crons, and of runs whose crons were removed, those with trouble first. Throws a ControlFault where the pattern takes none. */
export function hostListOf(parts: HostListParts): Omit<HostList, 'pauses'> {
  const { of, now, zone } = parts
  const hosts = [...gathered(parts)].filter((host) => of === null || isMeant(host, of))
  if (of !== null && hosts.length === 0) {
    throw new ControlFault('NOT_FOUND', `${of}: no cron has such a host`, '"rcron hosts" lists them all.')
  }
  const items = hosts.map((host) => described(host, parts)).sort(worstFirst)
  return { schema: 'rcron.hosts.v1', generated: formatInstant(now, zone), items }
}

function gathered({ crons, active }: HostListParts): Iterable<Host> {
  const hosts = new Map<string, Host>()
  for (const cron of crons) {
    const host = hostIn(hosts, cron.system)
    host.systems.set(cron.system.id, cron.system)
    host.users.add(cron.auth.user)
    host.jobs.add(jobKey(cron))
    host.crons += 1
    if (cron.enabled) host.enabled += 1
  }
  for (const { present, isWaiting } of active) {
    if (present === null) continue
    const host = hostIn(hosts, present)
    host.users.add(present.user)
    if (isWaiting) host.waiting += 1
    else host.active += 1
  }
  return hosts.values()
}

function hostIn(hosts: Map<string, Host>, { host, port }: Pick<Host, 'host' | 'port'>): Host {
  const key = describeHostPort(host, port)
  const known = hosts.get(key)
  if (known !== undefined) return known
  const sets = { systems: new Map(), users: new Set<string>(), jobs: new Set<string>() }
  const made = { host, port, ...sets, crons: 0, enabled: 0, active: 0, waiting: 0 }
  hosts.set(key, made)
  return made
}

function isMeant({ host, port, systems }: Host, pattern: string): boolean {
  const names = [...systems.values()].flatMap(({ name }) => name ?? [])
  const isHost = [host, describeHostPort(host, port)].some((it) => matchesGlob(pattern.toLowerCase(), it.toLowerCase()))
  return isHost || names.some((name) => matchesGlob(pattern, name))
}

function described(host: Host, { now, zone, contacts, pausedLogins, pauses, limit }: HostListParts): DescribedHost {
  const systems = [...host.systems.values()]
  const logins = usedLogins(host, systems.flatMap(pausedLogins))
  const { state, since, seenAt, reason } = standingOf(contacts.of(host.host, host.port), host.users, logins.length > 0)
  const at = (ms: number | null) => (ms === null ? null : formatInstant(ms, zone))
  return {
    host: host.host,
    port: host.port,
    names: systems.flatMap(({ name }) => name ?? []),
    state,
    since: at(since),
    seen: at(seenAt),
    reason,
    logins: logins.map(({ user, leftMs, count, ...login }) => {
      return { user, until: formatInstant(now + leftMs, zone), refusals: count, reason: login.reason }
    }),
    paused: pauseOfSystems(systems, pauses, { now, zone }),
    active: host.active,
    waiting: host.waiting,
    limit,
    jobs: host.jobs.size,
    crons: host.crons,
    enabled: host.enabled,
  }
}

/** Of the users that are of use there: several names of one machine share their logins. */
function usedLogins({ users }: Host, logins: readonly PausedUser[]): readonly PausedUser[] {
  const byUser = new Map(logins.map((login) => [login.user, login]))
  return [...byUser.values()].filter(({ user }) => users.has(user))
}

function worstFirst(one: DescribedHost, other: DescribedHost): number {
  const byState = HOST_STATES.indexOf(one.state) - HOST_STATES.indexOf(other.state)
  if (byState !== 0) return byState
  return one.host === other.host ? one.port - other.port : one.host < other.host ? -1 : 1
}
