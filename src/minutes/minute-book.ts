import type { Minute } from '../domain/minute.ts'
import type { Log } from '../platform/log/log.ts'
import { InTurn } from '../platform/waiting/in-turn.ts'
import type { Mark, MinuteMark } from './minute-mark.ts'
import { type MissedMinutes, NOTHING_MISSED } from './minute-mark.ts'
import { planMinutes } from './plan-minutes.ts'
import { differenceOf, unionOf } from './plan-ranges.ts'

/** What a minute book keeps its minutes in, and how far back it catches up. */
export type MinuteBookParts = { readonly mark: MinuteMark; readonly catchUpMinutes: number; readonly log: Log }

/** Minutes that a minute book has handed out, each once. */
export type HandedOut = {
  /** Minutes to fire now, oldest first. */
  readonly due: readonly Minute[]
  /** To be reported, and then given to `reported`. What an earlier process did not live to report is among it. */
  readonly missed: MissedMinutes
}

/**
 * Hands out every minute once, and has it on disk before. Where the disk takes no writes it continues from memory, with an
 * alarm: stopping every job for want of a mark would be worse, and the next start is careful instead (see MinuteMark.load).
 */
export class MinuteBook {
  /** Minutes that an earlier process planned, and did not live to begin all firings of. They are not planned again, and reported once. */
  readonly interrupted: readonly Minute[]
  readonly #parts: MinuteBookParts
  /** Of those, the ones that may not have been reported yet: they stay on disk until then, lest the end of this process silences them. */
  #untold: readonly Minute[]
  /** What an earlier process missed and did not live to report. */
  #inherited: MissedMinutes
  #mark: Mark
  readonly #saving = new InTurn()
  #isNotingAway = false

  static async open(parts: MinuteBookParts): Promise<MinuteBook> {
    return new MinuteBook(parts, await parts.mark.load())
  }

  private constructor(parts: MinuteBookParts, mark: Mark) {
    this.#parts = parts
    this.#mark = { ...mark, open: [] }
    this.interrupted = mark.open
    this.#untold = mark.open
    this.#inherited = mark.unreported
  }

  /** The newest minute that was planned; null if none was. */
  get last(): Minute | null {
    return this.#mark.last
  }

  /** Minutes that were missed and not reported yet: nothing of them is caught up before they are. */
  get unreported(): MissedMinutes {
    return this.#mark.unreported
  }

  /** What to plan at `now`; `interrupted` has been told by then. May be called at any time, early, late or twice. Never rejects. */
  async plan(now: Minute): Promise<HandedOut> {
    const { planned, last, open, unreported } = this.#mark
    const plan = planMinutes({ now, planned, last, catchUpMinutes: this.#parts.catchUpMinutes })
    const isNewlyTold = this.#untold.length > 0
    this.#untold = []
    const missed = joined(this.#inherited, { minutes: plan.missed, more: plan.missedMore })
    this.#inherited = NOTHING_MISSED
    const { due } = plan
    this.#mark = {
      planned: plan.planned,
      last: plan.last,
      open: [...open, ...due],
      unreported: joined(unreported, missed),
    }
    if (due.length > 0 || isNewlyTold) await this.#save()
    return { due, missed }
  }

  /** `missed` is reported, in writing; what of it is caught up may begin. Never rejects. */
  async reported({ minutes, more }: MissedMinutes): Promise<void> {
    const { unreported } = this.#mark
    const left = { minutes: differenceOf(unreported.minutes, minutes), more: unreported.more && !more }
    this.#mark = { ...this.#mark, unreported: left }
    await this.#save()
  }

  /** These crons of `minute` have begun, or it is told that they will not. Never rejects. */
  async begun(minute: Minute, crons: readonly number[]): Promise<void> {
    try {
      await this.#parts.mark.noteBegun(minute, crons)
      this.#isNotingAway = false
    } catch (error) {
      if (!this.#isNotingAway)
        this.#parts.log.error({ err: error }, 'cannot record what begins; after a crash it would be reported as missed')
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

  /** Resolves when all that was to be written by now is on disk, or told as not written. */
  async saved(): Promise<void> {
    await this.#saving.idle()
  }

  /** One writing at a time, each of what is newest by then. */
  #save(): Promise<void> {
    return this.#saving.do(async () => {
      try {
        await this.#parts.mark.save({ ...this.#mark, open: [...this.#untold, ...this.#mark.open] })
      } catch (error) {
        this.#parts.log.alarm({ err: error }, 'cannot write the minute mark; rcron continues from memory')
      }
    })
  }
}

function joined(one: MissedMinutes, other: MissedMinutes): MissedMinutes {
  return { minutes: unionOf(one.minutes, other.minutes), more: one.more || other.more }
}
