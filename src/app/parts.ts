import type { Config } from '../config/config.ts'
import { OWN_CREDENTIALS } from '../config/variables.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import { SystemLog } from '../platform/log/system-log.ts'
import { SystemClock } from '../platform/system-clock.ts'
import { obtainCacheKey } from '../secrets/cache-key.ts'
import { type Credentials, createCredentials } from '../secrets/credentials.ts'
import type { KnownSecrets } from '../secrets/known-secrets.ts'
import { createSecretSeal, type SecretSeal } from '../secrets/seal-secret.ts'
import type { SecretPlaces } from '../secrets/secret-places.ts'
import type { SqlStore } from '../store/sql/sql-store.ts'
import type { SqliteThread } from '../store/sqlite/sqlite-thread.ts'
import type { Settings } from './settings.ts'

export function composeClock(): Clock {
  return new SystemClock()
}

/** The log on standard output (1) for a daemon, on standard error (2) beside a command's own output. */
export function composeLog({ log }: Config, descriptor: 1 | 2): SystemLog {
  return new SystemLog({ ...log, descriptor })
}

/** Opens nothing yet; the caller's to close. Loads one of the two drivers: each takes several megabytes. A file is written in `thread`. */
export async function composeStore(
  { database }: Pick<Config, 'database'>,
  thread: SqliteThread | null = null,
): Promise<SqlStore> {
  if (database.kind === 'sqlite') {
    const { createSqliteStore } = await import('../store/sqlite/sqlite-store.ts')
    return createSqliteStore(database.path, { thread })
  }
  const { createMysqlStore } = await import('../store/mysql/mysql-store.ts')
  return createMysqlStore(database)
}

/** Where a process that is not to be held up writes SQLite's files. */
export async function composeThread(): Promise<SqliteThread> {
  const { SqliteThread } = await import('../store/sqlite/sqlite-thread.ts')
  return new SqliteThread()
}

/** Seals secrets under the cache key. Rejects with an OperatorError if there is none and none can be made. */
export async function composeSeal({ cache }: Config, log: Log): Promise<SecretSeal> {
  return createSecretSeal(await obtainCacheKey(cache, log))
}

/**
 * Credentials by the settings in force at each use. `seal` is null if there is no key: sealed secrets cannot be opened then, all
 * others can.
 */
export function composeCredentials(
  live: { readonly settings: Settings },
  seal: SecretSeal | null,
  known?: KnownSecrets,
): Credentials {
  const places: SecretPlaces = {
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
  }
  return createCredentials(places, known)
}
