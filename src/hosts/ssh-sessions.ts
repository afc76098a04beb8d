import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import { HostEndpoints, type NamedEndpoint } from './host-endpoints.ts'
import type { HostKeys } from './host-keys/host-keys.ts'
import { LoginGate, type PausedUser } from './logins/login-gate.ts'
import type { NameResolver } from './names/name-resolver.ts'
import { ConnectionPool } from './pool/connection-pool.ts'
import { Sessions } from './sessions.ts'
import { createSshTransport } from './ssh/ssh-transport.ts'
import type { Timings } from './timings.ts'

/** What the SSH side is built of: names, host keys, deadlines and limits. */
export type SshSessionsParts = {
  readonly resolver: NameResolver
  readonly hostKeys: HostKeys
  readonly clock: Clock
  readonly timings: Timings
  /** Sessions at once on one connection. */
  readonly maxSessions: number
  readonly log: Pick<Log, 'info'>
}

/** The sessions over SSH, with what they are built of; disposed of, every connection is closed. */
export type SshSessions = Disposable & {
  readonly sessions: Sessions
  /** Where hosts are reached. */
  readonly places: HostEndpoints
  /** Tells of each host which of its logins are left alone, as of now. */
  pausedLogins(): (host: NamedEndpoint) => readonly PausedUser[]
  /** Logs in again for whatever comes: hosts and accounts may have changed. */
  retire(): void
}

/** Sessions over pooled connections of ssh2. */
export function createSshSessions(parts: SshSessionsParts): SshSessions {
  const { clock, timings, maxSessions, resolver } = parts
  const places = new HostEndpoints(resolver, clock)
  const gate = new LoginGate({ transport: createSshTransport(parts), clock, places })
  const pool = new ConnectionPool({ gate, clock, maxSessions, idleMs: timings.idleMs, maxAgeMs: timings.maxAgeMs })
  const sessions = new Sessions({ pool, clock, startWindowMs: timings.startWindowMs, random: Math.random })
  return {
    sessions,
    places,
    pausedLogins: () => {
      const paused = gate.paused()
      return (host) => paused.get(places.known(host)) ?? []
    },
    retire: () => pool.retire(),
    [Symbol.dispose]: () => pool[Symbol.dispose](),
  }
}
