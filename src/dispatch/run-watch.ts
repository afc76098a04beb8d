import type { RunFacts } from '../domain/run-event.ts'
import type { RunWatch } from '../execution/executor.ts'
import type { Journal } from '../history/journal.ts'
import { fieldsOf } from '../history/log-lines.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import type { RunLock } from './locks/run-locks.ts'
import type { Occupancy } from './occupancy.ts'

/**
 * The trace is written to the lock only once a run has lasted this long. Most are over by then, and spared the writing, which costs more
 * than all the rest; until then its id alone finds its processes again.
 */
const TRACE_AFTER_MS = 250

/** A run that was handed over and has not begun after so long waits for something that is worth a line. */
const TELL_WAIT_AFTER_MS = 5_000

/** Who is told how a run goes on. */
export type RunWatchParts = { readonly clock: Clock; readonly journal: Journal; readonly log: Log }

/** A run whose news go to the log, to its lock and to what it occupies. */
export type WatchedRun = {
  readonly run: RunFacts
  readonly occupancy: Pick<Occupancy, 'active' | 'holder'>
  /** That it started is reported, and when: by an earlier process, or by this one. */
  readonly isStartTold: boolean
  /** Called when contact is lost. */
  readonly onUnknown?: () => void
  /** Called when its host has said that it lives, or contact is lost. */
  readonly onWord?: () => void
  /** Aborts when the run is over. */
  readonly over: AbortSignal
}

/** Tells the journal, the lock and what counts as active how a run fares on its host. */
export function watchOf(parts: RunWatchParts, watched: WatchedRun): RunWatch {
  const { clock, journal, log } = parts
  const { run, isStartTold, onUnknown, onWord, over } = watched
  const { active, holder } = watched.occupancy
  const note = (known: Partial<RunLock>) => {
    holder.note(known).catch((error: unknown) => log.error({ ...fieldsOf(run), err: error }, 'cannot update lock file'))
  }
  let unknownSince: number | null = null
  if (!isStartTold) void clock.sleep(TELL_WAIT_AFTER_MS, over).then(() => tellWait(parts, watched))
  return {
    started: (trace) => {
      if (!isStartTold) {
        journal.note({ kind: 'started', at: clock.now(), run })
        active.reached({ kind: 'running', since: clock.now() })
      }
      const known = isStartTold ? { trace } : { trace, startedAt: clock.now() }
      void clock.sleep(TRACE_AFTER_MS, over).then(() => {
        if (!over.aborted) note(known)
      })
    },
    unknown: (why) => {
      const isNews = unknownSince === null
      const since = unknownSince ?? holder.lock?.unknownSince ?? clock.now()
      unknownSince = since
      active.reached({ kind: 'unknown', since, why })
      if (!isNews) {
        journal.note({ kind: 'contact-still-lost', at: clock.now(), run, since, reason: why })
        return
      }
      active.contact('unknown')
      onUnknown?.()
      journal.note({ kind: 'contact-lost', at: clock.now(), run, since, reason: why })
      onWord?.()
      note({ unknownSince })
    },
    found: () => {
      unknownSince = null
      active.contact('running')
      active.reached({ kind: 'running', since: holder.lock?.startedAt ?? clock.now() })
      journal.note({ kind: 'contact-found', at: clock.now(), run })
      onWord?.()
      note({ unknownSince: null })
    },
  }
}

/** Logins of a host are made so many at a time, and a host may take its time. */
function tellWait({ clock, journal }: RunWatchParts, { run, occupancy, over }: WatchedRun): void {
  if (over.aborted || occupancy.active.stage.kind !== 'handed-over') return
  const reason = 'it was handed over, and waits to log in or for its host to answer'
  journal.note({ kind: 'awaiting-host', at: clock.now(), run, reason })
}
