import { setMaxListeners } from 'node:events'
import { existsSync } from 'node:fs'
import type { Config } from '../config/config.ts'
import { refuseForeignPlaces } from '../config/judge-places.ts'
import type { Environment } from '../config/read-variables.ts'
import { EndedRuns } from '../control/act/ended-runs.ts'
import { EventFeed } from '../control/act/event-feed.ts'
import { RunOutputs } from '../control/act/run-outputs.ts'
import { HostContacts } from '../control/hosts/host-contacts.ts'
import { Daemon } from '../daemon/daemon.ts'
import type { DaemonSignals } from '../daemon/daemon-signals.ts'
import { listenToSystemSignals } from '../daemon/system-daemon-signals.ts'
import { type StateLock, takeStateLock } from '../daemon/system-state-lock.ts'
import { readSystemdEnvironment } from '../daemon/systemd-environment.ts'
import { SystemdNotifier } from '../daemon/systemd-notify.ts'
import { MS_PER_MINUTE } from '../domain/minute.ts'
import { sweepUntil } from '../history/history-sweeper.ts'
import { systemHeartbeat } from '../minutes/heartbeat.ts'
import { MinuteBook } from '../minutes/minute-book.ts'
import { MinuteLoop } from '../minutes/minute-loop.ts'
import { createSystemBootMark } from '../minutes/system-boot-mark.ts'
import type { Log } from '../platform/log/log.ts'
import { installedVersion } from '../platform/version.ts'
import { untilAborted } from '../platform/waiting/within.ts'
import { PreparedStore } from '../store/definitions/prepared-store.ts'
import type { SqlStore } from '../store/sql/sql-store.ts'
import { openControl } from './control.ts'
import { holdProgram } from './hold-program.ts'
import { FollowingLease } from './lease.ts'
import { keepingNames } from './names-file.ts'
import { composeClock, composeLog } from './parts.ts'
import { composeRunning, type Running } from './running.ts'
import { loadSettings, logWarnings, nameOfDatabase } from './settings.ts'
import { ZONE_RULES, zoneReview, zonesIn } from './zone-rules.ts'

/** A daemon with all that it drives, ready to run. To be disposed of when it has: it gives the state directory free last. */
export type ComposedDaemon = AsyncDisposable & {
  /** Runs until it is told to stop. Rejects with a DatabaseTaken where it stopped because another daemon has the database. */
  readonly run: () => Promise<void>
}

/** Wires the daemon. Rejects with an OperatorError if another one has the state directory or the database, or the settings cannot be used. */
export async function composeDaemon(
  environment: Environment,
  ofSystem: DaemonSignals = listenToSystemSignals(),
): Promise<ComposedDaemon> {
  // Released last to first, whatever fails. Signals last of all: who sends one more meanwhile must not end the process before its state is free.
  await using opened = new AsyncDisposableStack()
  opened.use(ofSystem)
  holdProgram()
  const first = await loadSettings(environment)
  const { config } = first
  refuseForeignPlaces(config)
  const clock = composeClock()
  const stateLock = opened.adopt(await takeStateLock(config.stateDirectory, clock), (it) => it.release())
  const log = composeLog(config, 1)
  tellStart(config, stateLock, log)
  const lease = opened.adopt(new FollowingLease(config, { clock, log }), (it) => it.release())
  await untilAborted(lease.take(ofSystem.stop), ofSystem.stop)
  const signals = stoppedBy(lease.lost, ofSystem)
  const told = newListeners(() => running.printed)
  const manner = { isTransient: false, subscribers: Object.values(told) }
  const running: Running = opened.use(await composeRunning(first, log, readerOf(config, log), manner))
  const { source, dispatcher, records, history, journal, settings, ledger } = running
  const shared = { clock, log, journal, ledger, dispatcher }
  const reviewZones = zoneReview(log)
  const book = await MinuteBook.open({ mark: running.mark, catchUpMinutes: config.catchUpMinutes, log })
  const control = opened.use(new AsyncDisposableStack())
  const daemon: Daemon = new Daemon(
    {
      ...shared,
      source,
      records: { flushed: async () => void (await Promise.all([records.flushed(), history.flushed()])) },
      heartbeat: systemHeartbeat,
      notifier: new SystemdNotifier(readSystemdEnvironment(environment, process.pid), log),
      bootMark: createSystemBootMark(config.stateDirectory, log),
      loop: new MinuteLoop({ ...shared, book }),
      confirmed: () => lease.confirm(),
      staleAfterMs: () => settings().config.cache.staleMinutes * MS_PER_MINUTE,
      drainMs: () => settings().config.drainMs,
      killsRuns: () => settings().config.stopRuns === 'kill',
      reloadSettings: () => reload({ environment, running, lease, log }, signals.stop),
      openControl: async () =>
        void control.use(await openControl({ running, daemon, book, ...told, stop: signals.stop })),
      onRefreshed: () => {
        const ofCrons = source.snapshot === null ? [] : zonesIn(source.snapshot)
        reviewZones([settings().config.timezone, ...ofCrons], clock.now())
      },
    },
    signals,
  )
  const run = async () => {
    const kept = () => settings().config.history
    const sweeping = sweepUntil({ store: running.keeping, kept, clock, log }, signals.stop)
    await daemon.run()
    await sweeping
    if (lease.lost.aborted) throw lease.lost.reason
  }
  const owned = opened.move()
  return { run, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** Who is told of all that happens, to answer those who ask. */
function newListeners(printed: () => Running['printed']) {
  return {
    ended: new EndedRuns(),
    feed: new EventFeed(),
    outputs: new RunOutputs(printed),
    contacts: new HostContacts(),
  }
}

/** What definitions are read through. */
function readerOf({ cache, stateDirectory }: Config, log: Log) {
  const isNew = () => !existsSync(cache.file)
  return (store: SqlStore) => keepingNames(new PreparedStore({ store, isNew, log }), stateDirectory)
}

type Reloaded = {
  readonly environment: Environment
  readonly running: Running
  readonly lease: FollowingLease
  readonly log: Log
}

async function reload({ environment, running, lease, log }: Reloaded, stop: AbortSignal): Promise<readonly string[]> {
  // Regardless of the settings: a reload means that something has changed, perhaps on a host.
  running.retireConnections()
  const next = await loadSettings(environment)
  refuseForeignPlaces(next.config)
  logWarnings(next.config, log)
  await lease.follow(next.config, stop)
  const waiting = await running.replaceSettings(next)
  if (waiting.length > 0) log.warn({ settings: waiting }, 'changed settings take effect only at the next start')
  return waiting
}

function tellStart(config: Config, { weakness }: Pick<StateLock, 'weakness'>, log: Log): void {
  const about = { version: installedVersion(), store: nameOfDatabase(config.database), timezone: config.timezone }
  log.info({ ...about, zoneRules: ZONE_RULES, stateDirectory: config.stateDirectory }, 'rcron is starting')
  logWarnings(config, log)
  if (weakness !== null) log.error({ reason: weakness }, 'a second daemon would not be detected')
}

/** `signals`, and a stop where `lost` aborts. */
function stoppedBy(lost: AbortSignal, signals: DaemonSignals): DaemonSignals {
  const stop = AbortSignal.any([signals.stop, lost])
  setMaxListeners(0, stop)
  return { ...signals, stop }
}
