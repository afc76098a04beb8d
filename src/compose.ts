import { join } from 'node:path'
import type { Config, DatabaseConfig } from './config/config.ts'
import { loadConfig } from './config/load-config.ts'
import { thisMachine } from './config/machine.ts'
import type { Environment } from './config/read-variables.ts'
import { OWN_CREDENTIALS } from './config/variables.ts'
import { type WithDotenv, withDotenv } from './config/with-dotenv.ts'
import type { DefinitionsCache } from './definitions/cache/definitions-cache.ts'
import { SealedDefinitionsCache } from './definitions/cache/sealed-definitions-cache.ts'
import { compileGently } from './definitions/compile-gently.ts'
import { DefinitionOrigins } from './definitions/definition-origins.ts'
import type { ToldProblems } from './definitions/problem-journal.ts'
import { SnapshotSource } from './definitions/snapshot-source.ts'
import { Dispatcher } from './dispatch/dispatcher.ts'
import type { RunLocks } from './dispatch/locks/run-locks.ts'
import { SystemRunLocks } from './dispatch/locks/system-run-locks.ts'
import { installationId } from './dispatch/system-installation-id.ts'
import { OperatorError } from './domain/errors.ts'
import { MS_PER_MINUTE } from './domain/minute.ts'
import { describeProblem, type Problem } from './domain/problem.ts'
import type { AuthRow } from './domain/rows.ts'
import type { Executor } from './execution/executor.ts'
import { createPlainExecutor } from './execution/plain/ssh-plain-executor.ts'
import { supervisedOrPlain } from './execution/supervised-or-plain.ts'
import { createSupervisedExecutor } from './execution/supervision/ssh-supervised-executor.ts'
import type { RecordJournal } from './history/record-journal.ts'
import { SqliteRecordJournal } from './history/sqlite-record-journal.ts'
import { createHostKeys, type HostKeys } from './hosts/host-keys/host-keys.ts'
import type { NameResolver } from './hosts/names/name-resolver.ts'
import { createSystemNameResolver } from './hosts/names/system-name-resolver.ts'
import { portOf } from './hosts/port-of.ts'
import type { Sessions } from './hosts/sessions.ts'
import { createSshSessions, type SshSessions, type SshSessionsParts } from './hosts/ssh-sessions.ts'
import { DEFAULT_TIMINGS } from './hosts/timings.ts'
import type { FiringLedger } from './minutes/firing-ledger.ts'
import type { MinuteMark } from './minutes/minute-mark.ts'
import { SystemFiringLedger } from './minutes/system-firing-ledger.ts'
import { SystemMinuteMark } from './minutes/system-minute-mark.ts'
import type { Clock } from './platform/clock.ts'
import type { Log } from './platform/log/log.ts'
import { SystemLog } from './platform/log/system-log.ts'
import { SystemClock } from './platform/system-clock.ts'
import { obtainCacheKey } from './secrets/cache-key.ts'
import { type Credentials, createCredentials } from './secrets/credentials.ts'
import { createSecretSeal, type SecretSeal } from './secrets/seal-secret.ts'
import type { DefinitionStore } from './store/definitions/definition-store.ts'
import type { SqlStore } from './store/sql/sql-store.ts'

/** What the process was started with, judged. */
export type Settings = {
  readonly config: Config
  /** The environment with what `.env` adds to it: where secrets that rows refer to are looked up. */
  readonly environment: Environment
  readonly home: string
  /** Why `.env` was passed over, where it was. */
  readonly ignored: readonly Problem[]
}

/** The environment of the process, and beneath it what `.env` of the working directory says. Nothing of it is judged. */
export async function loadEnvironment(processEnvironment: Environment): Promise<WithDotenv> {
  return withDotenv(processEnvironment, join((await thisMachine(processEnvironment)).workingDirectory, '.env'))
}

/** Reads the environment and `.env` of the working directory. Rejects with an InvalidInputError that names every problem. */
export async function loadSettings(processEnvironment: Environment): Promise<Settings> {
  const machine = await thisMachine(processEnvironment)
  const { environment, warnings: ignored } = withDotenv(processEnvironment, join(machine.workingDirectory, '.env'))
  const config = loadConfig(environment, machine)
  return {
    config: { ...config, warnings: [...ignored, ...config.warnings] },
    environment,
    home: machine.home,
    ignored,
  }
}

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
    const { createSqliteStore } = await import('./store/sqlite/sqlite-store.ts')
    return createSqliteStore(database.path)
  }
  const { createMysqlStore } = await import('./store/mysql/mysql-store.ts')
  return createMysqlStore(database)
}

/** Seals secrets under the cache key. Rejects with an OperatorError where there is none and none can be made. */
export async function composeSeal({ cache }: Config, log: Log): Promise<SecretSeal> {
  return createSecretSeal(await obtainCacheKey(cache, log))
}

/** `seal` is null where there is no key: sealed secrets cannot be opened then, all others can. */
export function composeCredentials(settings: Settings, seal: SecretSeal | null): Credentials {
  return credentialsOf({ settings }, seal)
}

/** As `composeCredentials`, by the settings that are in force at each use. */
function credentialsOf(live: Pick<Live, 'settings'>, seal: SecretSeal | null): Credentials {
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
function composeSessions(config: Config, { clock, log }: { readonly clock: Clock; readonly log: Log }): SshSessions {
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
  return createHostKeys({ file: knownHostsFile, policy: hostKeys, log })
}

export function composeResolver(clock: Clock): NameResolver {
  return createSystemNameResolver({ clock, dnsMs: DEFAULT_TIMINGS.dnsMs })
}

/** What a reload may replace; everything that reads it asks anew at each use. */
type Live = {
  settings: Settings
  store: SqlStore
  /** What definitions are read from: the store, or something before it. */
  definitions: DefinitionStore
  readonly readFrom: (store: SqlStore) => DefinitionStore
  readonly origins: DefinitionOrigins
}

async function liveOf(settings: Settings, { readFrom, origins }: Pick<Live, 'readFrom' | 'origins'>): Promise<Live> {
  const store = await composeStore(settings.config)
  const definitions = origins.watch(readFrom(store), nameOfDatabase(settings.config.database))
  return { settings, store, definitions, readFrom, origins }
}

/** The parts that a daemon and a tick share, all of one installation. */
export type Running = {
  readonly clock: Clock
  readonly log: SystemLog
  readonly source: SnapshotSource
  readonly dispatcher: Dispatcher
  readonly locks: RunLocks
  readonly mark: MinuteMark
  readonly ledger: FiringLedger
  /** The settings in force. */
  readonly settings: () => Settings
  /** Puts other settings in force; resolves with the names of those that wait for the next start. */
  readonly replaceSettings: (next: Settings) => Promise<readonly string[]>
  /** Every run from now on logs in anew; those under way end in peace. */
  readonly retireConnections: () => void
  /** Connections first, the log last. */
  readonly close: () => Promise<void>
}

/** A daemon, or a tick. */
export type Manner = Pick<DispatcherParts, 'isTransient'> & {
  /** What earlier processes have said of the definitions. Absent: all is said again. */
  readonly toldProblems?: ToldProblems
}

/**
 * Wires everything that plans and runs; definitions are read through what `readFrom` makes of a store. Rejects with an OperatorError where
 * the lock directory cannot be used.
 */
export async function composeRunning(
  first: Settings,
  log: SystemLog,
  readFrom: Live['readFrom'] = (store) => store,
  manner: Manner = { isTransient: false },
): Promise<Running> {
  try {
    return await composeParts(first, log, readFrom, manner)
  } catch (error) {
    // The process ends of it, and is to leave what it said before.
    await log.close()
    throw error
  }
}

async function composeParts(
  first: Settings,
  log: SystemLog,
  readFrom: Live['readFrom'],
  { isTransient, toldProblems }: Manner,
): Promise<Running> {
  const clock = composeClock()
  const base = { live: await liveOf(first, { readFrom, origins: new DefinitionOrigins() }), clock, log }
  const { live } = base
  const { cache, seal } = await composeSealed(first.config, base)
  const sessions = composeSessions(first.config, base)
  const credentials = credentialsOf(live, seal)
  const source = composeSource({ ...base, cache, credentials, ...(toldProblems && { toldProblems }) })
  const locks = SystemRunLocks.open({ directory: first.config.lockDirectory, clock, log })
  const mark = composeMark(first.config, base)
  const ledger = composeLedger(first.config, base)
  const journal = composeJournal(base)
  return {
    clock,
    log,
    source,
    dispatcher: composeDispatcher({
      ...base,
      isTransient,
      source,
      sessions,
      credentials,
      locks,
      mark,
      ledger,
      journal,
    }),
    locks,
    mark,
    ledger,
    settings: () => live.settings,
    replaceSettings: (next) => replaceSettings(live, first.config, next),
    retireConnections: () => sessions.retire(),
    close: async () => {
      sessions.close()
      await live.store.close()
      journal.close()
      await log.close()
    },
  }
}

type Base = { readonly live: Live; readonly clock: Clock; readonly log: Log }

type SourceParts = Base &
  Pick<Manner, 'toldProblems'> & { readonly cache: DefinitionsCache; readonly credentials: Credentials }

function composeSource({ live, clock, log, cache, credentials, ...told }: SourceParts): SnapshotSource {
  return new SnapshotSource({
    ...told,
    clock,
    log,
    cache,
    store: () => live.definitions,
    judgeSecret: (auth) => credentials.judge(auth),
    compile: (definitions, problems) =>
      compileGently({ definitions, problems, defaultTimezone: live.settings.config.timezone }),
    staleAfterMs: () => live.settings.config.cache.staleMinutes * MS_PER_MINUTE,
    maxAgeMs: () => live.settings.config.cache.maxAgeMs,
  })
}

type DispatcherParts = Base & {
  readonly source: SnapshotSource
  readonly sessions: SshSessions
  readonly credentials: Credentials
  readonly locks: RunLocks
  readonly mark: MinuteMark
  readonly ledger: FiringLedger
  readonly journal: RecordJournal
  /** A tick: of runs that were begun before it, it knows by their locks alone. */
  readonly isTransient: boolean
}

function composeDispatcher({ live, clock, log, source, sessions, credentials, locks, ...parts }: DispatcherParts) {
  const { limits, stateDirectory } = live.settings.config
  const current = { resolve: (auth: AuthRow, host: string) => credentials.resolve(source.authNow(auth), host) }
  return new Dispatcher({
    clock,
    log,
    executor: composeExecutor(live.settings.config, { sessions: sessions.sessions, credentials: current, clock, log }),
    locks,
    journal: parts.journal,
    isTransient: parts.isTransient,
    recorder: { recordRun: (record) => live.store.recordRun(record) },
    placeOf: (system) => sessions.places.of({ host: system.host, port: portOf(system, live.settings.config.hostname) }),
    limits: { runs: limits.concurrentRuns, runsPerHost: limits.concurrentRunsPerHost },
    installation: installationId(stateDirectory, log),
    accessTo: (systemId, authId) => source.access(systemId, authId),
    cronOf: (id) => source.snapshot?.enabled.find((cron) => cron.id === id) ?? null,
    onFound: ({ minute, cronId }) => {
      // Where that cannot be written down, it is told once more with its minute.
      void parts.mark.noteBegun(minute, [cronId]).catch(() => undefined)
      parts.ledger.noteFound(minute, [cronId])
    },
  })
}

type ExecutorParts = Pick<DispatcherParts, 'clock' | 'log'> & {
  readonly sessions: Sessions
  readonly credentials: Pick<Credentials, 'resolve'>
}

function composeExecutor({ hostname, lostAfterMs }: Config, parts: ExecutorParts): Executor {
  const { execAnswerMs, killMs } = DEFAULT_TIMINGS
  return supervisedOrPlain({
    supervised: createSupervisedExecutor({ ...parts, ownName: hostname, execAnswerMs, lostAfterMs }),
    plain: createPlainExecutor({ ...parts, ownName: hostname, killMs }),
  })
}

function composeJournal({ live, clock, log }: Base): RecordJournal {
  const path = join(live.settings.config.stateDirectory, 'run-records.db')
  return new SqliteRecordJournal({ path, clock, log, store: () => nameOfDatabase(live.settings.config.database) })
}

/** The second place is another directory of the state, which may be on another file system. */
function composeMark({ stateDirectory, lockDirectory }: Config, { clock, log }: Base): MinuteMark {
  return new SystemMinuteMark({ stateDirectory, secondDirectory: lockDirectory, clock, log })
}

/** In the same places as the mark. */
function composeLedger({ stateDirectory, lockDirectory }: Config, { log }: Base): FiringLedger {
  return new SystemFiringLedger({ directories: [stateDirectory, lockDirectory], log })
}

type Sealed = { readonly cache: DefinitionsCache; readonly seal: SecretSeal | null }

/** Without a key there is no cache and no sealed secret, and everything else goes on. */
async function composeSealed({ cache: { file, ...source } }: Config, { live, clock, log }: Base): Promise<Sealed> {
  try {
    const hexKey = await obtainCacheKey(source, log)
    const cache = new SealedDefinitionsCache({
      path: file,
      clock,
      hexKey,
      get database() {
        return nameOfDatabase(live.settings.config.database)
      },
      databaseOf: (definitions) => live.origins.of(definitions),
    })
    return { cache, seal: createSecretSeal(hexKey) }
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error
    log.error(
      { err: error },
      'no cache key: definitions are not kept for bad days, and sealed secrets cannot be opened',
    )
    return { cache: { load: async () => null, save: async () => undefined }, seal: null }
  }
}

/** Settings that take effect at once: the database, secrets, the zone, what the loop waits for. The others are built in at the start. */
async function replaceSettings(live: Live, started: Config, next: Settings): Promise<readonly string[]> {
  const replaced = live.store
  const { settings, store, definitions } = await liveOf(next, live)
  live.settings = settings
  live.store = store
  live.definitions = definitions
  await replaced.close()
  const before = builtIn(started)
  return Object.entries(builtIn(next.config))
    .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]))
    .map(([name]) => name)
}

/** Settings that a reload cannot replace. Holds a secret: only the names may be told. */
function builtIn({ cache, ...config }: Config): Readonly<Record<string, unknown>> {
  return {
    stateDirectory: config.stateDirectory,
    lockDirectory: config.lockDirectory,
    'cache.file': cache.file,
    'cache.key': cache.key,
    'cache.keyFile': cache.keyFile,
    hostname: config.hostname,
    hostKeys: config.hostKeys,
    knownHostsFile: config.knownHostsFile,
    limits: config.limits,
    catchUpMinutes: config.catchUpMinutes,
    lostAfterMs: config.lostAfterMs,
    log: config.log,
  }
}

/** Which database definitions came from: another one's cache is not taken for this one's. */
export function nameOfDatabase(database: DatabaseConfig): string {
  if (database.kind === 'sqlite') return `sqlite:${database.path}`
  return `mysql://${database.host}:${database.port}/${database.database}`
}

/** Says what is odd about settings that can be used. */
export function tellWarnings({ warnings }: Pick<Config, 'warnings'>, log: Log): void {
  for (const warning of warnings) log.warn({ problem: describeProblem(warning) }, 'settings may not be as meant')
}
