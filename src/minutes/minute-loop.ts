import { firingsIn } from '../definitions/firings.ts'
import type { Snapshot } from '../definitions/snapshot.ts'
import type { Dispatcher } from '../dispatch/dispatcher.ts'
import type { ActiveFiring } from '../dispatch/firing-result.ts'
import { BUG } from '../domain/bug.ts'
import { type Minute, minuteOf } from '../domain/minute.ts'
import type { Journal } from '../history/journal.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import { dueMinutesOf } from './due-minutes.ts'
import type { FiringLedger, UnfinishedEntry } from './firing-ledger.ts'
import { knownBegun, reportInterrupted, reportInterruptedCatchUp } from './interrupted-firings.ts'
import type { MinuteBook } from './minute-book.ts'
import { type CatchUp, NO_CATCH_UP, settleMissed } from './missed-minutes.ts'
import { hasCommonMinute } from './plan-ranges.ts'
import { unpausedMinutes } from './plan-unpaused.ts'

/** What the minute loop plans by, and who carries its firings out. */
export type MinuteLoopParts = {
  readonly clock: Clock
  readonly journal: Journal
  readonly log: Log
  readonly book: MinuteBook
  readonly ledger: FiringLedger
  readonly dispatcher: Pick<Dispatcher, 'fire' | 'active'>
}

/** What one wake-up has set going. */
export type MinuteStep = {
  readonly firings: readonly ActiveFiring[]
  /** Resolves when all that was missed is reported in writing. Never rejects. */
  readonly missed: Promise<CatchUp>
}

/** Turns wake-ups into firings: each minute once, however often and whenever it is woken. */
export class MinuteLoop {
  readonly #parts: MinuteLoopParts
  #interruptedTold = false

  constructor(parts: MinuteLoopParts) {
    this.#parts = parts
  }

  /**
   * Plans what is to be planned now and sets its firings going; resolves with them. Without definitions nothing is planned, so that
   * the minutes that pass are caught up or told as missed later. Not to be called while an earlier call has not resolved. Never rejects.
   */
  async step(snapshot: Snapshot | null): Promise<MinuteStep> {
    if (snapshot === null) return { firings: [], missed: Promise.resolve(NO_CATCH_UP) }
    const { clock, book } = this.#parts
    const interruptedTold = this.#interruptedTold ? null : await this.#tellInterrupted(snapshot)
    const now = minuteOf(clock.now())
    const plan = await book.plan(now)
    // Beside everything else: what was missed delays nothing.
    const missed = settleMissed(
      { ...this.#parts, due: unpausedMinutes(dueMinutesOf(snapshot), snapshot.pauses) },
      { ...plan.missed, crons: snapshot.enabled },
    )
    return {
      firings: plan.due.flatMap((minute) => this.#fireAll(snapshot, minute, now)),
      missed: Promise.all([missed, interruptedTold?.catchUps]).then(
        ([catchUp]) => catchUp,
        (error: unknown) => this.#missedUntold(error),
      ),
    }
  }

  /** It stays on disk as not told: were it to end the process, it would end the next one as well. */
  #missedUntold(error: unknown): CatchUp {
    this.#parts.log.error({ err: error }, `${BUG} while reporting missed minutes`)
    return NO_CATCH_UP
  }

  #fireAll(snapshot: Snapshot, minute: Minute, now: Minute): readonly ActiveFiring[] {
    const { book, dispatcher } = this.#parts
    const how = minute === now ? 'schedule' : 'catch-up'
    const begun = (crons: readonly number[]) => void book.begun(minute, crons)
    const underWay = firingsIn(snapshot, minute).map((firing) => dispatcher.fire(firing, how, begun))
    void Promise.all(underWay.map((each) => each.begun)).then(() => book.close(minute))
    return underWay
  }

  /**
   * What an earlier process did not live to begin. Of minutes that were due it is written before the mark forgets them: the end of this
   * process must not silence them. What was caught up may be long, and is reported beside everything else.
   */
  async #tellInterrupted(snapshot: Snapshot): Promise<{ readonly catchUps: Promise<void> }> {
    this.#interruptedTold = true
    const { book, ledger, dispatcher, log } = this.#parts
    const known = knownBegun(dispatcher.active)
    const catchUps: UnfinishedEntry[] = []
    for (const entry of ledger.left().filter(({ boot }) => boot === null)) {
      // Where its minutes are not known as reported nothing of it has begun, and all of it comes again.
      if (hasCommonMinute(entry.minutes, book.unreported.minutes)) entry.remove()
      else catchUps.push(entry)
    }
    for (const minute of book.interrupted) {
      const begun = await book.begunIn(minute)
      const hasBegun = (cronId: number) => begun.has(cronId) || known(minute, cronId)
      reportInterrupted(this.#parts, firingsIn(snapshot, minute), hasBegun)
    }
    if (book.interrupted.length > 0) await log.written()
    return { catchUps: this.#tellCatchUps(snapshot, catchUps, known) }
  }

  async #tellCatchUps(
    snapshot: Snapshot,
    entries: readonly UnfinishedEntry[],
    known: UnfinishedEntry['hasBegun'],
  ): Promise<void> {
    const due = unpausedMinutes(dueMinutesOf(snapshot), snapshot.pauses)
    for (const entry of entries) {
      const hasBegun: UnfinishedEntry['hasBegun'] = (minute, cron) =>
        entry.hasBegun(minute, cron) || known(minute, cron)
      await reportInterruptedCatchUp({ ...this.#parts, crons: snapshot.enabled, due, entry, hasBegun })
      await this.#parts.log.written()
      entry.remove()
    }
  }
}
