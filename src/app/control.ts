import { AuditTrail, type Deed } from '../control/act/audit-trail.ts'
import { DaemonControl } from '../control/act/daemon-control.ts'
import type { EndedRuns } from '../control/act/ended-runs.ts'
import type { EventFeed } from '../control/act/event-feed.ts'
import type { RunOutputs } from '../control/act/run-outputs.ts'
import type { HostContacts } from '../control/hosts/host-contacts.ts'
import { ControlServer } from '../control/server/control-server.ts'
import { groupOfViewers } from '../control/server/group-of-viewers.ts'
import type { Daemon } from '../daemon/daemon.ts'
import type { MinuteBook } from '../minutes/minute-book.ts'
import { userName } from '../platform/user-name.ts'
import { installedVersion } from '../platform/version.ts'
import type { Running } from './running.ts'
import { nameOfDatabase } from './settings.ts'

/** The parts of a daemon that commands ask for. */
export type ControlParts = {
  readonly running: Running
  readonly daemon: Daemon
  readonly book: MinuteBook
  readonly ended: EndedRuns
  readonly feed: EventFeed
  readonly outputs: RunOutputs
  readonly contacts: HostContacts
  readonly stop: AbortSignal
}

/** Listens for commands, where the settings in force at the start say. The caller's to close. Never rejects. */
export async function openControl({ running, daemon, book, stop, ...told }: ControlParts): Promise<AsyncDisposable> {
  const { clock, log, source, dispatcher, settings } = running
  const { stateDirectory, controlDirectory, limits } = settings().config
  const controlled = new DaemonControl({
    clock,
    source,
    dispatcher,
    daemon,
    ...told,
    writePauses: running.writePauses,
    resolveRun: running.resolveRun,
    pausedLogins: running.pausedLogins,
    lastPlanned: () => book.last,
    facts: {
      version: installedVersion(),
      user: userName(),
      stateDirectory,
      startedAt: clock.now() - process.uptime() * 1000,
      slots: limits.concurrentRuns,
      slotsPerHost: limits.concurrentRunsPerHost,
      store: () => nameOfDatabase(settings().config.database),
      timezone: () => settings().config.timezone,
      isStopping: () => stop.aborted,
    },
  })
  const opened = new AsyncDisposableStack()
  const trail = opened.use(new AuditTrail({ write: (rows) => running.writeAudit(rows), clock, log }))
  const audit = (deed: Deed) => trail.note(deed)
  opened.use(
    await ControlServer.open({ controlled, log, audit, directory: controlDirectory, viewers: groupOfViewers() }),
  )
  return opened
}
