import type { Minute } from '../domain/minute.ts'
import type { Log } from '../platform/log/log.ts'
import type { Mark, MinuteMark } from './minute-mark.ts'
import { type MinutePlan, planMinutes } from './plan-minutes.ts'

export type MinuteBookParts = { readonly mark: MinuteMark; readonly catchUpMinutes: number; readonly log: Log }

/**
 * Hands out every minute once, and has it on disk before. Where the disk takes no writes it goes on from memory, with an
 * alarm: stopping every job for want of a mark would be worse, and the next start is careful instead (see MinuteMark.load).
 */
export class MinuteBook {
  /** Minutes that an earlier process planned, and did not live to begin all firings of. They are not planned again, and told once. */
  readonly interrupted: readonly Minute[]
  readonly #parts: MinuteBookParts
  /** Of those, the ones that may not have been told yet: they stay on disk until then, lest the end of this process silences them. */
  #untold: readonly Minute[]
  #mark: Mark
  #saving: Promise<void> = Promise.resolve()
  #isNotingAway = false

  static async open(parts: MinuteBookParts): Promise<MinuteBook> {
    return new MinuteBook(parts, await parts.mark.load())
  }

  private constructor(parts: MinuteBookParts, mark: Mark) {
    this.#parts = parts
    this.#mark = { ...mark, open: [] }
    this.interrupted = mark.open
    this.#untold = mark.open
  }

  /** What to plan at `now`; `interrupted` has been told by then. May be called at any time, early, late or twice. Never rejects. */
  async plan(now: Minute): Promise<MinutePlan> {
    const { planned, last, open } = this.#mark
    const plan = planMinutes({ now, planned, last, catchUpMinutes: this.#parts.catchUpMinutes })
    const isNewlyTold = this.#untold.length > 0
    this.#untold = []
    if (plan.due.length === 0) {
      if (isNewlyTold) await this.#save()
      return plan
    }
    this.#mark = { planned: plan.planned, last: plan.last, open: [...open, ...plan.due] }
    await this.#save()
    return plan
  }

  /** These crons of `minute` have begun, or it is told that they will not. Never rejects. */
  async begun(minute: Minute, crons: readonly number[]): Promise<void> {
    try {
      await this.#parts.mark.noteBegun(minute, crons)
      this.#isNotingAway = false
    } catch (error) {
      if (!this.#isNotingAway)
        this.#parts.log.error({ err: error }, 'what begins is not on disk; after a crash it would be told as missed')
      this.#isNotingAway = true
    }
  }

  /** What is known to have begun of a minute that was interrupted. Never rejects. */
  begunIn(minute: Minute): Promise<ReadonlySet<number>> {
    return this.#parts.mark.begunIn(minute)
  }

  /** Every firing of `minute` has begun, or it is told that it will not. Never rejects. */
  async close(minute: Minute): Promise<void> {
    this.#mark = { ...this.#mark, open: this.#mark.open.filter((each) => each !== minute) }
    await this.#save()
  }

  /** One writing at a time, each of what is newest by then. */
  #save(): Promise<void> {
    this.#saving = this.#saving.then(async () => {
      try {
        await this.#parts.mark.save({ ...this.#mark, open: [...this.#untold, ...this.#mark.open] })
      } catch (error) {
        this.#parts.log.alarm({ err: error }, 'planned minutes are not on disk; rcron goes on from memory')
      }
    })
    return this.#saving
  }
}
