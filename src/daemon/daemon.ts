import { RefreshLoop } from '../definitions/refresh-loop.ts'
import type { SnapshotSource } from '../definitions/snapshot-source.ts'
import type { Dispatcher } from '../dispatch/dispatcher.ts'
import type { Journal } from '../history/journal.ts'
import type { RecordQueue } from '../history/record-queue.ts'
import type { BootMark } from '../minutes/boot-mark.ts'
import type { FiringLedger } from '../minutes/firing-ledger.ts'
import type { Heartbeat } from '../minutes/heartbeat.ts'
import type { MinuteLoop } from '../minutes/minute-loop.ts'
import { fireReboot } from '../minutes/reboot-firings.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import { untilAborted } from '../platform/waiting/within.ts'
import type { DaemonSignals } from './daemon-signals.ts'
import { describeStatus } from './describe-status.ts'
import { drain } from './drain.ts'
import type { ServiceNotifier } from './service-notifier.ts'

/** What a daemon drives, and what it is told by. */
export type DaemonParts = {
  readonly clock: Clock
  readonly journal: Journal
  readonly log: Log
  readonly heartbeat: Heartbeat
  readonly notifier: ServiceNotifier
  readonly bootMark: BootMark
  readonly ledger: FiringLedger
  readonly source: SnapshotSource
  readonly loop: MinuteLoop
  readonly dispatcher: Dispatcher
  /** What the store does not have yet of runs. */
  readonly records: Pick<RecordQueue, 'flushed'>
  /** Awaited before anything is planned: aborts `stop` where another daemon plans it by now. Never rejects. Absent: no other one can. */
  readonly confirmed?: () => Promise<void>
  /** Asked at each use, since a reload may change them. Milliseconds. */
  readonly staleAfterMs: () => number
  readonly drainMs: () => number
  /** Whether runs that last longer than that are killed; else they are left alive. */
  readonly killsRuns: () => boolean
  /** Reads the settings again and puts them in force, but for those that it resolves with; the old ones stay where it rejects. */
  readonly reloadSettings: () => Promise<readonly string[]>
  /** Called after every attempt to read the definitions. */
  readonly onRefreshed: () => void
  /** Awaited when the daemon has taken up what there was, and before it reports that it is ready. Never rejects. */
  readonly openControl?: () => Promise<void>
}

/** What a reload came to. */
export type Reloaded = {
  /** Why the old settings stay; null if they do not. */
  readonly refusal: Error | null
  /** Changed settings that wait for the next start. */
  readonly waiting: readonly string[]
  /** Whether the store answered. */
  readonly isRead: boolean
}

/** Runs what is due at every minute until told to stop, then waits for the runs it started. Never rejects for what goes wrong outside. */
export class Daemon {
  readonly #parts: DaemonParts
  readonly #signals: DaemonSignals
  readonly #refreshing: RefreshLoop
  readonly #started = Promise.withResolvers<void>()
  #step: Promise<void> | null = null
  #beatMissed = false
  #isRebootAsked = false
  #reloading: Promise<unknown> = this.#started.promise
  #nextReload: Promise<Reloaded | null> | null = null

  constructor(parts: DaemonParts, signals: DaemonSignals) {
    this.#parts = parts
    this.#signals = signals
    this.#refreshing = new RefreshLoop({ ...parts, onRefreshed: () => this.#refreshed() })
  }

  async run(): Promise<void> {
    const { heartbeat, log, notifier, source, dispatcher } = this.#parts
    const { stop } = this.#signals
    using _watchdog = this.#watch()
    this.#signals.onReload(() => void this.reload())
    // Definitions first: without them there is no login with which an adopted run could be asked.
    if (!stop.aborted) await untilAborted(source.refresh(), stop)
    if (!stop.aborted) await untilAborted(dispatcher.adopt(), stop)
    this.#refreshed()
    await this.#parts.openControl?.()
    const beats = heartbeat.start(() => this.#beat())
    notifier.ready()
    this.#beat()
    this.#started.resolve()
    await this.#refreshing.run(stop)
    beats[Symbol.dispose]()
    // A minute that is being planned is on disk as planned: its firings begin before anything is waited for, or let go.
    await this.#step
    log.info({ active: [...dispatcher.active].length }, 'rcron is stopping')
    notifier.stopping()
    await this.#drain()
    log.info({}, 'rcron has stopped')
  }

  /** After every attempt to read the definitions. */
  #refreshed(): void {
    void this.#fireReboot()
    const { notifier, source, dispatcher, onRefreshed } = this.#parts
    onRefreshed()
    notifier.status(describeStatus(source, [...dispatcher.active].length))
  }

  /** A beat during a step asks for one more: the clock may have moved on. */
  #beat(): void {
    if (this.#signals.stop.aborted) return
    if (this.#step !== null) {
      this.#beatMissed = true
      return
    }
    this.#step = this.#plan().then(() => {
      this.#step = null
      if (!this.#beatMissed) return
      this.#beatMissed = false
      this.#beat()
    })
  }

  async #plan(): Promise<void> {
    const { loop, source } = this.#parts
    if (await this.isConfirmed()) await loop.step(source.snapshot)
  }

  /** Whether something may begin. False once it is told to stop, by whoever has taken over too. */
  async isConfirmed(): Promise<boolean> {
    const { stop } = this.#signals
    await untilAborted(this.#parts.confirmed?.() ?? Promise.resolve(), stop)
    return !stop.aborted
  }

  /** As soon as there are definitions, which may be long after the start. */
  async #fireReboot(): Promise<void> {
    const { snapshot } = this.#parts.source
    if (this.#isRebootAsked || snapshot === null || this.#signals.stop.aborted) return
    this.#isRebootAsked = true
    if (await this.isConfirmed()) await fireReboot(this.#parts, snapshot)
  }

  /**
   * Reads settings and definitions again, and resolves with what that came to; null once it is to stop. Reloads follow one another; one that has
   * not begun yet stands for all that are asked for meanwhile. Never rejects.
   */
  reload(): Promise<Reloaded | null> {
    if (this.#nextReload !== null) return this.#nextReload
    const next = this.#reloading.then(async () => {
      this.#nextReload = null
      return this.#signals.stop.aborted ? null : await this.#reloadNow()
    })
    this.#nextReload = next
    this.#reloading = next
    return next
  }

  /** Reads the definitions now, and resolves to whether the store answered. Never rejects. */
  async reread(): Promise<boolean> {
    await this.#started.promise
    return await this.#refreshing.reread()
  }

  /** A broken configuration leaves everything as it is. */
  async #reloadNow(): Promise<Reloaded> {
    const { log, notifier, reloadSettings } = this.#parts
    notifier.reloading()
    log.info({}, 'reloading settings and definitions')
    let refusal: Error | null = null
    const waiting = await reloadSettings().catch((error: unknown) => {
      log.error({ err: error }, 'cannot use the new settings; keeping the old ones')
      refusal = error instanceof Error ? error : new Error(String(error))
      return []
    })
    const isRead = await this.#refreshing.reread()
    if (!this.#signals.stop.aborted) notifier.ready()
    return { refusal, waiting, isRead }
  }

  #watch(): Disposable {
    const { notifier } = this.#parts
    if (notifier.watchdogIntervalMs === null) return new DisposableStack()
    const timer = setInterval(() => notifier.watchdog(), notifier.watchdogIntervalMs)
    return { [Symbol.dispose]: () => clearInterval(timer) }
  }

  async #drain(): Promise<void> {
    const { clock, log, dispatcher, records, drainMs, killsRuns } = this.#parts
    const parts = {
      clock,
      log,
      active: () => dispatcher.active,
      idle: () => dispatcher.idle(),
      recorded: () => records.flushed(),
      abandon: () => dispatcher.abandon(),
      ...(killsRuns?.() === true && { killAll: () => dispatcher.killAll('shutdown') }),
      drainMs: drainMs(),
    }
    await drain(parts, this.#signals.abandon)
  }
}
