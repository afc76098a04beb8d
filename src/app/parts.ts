import type { Config } from '../config/config.ts'
import { OWN_CREDENTIALS } from '../config/variables.ts'
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
import { SystemLog } from '../platform/log/system-log.ts'
import { SystemClock } from '../platform/system-clock.ts'
import { obtainCacheKey } from '../secrets/cache-key.ts'
import { type Credentials, createCredentials } from '../secrets/credentials.ts'
import { createSecretSeal, type SecretSeal } from '../secrets/seal-secret.ts'
import type { SqlStore } from '../store/sql/sql-store.ts'
import type { Settings } from './settings.ts'

export function composeClock(): Clock {
  return new SystemClock()
}

/** The log on standard output (1) for a daemon, on standard error (2) beside a command's own output. */
export function composeLog({ log }: Config, descriptor: 1 | 2): SystemLog {
  return new SystemLog({ ...log, descriptor })
}

/** Opens nothing yet; the caller's to close. Loads one of the two drivers: each takes several megabytes. */
export async function composeStore({ database }: Pick<Config, 'database'>): Promise<SqlStore> {
  if (database.kind === 'sqlite') {
    const { createSqliteStore } = await import('../store/sqlite/sqlite-store.ts')
    return createSqliteStore(database.path)
  }
  const { createMysqlStore } = await import('../store/mysql/mysql-store.ts')
  return createMysqlStore(database)
}

/** Seals secrets under the cache key. Rejects with an OperatorError if there is none and none can be made. */
export async function composeSeal({ cache }: Config, log: Log): Promise<SecretSeal> {
  return createSecretSeal(await obtainCacheKey(cache, log))
}

/**
 * Credentials by the settings in force at each use. `seal` is null if there is no key: sealed secrets cannot be opened then, all
 * others can.
 */
export function composeCredentials(live: { readonly settings: Settings }, seal: SecretSeal | null): Credentials {
  return createCredentials({
    get environment() {
      return live.settings.environment
    },
    get home() {
      return live.settings.home
    },
    get credentialsDirectory() {
      return live.settings.config.credentialsDirectory
    },
    get secretsDirectory() {
      return live.settings.config.secretsDirectory
    },
    get own() {
      return { credentials: OWN_CREDENTIALS, files: live.settings.config.ownSecretFiles }
    },
    unseal: seal === null ? null : (sealed, bound) => seal.unseal(sealed, bound),
  })
}

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
