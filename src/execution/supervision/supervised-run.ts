import { hadNoEffect, type KilledBy, type Outcome } from '../../domain/outcome.ts'
import type { RunResult } from '../../domain/run.ts'
import { DONE } from '../../platform/waiting/within.ts'
import type { KillConfirmation, RunningRun } from '../executor.ts'
import type { OutputCapture } from '../output/output-capture.ts'
import { pauseAfterSilence } from './back-off.ts'
import type { RunContact } from './run-contact.ts'
import { RunEnding } from './run-ending.ts'
import { type Fetched, RunOutput } from './run-output.ts'
import { RunPolling } from './run-polling.ts'
import { RunStart, type SupervisionParts } from './run-start.ts'
import type { AdoptedSubject, SupervisedIdentity } from './supervised-identity.ts'
import { type EndCause, type EndVerdict, type SilentVerdict, silent } from './verdict.ts'

/** A run whose host is the arbiter of it: started here or taken up, watched, asked about, ended. */
export class SupervisedRun implements RunningRun {
  readonly #parts: SupervisionParts
  readonly #subject: SupervisedIdentity
  readonly #contact: RunContact
  readonly #output: RunOutput
  /** Aborts when the result is known, or the run let go. */
  readonly #over = new AbortController()
  readonly #result = Promise.withResolvers<RunResult>()
  readonly #ending: RunEnding
  readonly #start: RunStart

  constructor(parts: SupervisionParts, subject: SupervisedIdentity) {
    this.#parts = parts
    this.#subject = subject
    this.#contact = subject.contact
    this.#output = new RunOutput(parts, subject)
    const startedAt = () => this.#start.startedAt
    this.#ending = new RunEnding(parts, { ...subject, settled: this.#result.promise, startedAt })
    this.#start = new RunStart(parts, {
      subject,
      ending: this.#ending,
      output: this.#output.heard,
      over: this.#over.signal,
      onHandedOver: () => this.#enforceTimeout(0),
    })
    void this.#carryOut().catch((error: unknown) => this.#fail(error))
  }

  /** What is heard of what it prints. */
  get heard(): OutputCapture {
    return this.#output.heard
  }

  get result(): Promise<RunResult> {
    return this.#result.promise
  }

  kill(by: KilledBy): Promise<KillConfirmation> {
    return this.#end({ kind: 'killed', by })
  }

  abandon(): void {
    this.#over.abort(DONE)
    this.#ending.abandon()
  }

  async #carryOut(): Promise<void> {
    const { beginning } = this.#subject
    const heard = beginning.kind === 'start' ? await this.#start.handOver(beginning.order) : this.#takeUp(beginning)
    await this.#conclude(heard.kind === 'over' ? heard : await this.#inquire())
  }

  async #conclude(end: EndVerdict | null): Promise<void> {
    if (end === null || this.#over.signal.aborted) return
    const outcome = await this.#ending.concluded(end, this.#over.signal)
    const { missedOutput } = this.#contact
    const kept = end.hasKept && missedOutput ? await this.#output.fetch(this.#over.signal) : null
    const isOwn = end.endedByItself && outcome === end.outcome
    const endedByItself = this.#ending.hasOwnEnd || isOwn
    const tookMs = isOwn ? end.tookMs : this.#ending.ownTookMs
    this.#settle(outcome, { kept, ...this.#timesOf(tookMs), endedByItself })
  }

  /** A run in whose supervision rcron itself has failed is not known to have ended: what its host knows of it stays there. */
  #fail(error: unknown): void {
    if (this.#over.signal.aborted) return
    this.abandon()
    this.#start.close('rcron has failed over the run')
    this.#result.reject(error)
  }

  #takeUp({ startedAt, killedBy }: AdoptedSubject): SilentVerdict {
    this.#ending.mayHaveBegun()
    if (killedBy !== null) void this.#endForCertain({ kind: 'killed', by: killedBy })
    this.#enforceTimeout(this.#parts.clock.now() - startedAt)
    return silent('adopted')
  }

  #inquire(): Promise<EndVerdict | null> {
    const { id, access, beginning } = this.#subject
    const isAdopted = beginning.kind === 'take-up'
    const since = isAdopted ? beginning.unknownSince : null
    const silentMs = since === null ? 0 : Math.max(0, this.#parts.clock.now() - since)
    const run = {
      id,
      access,
      contact: this.#contact,
      startedAt: this.#start.startedAt,
      isAdopted,
      wasGarbled: this.#start.wasGarbled,
      silentMs,
    }
    return new RunPolling(this.#parts, run).untilOver(this.#over.signal)
  }

  async #end(cause: EndCause): Promise<KillConfirmation> {
    const { death, outcome } = await this.#ending.end(cause)
    if (outcome !== null) {
      await this.#start.lastWords()
      const times = this.#timesOf(this.#ending.ownTookMs)
      this.#settle(outcome, { kept: null, ...times, endedByItself: this.#ending.hasOwnEnd })
    }
    return death
  }

  /**
   * How long it ran, and when it ended where that was not heard at once: `tookMs` after it began, as its host has measured. No moment of the
   * host's clock is taken for one of ours.
   */
  #timesOf(tookMs: number | null): Pick<RunResult, 'durationMs' | 'endedAt'> {
    const { startedAt } = this.#start
    const seenMs = this.#contact.missedOutput ? null : this.#start.sinceBegin()
    if (seenMs !== null || tookMs === null || startedAt === null) return { durationMs: seenMs }
    return { durationMs: tookMs, endedAt: Math.min(this.#parts.clock.now(), startedAt + tookMs) }
  }

  /** Ends the run when its time is over, of which `passedMs` have passed. */
  #enforceTimeout(passedMs: number): void {
    const { timeoutMs } = this.#subject
    if (timeoutMs !== null) void this.#endAfter(timeoutMs, Math.max(0, timeoutMs - passedMs))
  }

  async #endAfter(timeoutMs: number, leftMs: number): Promise<void> {
    await this.#parts.clock.sleep(leftMs, this.#over.signal)
    await this.#endForCertain({ kind: 'timed-out', afterMs: timeoutMs })
  }

  /** Tries until it is done. */
  async #endForCertain(cause: EndCause): Promise<void> {
    const { clock, random } = this.#parts
    const { signal } = this.#over
    for (let attempt = 0; !signal.aborted; attempt++) {
      await this.#end(cause)
      await clock.sleep(pauseAfterSilence(attempt, random()), signal)
    }
  }

  #settle(outcome: Outcome, { kept, durationMs, endedAt, endedByItself }: Ended): void {
    if (this.#over.signal.aborted) return
    this.#over.abort(DONE)
    const { access, id } = this.#subject
    const wayIn = access()
    const { startedAt } = this.#start
    const hasBegun = startedAt !== null && !hadNoEffect(outcome)
    // What could not be fetched stays on its host, until that sweeps it.
    if (wayIn !== null && hasBegun && kept !== 'unanswered') this.#parts.hosts.forget(wayIn, id)
    this.#result.resolve({
      outcome,
      output: this.#output.captured(hasBegun, kept),
      startedAt: hasBegun ? startedAt : null,
      durationMs: hasBegun ? durationMs : null,
      ...(hasBegun && endedAt !== undefined && { endedAt }),
      endedByItself,
    })
  }
}

type Ended = { readonly kept: Fetched } & Pick<RunResult, 'durationMs' | 'endedAt' | 'endedByItself'>
