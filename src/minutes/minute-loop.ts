import { firingsIn } from '../definitions/firings.ts'
import type { Snapshot } from '../definitions/snapshot.ts'
import type { Dispatcher } from '../dispatch/dispatcher.ts'
import type { FiringUnderWay } from '../dispatch/firing-result.ts'
import { type Minute, minuteOf } from '../domain/minute.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import { dueMinutesOf } from './due-minutes.ts'
import type { MinuteBook } from './minute-book.ts'
import { settleMissed, tellInterrupted } from './missed-minutes.ts'

export type MinuteLoopParts = {
  readonly clock: Clock
  readonly log: Log
  readonly book: MinuteBook
  readonly dispatcher: Pick<Dispatcher, 'fire' | 'active'>
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
  async step(snapshot: Snapshot | null): Promise<readonly FiringUnderWay[]> {
    if (snapshot === null) return []
    const { clock, book } = this.#parts
    await this.#tellInterrupted(snapshot)
    const now = minuteOf(clock.now())
    const plan = await book.plan(now)
    const missed = { crons: snapshot.enabled, minutes: plan.missed, more: plan.missedMore }
    // Beside everything else: what was missed delays nothing.
    void settleMissed({ ...this.#parts, due: dueMinutesOf(snapshot) }, missed)
    return plan.due.flatMap((minute) => this.#fireAll(snapshot, minute, now))
  }

  #fireAll(snapshot: Snapshot, minute: Minute, now: Minute): readonly FiringUnderWay[] {
    const { book, dispatcher } = this.#parts
    const how = minute === now ? 'schedule' : 'catch-up'
    const begun = (crons: readonly number[]) => void book.begun(minute, crons)
    const underWay = firingsIn(snapshot, minute).map((firing) => dispatcher.fire(firing, how, begun))
    void Promise.all(underWay.map((each) => each.begun)).then(() => book.close(minute))
    return underWay
  }

  /** Written before the mark forgets them: the end of this process must not silence them. */
  async #tellInterrupted(snapshot: Snapshot): Promise<void> {
    if (this.#interruptedTold) return
    this.#interruptedTold = true
    const { book, dispatcher, log } = this.#parts
    if (book.interrupted.length === 0) return
    const known = new Set([...dispatcher.active].flatMap(({ crons, minute }) => crons.map((id) => `${id} ${minute}`)))
    for (const minute of book.interrupted) {
      const begun = await book.begunIn(minute)
      const hasBegun = (cronId: number) => begun.has(cronId) || known.has(`${cronId} ${minute}`)
      tellInterrupted(log, firingsIn(snapshot, minute), hasBegun)
    }
    await log.written()
  }
}
