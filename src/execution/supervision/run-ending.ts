import { hadNoEffect, type Outcome } from '../../domain/outcome.ts'
import type { RunResult } from '../../domain/run.ts'
import { DONE, within } from '../../platform/waiting/within.ts'
import type { KillConfirmation } from '../executor.ts'
import { pauseAfterSilence } from './back-off.ts'
import type { RunPollingParts } from './run-polling.ts'
import type { SupervisedIdentity } from './supervised-identity.ts'
import { describeCause, type EndCause, type EndVerdict, judgeKill, lost } from './verdict.ts'

/** A START that waits for a session answers within so long when it is called off; one on its way is not waited for. */
const CALL_OFF_MS = 250

/** A run that may be ended, with what tells its end. */
export type RunToEnd = SupervisedIdentity & {
  readonly settled: Promise<RunResult>
  /** Epoch milliseconds at which it was handed over; null if it was not. */
  readonly startedAt: () => number | null
}

/** What a KILL came to; the outcome is not null if it settles the run. */
export type RunEnd = { readonly death: KillConfirmation; readonly outcome: Outcome | null }

/** Ends one run: calls its start off, or has its host end it and prove it. The first cause stays. */
export class RunEnding {
  readonly #parts: RunPollingParts
  readonly #run: RunToEnd
  readonly #waiting = new AbortController()
  readonly #handover = Promise.withResolvers<'never began' | 'may have begun'>()
  #cause: EndCause | null = null
  #underWay: Promise<RunEnd> | null = null
  /** What a KILL has settled. */
  #outcome: Outcome | null = null
  /** What was heard of its end without any KILL. */
  #heard: EndVerdict | null = null
  /** A KILL may have reached the run, and none has confirmed its death. */
  #isDoubtful: boolean
  #hasOwnEnd = false
  #ownTookMs: number | null = null
  #lastReason = ''

  constructor(parts: RunPollingParts, run: RunToEnd) {
    this.#parts = parts
    this.#run = run
    this.#isDoubtful = run.beginning.kind === 'take-up' && run.beginning.killedBy !== null
  }

  /** Whether a KILL has proved that the run had ended by itself before any came. */
  get hasOwnEnd(): boolean {
    return this.#hasOwnEnd
  }

  /** How long it ran then, where its host has said so. */
  get ownTookMs(): number | null {
    return this.#ownTookMs
  }

  /** Aborts when nothing should be handed over any more. */
  get waiting(): AbortSignal {
    return this.#waiting.signal
  }

  neverBegan(): void {
    this.#handover.resolve('never began')
  }

  mayHaveBegun(): void {
    this.#handover.resolve('may have begun')
  }

  abandon(): void {
    this.#waiting.abort(DONE)
  }

  /** One KILL at a time: who asks meanwhile gets the same answer. Never rejects. */
  end(cause: EndCause): Promise<RunEnd> {
    this.#cause ??= cause
    this.#underWay ??= this.#end(this.#cause).finally(() => {
      this.#underWay = null
    })
    return this.#underWay
  }

  /**
   * The outcome of a run that was heard to have ended, once what is being done to it is done: a run that rcron has ended ended
   * because of that, and a run that may be half killed has to be wholly dead first.
   */
  async concluded(heard: EndVerdict, ended: AbortSignal): Promise<Outcome> {
    const { outcome: own, isDead } = heard
    if (hadNoEffect(own)) return this.#cause?.kind === 'killed' ? this.#cause : own
    this.#heard = heard
    await this.#underWay
    const cause = this.#cause
    if (this.#outcome !== null) return this.#outcome
    if (cause === null || ended.aborted) return own
    if (!isDead) return lost(`${describeCause(cause)}, and its death cannot be confirmed: ${reasonOf(own)}`)
    return this.#isDoubtful ? await this.#finish(cause, own, ended) : own
  }

  /** Kills what may be left until none is, or until its host has been silent for too long. */
  async #finish(cause: EndCause, own: Outcome, ended: AbortSignal): Promise<Outcome> {
    const { clock, random, lostAfterMs } = this.#parts
    const since = clock.monotonic()
    for (let attempt = 0; !ended.aborted; attempt++) {
      const { outcome } = await this.end(cause)
      if (outcome !== null) return outcome
      this.#run.contact.lost(this.#lastReason)
      if (clock.monotonic() - since >= lostAfterMs) break
      await clock.sleep(pauseAfterSilence(attempt, random()), ended)
    }
    return ended.aborted ? own : lost(`${describeCause(cause)}, and its death cannot be confirmed: ${this.#lastReason}`)
  }

  async #end(cause: EndCause): Promise<RunEnd> {
    this.#waiting.abort(DONE)
    if ((await this.#whatWasHandedOver()) === 'never began') {
      const settled = await this.#run.settled.catch(() => null)
      return { death: { kind: 'dead' }, outcome: settled?.outcome ?? null }
    }
    const { id, contact, access: wayIn, killGraceMs, ownConnection } = this.#run
    const access = wayIn()
    if (access === null) return unconfirmed('no row says how to log in to its host as its user')
    const startedAt = this.#run.startedAt()
    const ageMs = startedAt === null ? null : this.#parts.clock.now() - startedAt
    const reply = await this.#parts.hosts.kill(
      access,
      { id, trace: contact.trace, ageMs },
      { graceMs: killGraceMs, ownConnection },
    )
    const verdict = judgeKill(reply, { hasBegun: contact.trace !== null })
    if (verdict.kind === 'dead') {
      this.#hasOwnEnd = verdict.outcome !== null
      if (this.#hasOwnEnd) this.#ownTookMs = verdict.tookMs
      this.#outcome = verdict.outcome ?? cause
      return { death: { kind: 'dead' }, outcome: this.#outcome }
    }
    this.#isDoubtful ||= verdict.isSent
    this.#lastReason = verdict.reason
    // Nothing was done to it, and it was heard meanwhile that it has ended by itself.
    const hasEnded = this.#heard?.isDead === true && !this.#isDoubtful
    return hasEnded ? { death: { kind: 'dead' }, outcome: null } : unconfirmed(verdict.reason)
  }

  async #whatWasHandedOver(): Promise<'never began' | 'may have begun'> {
    return (await within(this.#parts.clock, CALL_OFF_MS, this.#handover.promise)) ?? 'may have begun'
  }
}

function unconfirmed(reason: string): RunEnd {
  return { death: { kind: 'unconfirmed', reason }, outcome: null }
}

function reasonOf(outcome: Outcome): string {
  return 'reason' in outcome ? outcome.reason : outcome.kind
}
