import type { Config } from '../config/config.ts'
import type { Executor } from '../execution/executor.ts'
import { createPlainExecutor } from '../execution/plain/ssh-plain-executor.ts'
import { supervisedOrPlain } from '../execution/supervised-or-plain.ts'
import { createSupervisedExecutor } from '../execution/supervision/ssh-supervised-executor.ts'
import { createHostKeys, type HostKeys } from '../hosts/host-keys/host-keys.ts'
import type { NameResolver } from '../hosts/names/name-resolver.ts'
import { createSystemNameResolver } from '../hosts/names/system-name-resolver.ts'
import type { Sessions } from '../hosts/sessions.ts'
import { createSshSessions, type SshSessions, type SshSessionsParts } from '../hosts/ssh-sessions.ts'
import { DEFAULT_TIMINGS } from '../hosts/timings.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import type { Credentials } from '../secrets/credentials.ts'
import { composeClock } from './parts.ts'

// Apart from the other parts: what they do on hosts takes longest to load, and most commands reach none.

/** Connections to hosts; the caller's to close. */
export function composeSessions(
  config: Config,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): SshSessions {
  return composeSessionsOver(config, {
    clock,
    resolver: composeResolver(clock),
    hostKeys: composeHostKeys(config, log),
    log,
  })
}

/** As `composeSessions`, over parts that the caller has put something before. The connections are the caller's to close. */
export function composeSessionsOver(
  { limits }: Config,
  over: Pick<SshSessionsParts, 'clock' | 'resolver' | 'hostKeys' | 'log'>,
): SshSessions {
  return createSshSessions({ ...over, timings: DEFAULT_TIMINGS, maxSessions: limits.sessionsPerConnection })
}

export function composeHostKeys({ knownHostsFile, hostKeys }: Config, log: Log): HostKeys {
  return createHostKeys({ file: knownHostsFile, policy: hostKeys, clock: composeClock(), log })
}

export function composeResolver(clock: Clock): NameResolver {
  return createSystemNameResolver({ clock, dnsMs: DEFAULT_TIMINGS.dnsMs })
}

type ExecutorParts = {
  readonly clock: Clock
  readonly log: Log
  readonly sessions: Sessions
  readonly credentials: Pick<Credentials, 'resolve'>
}

export function composeExecutor({ hostname, lostAfterMs }: Config, parts: ExecutorParts): Executor {
  const { execAnswerMs, killMs } = DEFAULT_TIMINGS
  return supervisedOrPlain({
    supervised: createSupervisedExecutor({ ...parts, ownName: hostname, execAnswerMs, lostAfterMs }),
    plain: createPlainExecutor({ ...parts, ownName: hostname, killMs }),
  })
}
