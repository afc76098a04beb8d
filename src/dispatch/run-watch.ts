import type { RunWatch } from '../execution/executor.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log, LogFields } from '../platform/log/log.ts'
import type { ActiveRun } from './active/active-run.ts'
import type { Hold } from './locks/hold.ts'
import type { RunLock } from './locks/run-locks.ts'

/**
 * A run that has lasted so long gets its trace written into its lock. Most are over by then, and spared the writing, which costs more
 * than all the rest; until then its id alone finds its processes again.
 */
const TRACE_AFTER_MS = 250

/** A run that was handed over and has not begun after so long waits for something that is worth a line. */
const TELL_WAIT_AFTER_MS = 5_000

export type WatchedRun = {
  readonly active: ActiveRun
  readonly hold: Hold
  readonly fields: LogFields
  /** An earlier process has told that it started, and when. */
  readonly isAdopted: boolean
  /** Called when contact is lost. */
  readonly onUnknown?: () => void
  /** Called when its host has said that it lives, or contact is lost. */
  readonly onWord?: () => void
  /** Aborts when the run is over. */
  readonly over: AbortSignal
}

/** Tells the log, the lock and what counts as active how a run fares on its host. */
export function watchOf({ clock, log }: { readonly clock: Clock; readonly log: Log }, run: WatchedRun): RunWatch {
  const { active, hold, fields, isAdopted, onUnknown, onWord, over } = run
  const note = (known: Partial<RunLock>) => {
    hold.note(known).catch((error: unknown) => log.error({ ...fields, err: error }, 'lock file not brought up to date'))
  }
  let unknownSince: number | null = null
  if (!isAdopted) void clock.sleep(TELL_WAIT_AFTER_MS, over).then(() => tellWait(log, run))
  return {
    started: (trace) => {
      if (!isAdopted) {
        log.info(fields, 'run started')
        active.reached({ kind: 'running', since: clock.now() })
      }
      const known = isAdopted ? { trace } : { trace, startedAt: clock.now() }
      void clock.sleep(TRACE_AFTER_MS, over).then(() => {
        if (!over.aborted) note(known)
      })
    },
    unknown: (why) => {
      const isNews = unknownSince === null
      unknownSince ??= hold.lock?.unknownSince ?? clock.now()
      active.reached({ kind: 'unknown', since: unknownSince, why })
      if (!isNews) {
        log.warn({ ...fields, reason: why }, 'run still unknown, for another reason')
        return
      }
      active.contact('unknown')
      onUnknown?.()
      log.warn({ ...fields, reason: why }, 'run unknown: contact lost, it counts as active and is asked again')
      onWord?.()
      note({ unknownSince })
    },
    found: () => {
      unknownSince = null
      active.contact('running')
      active.reached({ kind: 'running', since: hold.lock?.startedAt ?? clock.now() })
      log.info(fields, 'run found again')
      onWord?.()
      note({ unknownSince: null })
    },
  }
}

/** Logins of a host are made so many at a time, and a host may take its time. */
function tellWait(log: Log, { active, fields, over }: WatchedRun): void {
  if (over.aborted || active.stage.kind !== 'handed-over') return
  const reason = 'it was handed over, and waits for its turn to log in, or for its host to answer'
  log.info({ ...fields, limit: 'login', reason }, 'run waits for its host')
}
