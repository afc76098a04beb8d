import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import type { DefinitionsCache } from '../definitions/cache/definitions-cache.ts'
import { compileSteps } from '../definitions/compile-snapshot.ts'
import { DefinitionOrigins } from '../definitions/definition-origins.ts'
import { pausedReason } from '../definitions/judge/pauses/pause.ts'
import type { ReportedProblems } from '../definitions/problem-journal.ts'
import { SnapshotSource } from '../definitions/snapshot-source.ts'
import { Dispatcher } from '../dispatch/dispatcher.ts'
import type { RunLocks } from '../dispatch/locks/run-locks.ts'
import { SystemRunLocks } from '../dispatch/locks/system-run-locks.ts'
import { installationId } from '../dispatch/system-installation-id.ts'
import { MS_PER_MINUTE } from '../domain/minute.ts'
import type { AuthRow, SystemRow } from '../domain/rows.ts'
import { heardExecutor } from '../execution/heard-executor.ts'
import { LiveOutputs } from '../execution/output/live-outputs.ts'
import type { HistoryWriter } from '../history/history-writer.ts'
import { type Journal, SubscribedJournal, type Subscriber } from '../history/journal.ts'
import { LastRunRecords } from '../history/last-run-records.ts'
import { LogLines } from '../history/log-lines.ts'
import type { RecordJournal } from '../history/record-journal.ts'
import { RecordQueue } from '../history/record-queue.ts'
import { SqliteJournal } from '../history/sqlite-journal.ts'
import { JOURNAL_FILE } from '../history/sqlite-journal-file.ts'
import { SqliteRecordJournal } from '../history/sqlite-record-journal.ts'
import type { PausedUser } from '../hosts/logins/login-gate.ts'
import { portOf } from '../hosts/port-of.ts'
import type { SshSessions } from '../hosts/ssh-sessions.ts'
import type { FiringLedger } from '../minutes/firing-ledger.ts'
import type { MinuteMark } from '../minutes/minute-mark.ts'
import { SystemFiringLedger } from '../minutes/system-firing-ledger.ts'
import { SystemMinuteMark } from '../minutes/system-minute-mark.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import type { SystemLog } from '../platform/log/system-log.ts'
import { yieldBetween } from '../platform/waiting/yielding.ts'
import type { Credentials } from '../secrets/credentials.ts'
import { KnownSecrets } from '../secrets/known-secrets.ts'
import type { HistoryKeeping } from '../store/history/history-store.ts'
import type { SqliteThread } from '../store/sqlite/sqlite-thread.ts'
import { composeHistory } from './history.ts'
import { LiveSettings, type LiveSettingsParts } from './live-settings.ts'
import { composeClock, composeCredentials, composeThread } from './parts.ts'
import { composeExecutor, composeSessions } from './parts-for-hosts.ts'
import { composeSealed } from './sealed.ts'
import { nameOfDatabase, type Settings } from './settings.ts'
import { composeWrites, type StoreWrites } from './store-writes.ts'

/** The parts that a daemon and a tick share, all of one installation. Disposed of, connections go first and the log last. */
export type Running = AsyncDisposable &
  StoreWrites & {
    readonly clock: Clock
    readonly log: SystemLog
    readonly source: SnapshotSource
    readonly dispatcher: Dispatcher
    /** Everything that happens to firings and runs is noted here. */
    readonly journal: Journal
    /** The run records that the store does not have yet. */
    readonly records: RecordQueue
    /** The rows of history that it does not have yet. */
    readonly history: HistoryWriter
    /** Where old ones are deleted. */
    readonly keeping: Pick<HistoryKeeping, 'sweepHistory'>
    readonly locks: RunLocks
    readonly mark: MinuteMark
    readonly ledger: FiringLedger
    /** What runs print, and how secrets in it are replaced. */
    readonly printed: { readonly outputs: LiveOutputs; readonly mask: KnownSecrets['maskExcerpt'] }
    /** The settings in force. */
    readonly settings: () => Settings
    /** Puts other settings in force; resolves with the names of those that wait for the next start. */
    readonly replaceSettings: (next: Settings) => Promise<readonly string[]>
    /** Tells of each system which of its logins are left alone, as of now. */
    readonly pausedLogins: () => (system: SystemRow) => readonly PausedUser[]
    /** Every run from now on logs in again; those under way end in peace. */
    readonly retireConnections: () => void
  }

/** A daemon, or a tick. */
export type Manner = Pick<DispatcherParts, 'isTransient'> & {
  /** What earlier processes have said of the definitions. Absent: all is said again. */
  readonly toldProblems?: ReportedProblems
  /** Who else is told of all that happens to firings and runs. */
  readonly subscribers?: readonly Subscriber[]
}

/**
 * Wires everything that plans and runs; definitions are read through what `readFrom` makes of a store. Rejects with an OperatorError if
 * the lock directory cannot be used.
 */
export async function composeRunning(
  first: Settings,
  log: SystemLog,
  readFrom: LiveSettingsParts['readFrom'] = (store) => store,
  { isTransient, subscribers = [], ...told }: Manner = { isTransient: false },
): Promise<Running> {
  // Whatever fails: the process ends of it, and is to leave what it said before.
  await using opened = new AsyncDisposableStack()
  opened.use(log)
  const clock = composeClock()
  const origins = new DefinitionOrigins()
  const thread = isTransient ? null : opened.use(await composeThread())
  const live = await LiveSettings.open(first, { readFrom, origins, thread })
  const base = { live, clock, log }
  const journalFile = opened.use(composeJournalFile(base, thread))
  const recordJournal = opened.use(composeRecordJournal(base, journalFile))
  opened.use(live)
  const known = new KnownSecrets()
  const { cache, seal } = await composeSealed(first.config, { ...base, origins, known })
  const sessions = opened.use(composeSessions(first.config, base))
  const credentials = composeCredentials(live, seal, known)
  const source = composeSource({ ...base, ...told, cache, credentials })
  const locks = SystemRunLocks.open({ directory: first.config.lockDirectory, clock, log })
  const noted = { mark: composeMark(first.config, base), ledger: composeLedger(first.config, base) }
  const records = composeRecords(base, recordJournal)
  const outputs = new LiveOutputs({ clock, secrets: known })
  const installation = installationId(first.config.stateDirectory, log)
  const history = opened.use(composeHistory({ ...base, source, installation, known, file: journalFile }))
  const journal = new SubscribedJournal(log, [
    new LogLines(log, first.config.log.runs),
    new LastRunRecords(records),
    history.rows,
    ...subscribers,
  ])
  const parts = { ...base, ...noted, isTransient, installation, source, sessions, credentials, locks, journal, outputs }
  const owned = opened.move()
  return {
    clock,
    log,
    source,
    dispatcher: composeDispatcher(parts),
    journal,
    records,
    history: history.writer,
    keeping: history.keeping,
    ...composeWrites(live, clock, history.writer),
    locks,
    ...noted,
    printed: { outputs, mask: (excerpt) => known.maskExcerpt(excerpt) },
    settings: () => live.settings,
    replaceSettings: (next) => live.replace(next),
    pausedLogins: () => {
      const of = sessions.pausedLogins()
      return (system) => of({ host: system.host, port: portOf(system, live.settings.config.hostname) })
    },
    retireConnections: () => sessions.retire(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

type Base = { readonly live: LiveSettings; readonly clock: Clock; readonly log: Log }

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
      yieldBetween(compileSteps({ definitions, problems, defaultTimezone: live.settings.config.timezone })),
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
  readonly journal: Journal
  readonly outputs: LiveOutputs
  /** Names what is scheduled, and the installation on its hosts. */
  readonly installation: string
  /** A tick: of runs that were begun before it, it knows by their locks alone. */
  readonly isTransient: boolean
}

function composeDispatcher({ live, clock, log, source, sessions, credentials, locks, ...parts }: DispatcherParts) {
  const { limits } = live.settings.config
  const current = { resolve: (auth: AuthRow, host: string) => credentials.resolve(source.authNow(auth), host) }
  const overSsh = { sessions: sessions.sessions, credentials: current, clock, log }
  return new Dispatcher({
    clock,
    log,
    executor: heardExecutor(composeExecutor(live.settings.config, overSsh), parts.outputs),
    locks,
    journal: parts.journal,
    isTransient: parts.isTransient,
    placeOf: (system) => sessions.places.of({ host: system.host, port: portOf(system, live.settings.config.hostname) }),
    limits: { runs: limits.concurrentRuns, runsPerHost: limits.concurrentRunsPerHost },
    installation: parts.installation,
    pausedReason: (cron, at) => pausedReason(source.snapshot?.pauses ?? [], cron, at),
    accessTo: (systemId, authId) => source.access(systemId, authId),
    cronOf: (id) => source.snapshot?.enabled.find((cron) => cron.id === id) ?? null,
    onFound: ({ minute, cronId }) => {
      // Where that cannot be written down, it is reported once more with its minute.
      void parts.mark.noteBegun(minute, [cronId]).catch(() => undefined)
      parts.ledger.noteFound(minute, [cronId])
    },
  })
}

function composeJournalFile({ live, clock, log }: Base, thread: SqliteThread | null): SqliteJournal {
  const path = join(live.settings.config.stateDirectory, JOURNAL_FILE)
  return new SqliteJournal({ path, clock, log, thread })
}

function composeRecordJournal({ live }: Base, file: SqliteJournal): RecordJournal {
  return new SqliteRecordJournal({ file, store: () => nameOfDatabase(live.settings.config.database) })
}

function composeRecords({ live, clock, log }: Base, journal: RecordJournal): RecordQueue {
  return new RecordQueue({ recorder: { recordRun: (record) => live.store.recordRun(record) }, journal, clock, log })
}

/** The second place is another directory of the state, which may be on another file system. */
function composeMark({ stateDirectory, lockDirectory }: Config, { clock, log }: Base): MinuteMark {
  return new SystemMinuteMark({ stateDirectory, secondDirectory: lockDirectory, clock, log })
}

/** In the same places as the mark. */
function composeLedger({ stateDirectory, lockDirectory }: Config, { clock, log }: Base): FiringLedger {
  return new SystemFiringLedger({ directories: [stateDirectory, lockDirectory], clock, log })
}
