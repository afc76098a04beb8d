import type { Config } from '../config/config.ts'
import { refuseForeignPlaces } from '../config/judge-places.ts'
import type { Environment } from '../config/read-variables.ts'
import { findDaemon } from '../daemon/system-state-lock.ts'
import type { Snapshot } from '../definitions/snapshot.ts'
import type { SnapshotSource } from '../definitions/snapshot-source.ts'
import { createSystemReportedProblems } from '../definitions/system-reported-problems.ts'
import type { Dispatcher } from '../dispatch/dispatcher.ts'
import type { FiringResult } from '../dispatch/firing-result.ts'
import { ExitError } from '../domain/errors.ts'
import { MinuteBook } from '../minutes/minute-book.ts'
import { MinuteLoop } from '../minutes/minute-loop.ts'
import { fireReboot } from '../minutes/reboot-firings.ts'
import { createSystemBootMark } from '../minutes/system-boot-mark.ts'
import type { Log } from '../platform/log/log.ts'
import { within } from '../platform/waiting/within.ts'
import { holdProgram } from './hold-program.ts'
import { composeLease } from './lease.ts'
import { composeClock, composeLog } from './parts.ts'
import { composeRunning } from './running.ts'
import { loadSettings, logWarnings, type Settings } from './settings.ts'

/** One minute's worth of rcron, outside of a daemon. */
export type Tick = AsyncDisposable & {
  readonly timezone: string
  readonly source: SnapshotSource
  readonly dispatcher: Dispatcher
  /**
   * Plans by the clock and the mark, moves the mark, and resolves when the runs have ended: those of the minutes, those that are caught
   * up, and after a boot of the machine those of `@reboot`. Of ticks that overlap, one does.
   */
  readonly planNow: (snapshot: Snapshot) => Promise<readonly FiringResult[]>
  /** Resolves when the store has what the runs left, and what is wrong with the definitions is reported; or when that takes too long. */
  readonly recorded: () => Promise<void>
}

/** How a tick is run. */
export type TickOptions = {
  /** Beside a daemon, then: the lock files keep their runs apart. */
  readonly isByHand: boolean
  /** Whether somebody reads along; else what is healthy is not logged, unless RCRON_LOG_LEVEL asks for it. */
  readonly isWatched: boolean
}

const LAST_RECORDS_MS = 5_000

/** Wires a tick. Rejects with an OperatorError while a daemon holds the state directory or the database, unless it is one by hand. */
export async function composeTick(environment: Environment, { isByHand, isWatched }: TickOptions): Promise<Tick> {
  holdProgram()
  const first = await loadSettings(environment)
  const { config } = first
  refuseForeignPlaces(config)
  if (!isByHand) refuseBesideDaemon(config.stateDirectory)
  const log = composeLog(isWatched ? config : quietly(first), 2)
  logWarnings(config, log)
  if (!isByHand) await refuseBesideOtherInstallation(config, log)
  // A tick every minute is to say once what is wrong; somebody who asks gets all of it.
  const toldProblems = isByHand || isWatched ? undefined : createSystemReportedProblems(config.stateDirectory, log)
  const manner = { isTransient: true, ...(toldProblems && { toldProblems }) }
  const running = await composeRunning(first, log, undefined, manner)
  const { clock, source, dispatcher, records, history, journal, mark, ledger } = running
  const bootMark = createSystemBootMark(config.stateDirectory, log)
  const planNow = async (snapshot: Snapshot) => {
    const { started, catchUp } = await mark.exclusively(async () => {
      const atBoot = await fireReboot({ bootMark, ledger, dispatcher, clock, journal, log }, snapshot)
      const book = await MinuteBook.open({ mark, catchUpMinutes: config.catchUpMinutes, log })
      const step = await new MinuteLoop({ clock, journal, log, book, ledger, dispatcher }).step(snapshot)
      const started = [...atBoot, ...step.firings]
      const catchUp = await step.missed
      await Promise.all(started.map(({ begun }) => begun))
      // The next tick reads the mark as soon as this one lets go of it.
      await book.saved()
      return { started, catchUp }
    })
    const results = await Promise.all(started.map(({ result }) => result))
    return [...(await catchUp.results), ...results]
  }
  return {
    source,
    dispatcher,
    planNow,
    timezone: config.timezone,
    recorded: async () => {
      await within(clock, LAST_RECORDS_MS, Promise.all([records.flushed(), history.flushed(), source.reviewed()]))
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  }
}

function quietly({ config, environment }: Settings): Config {
  return environment['RCRON_LOG_LEVEL'] ? config : { ...config, log: { ...config.log, level: 'warn' } }
}

function refuseBesideDaemon(stateDirectory: string): void {
  const daemon = findDaemon(stateDirectory)
  if (daemon === null) return
  throw new ExitError(
    6,
    `state directory ${stateDirectory}: an rcron daemon uses it, ${daemon}, and plans every minute itself`,
    'Stop it first, or set RCRON_STATE_DIR to another directory. While it runs, --dry-run and --at (to fire a minute by hand) still work.',
  )
}

/** Looks, and holds nothing: ticks of one installation overlap. */
async function refuseBesideOtherInstallation(config: Config, log: Log): Promise<void> {
  const lease = await composeLease(config, { clock: composeClock(), log })
  try {
    await lease.look(new AbortController().signal)
  } finally {
    await lease.release()
  }
}
