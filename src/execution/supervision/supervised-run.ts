import { hadNoEffect, type KilledBy, type Outcome } from '../../domain/outcome.ts'
import type { CapturedOutput, RunResult } from '../../domain/run.ts'
import { notBegun } from '../../hosts/handover.ts'
import type { Access } from '../../hosts/target.ts'
import type { RemoteCommand } from '../../hosts/transport.ts'
import { DONE, within } from '../../platform/waiting/within.ts'
import type { Death, RunningRun } from '../executor.ts'
import { OutputCapture } from '../output/output-capture.ts'
import type { SpoolPlace } from '../remote/answers.ts'
import { pauseAfterSilence } from './back-off.ts'
import { Inquiry, type InquiryParts } from './inquiry.ts'
import { captureKept, type KeptOutput } from './kept-output.ts'
import { KEPT_OUTPUT, MISSED_OUTPUT, unfetchedOutput, withNote } from './noted-output.ts'
import type { RunContact } from './run-contact.ts'
import { RunEnding } from './run-ending.ts'
import { StartStream } from './start-stream.ts'
import type { StartedOrder, SupervisedSubject, TakenUp } from './supervised-subject.ts'
import {
  type Cause,
  judgeSessionEnd,
  judgeUnanswered,
  judgeWithheld,
  type Over,
  over,
  type Silent,
  silent,
} from './verdict.ts'

export type SupervisionParts = InquiryParts & {
  /** From the beginning of a session to the host's answer to a START. */
  readonly preambleMs: number
  /** Told with every start where its host has claimed it. */
  readonly noteSpool: (access: Access, place: SpoolPlace) => void
}

/** A run whose host is the arbiter of it: started here or taken up, watched, asked about, ended. */
export class SupervisedRun implements RunningRun {
  readonly #parts: SupervisionParts
  readonly #subject: SupervisedSubject
  readonly #contact: RunContact
  readonly #output = new OutputCapture()
  /** Aborts when the result is known, or the run let go. */
  readonly #over = new AbortController()
  readonly #result = Promise.withResolvers<RunResult>()
  readonly #ending: RunEnding
  #command: RemoteCommand | null = null
  /** Its START's session ended without the host's answer. */
  #wasGarbled = false
  #startedAt: number | null
  /** Monotonic; null where the moment was not seen. */
  #beganAt: number | null = null

  constructor(parts: SupervisionParts, subject: SupervisedSubject) {
    this.#parts = parts
    this.#subject = subject
    this.#contact = subject.contact
    this.#startedAt = subject.beginning.kind === 'take-up' ? subject.beginning.startedAt : null
    this.#ending = new RunEnding(parts, { ...subject, settled: this.#result.promise, startedAt: () => this.#startedAt })
    void this.#carryOut().catch((error: unknown) => this.#fail(error))
  }

  get result(): Promise<RunResult> {
    return this.#result.promise
  }

  kill(by: KilledBy): Promise<Death> {
    return this.#end({ kind: 'killed', by })
  }

  abandon(): void {
    this.#over.abort(DONE)
    this.#ending.abandon()
  }

  async #carryOut(): Promise<void> {
    const { beginning } = this.#subject
    const heard = beginning.kind === 'start' ? await this.#start(beginning.order) : this.#takeUp(beginning)
    await this.#conclude(heard.kind === 'over' ? heard : await this.#inquire())
  }

  async #conclude(end: Over | null): Promise<void> {
    if (end === null || this.#over.signal.aborted) return
    const outcome = await this.#ending.concluded(end, this.#over.signal)
    const { missedOutput } = this.#contact
    const kept = end.hasKept && missedOutput ? await this.#keptOutput() : null
    const endedByItself = this.#ending.hasOwnEnd || (end.endedByItself && outcome === end.outcome)
    this.#settle(outcome, { kept, durationMs: missedOutput ? null : this.#sinceBegin(), endedByItself })
  }

  /** A run in whose supervision rcron itself has failed is not known to have ended: what its host knows of it stays there. */
  #fail(error: unknown): void {
    if (this.#over.signal.aborted) return
    this.abandon()
    this.#command?.close('rcron has failed over the run')
    this.#result.reject(error)
  }

  #takeUp({ startedAt, killedBy }: TakenUp): Silent {
    this.#ending.mayHaveBegun()
    if (killedBy !== null) void this.#endForCertain({ kind: 'killed', by: killedBy })
    this.#enforceTimeout(this.#parts.clock.now() - startedAt)
    return silent('adopted')
  }

  async #start(order: StartedOrder): Promise<Over | Silent> {
    const stream = new StartStream(this.#subject.id, this.#output)
    const onOutput = stream.add.bind(stream)
    const reply = await this.#parts.hosts.start({ ...order, id: this.#subject.id, onOutput }, this.#ending.waiting)
    if (reply.kind === 'unreachable' || reply.kind === 'refused') {
      this.#ending.neverBegan()
      return over(notBegun(reply))
    }
    this.#startedAt = this.#parts.clock.now()
    this.#ending.mayHaveBegun()
    this.#enforceTimeout(0)
    if (reply.kind === 'unknown') return this.#outOfTouch(reply.reason)
    this.#command = reply.command
    this.#beganAt = this.#parts.clock.monotonic() - reply.answeredAfterMs - reply.answeredAfterMs
    return await this.#attend(reply.command, stream)
  }

  /** Reads along until the session ends. */
  async #attend(command: RemoteCommand, stream: StartStream): Promise<Over | Silent> {
    const answer = await this.#answerTo(command, stream)
    if (answer === 'ended') {
      const end = await command.ended
      if (end.kind === 'broken') return this.#outOfTouch(`${end.reason}before its host answered`)
      const refusal = judgeUnanswered(end, stream)
      if (refusal !== null) return refusal
      this.#wasGarbled = true
      return silent(`its session ended before its host answered; ${stream.noise}`)
    }
    if (answer === 'late') {
      const reason = `no answer to the start within ${this.#parts.preambleMs / 1000} s; ${stream.noise}`
      command.close(reason)
      return this.#outOfTouch(reason)
    }
    if (answer.kind === 'claimed') {
      this.#contact.listenedToElsewhere()
      command.close('claimed before')
      return answer.state === 'never-started' ? over(WITHDRAWN) : silent('its host already had it')
    }
    if (answer.kind === 'withheld') return judgeWithheld(answer.beside)
    this.#contact.began(answer.trace)
    this.#noteSpool(answer.spool)
    const end = await command.ended
    const verdict = judgeSessionEnd(end)
    return verdict.kind === 'over' || end.kind === 'exited' ? verdict : this.#outOfTouch(verdict.reason)
  }

  #noteSpool(place: SpoolPlace): void {
    const access = this.#subject.access()
    if (access !== null) this.#parts.noteSpool(access, place)
  }

  async #answerTo(command: RemoteCommand, stream: StartStream) {
    const { clock, preambleMs } = this.#parts
    const ended = command.ended.then(() => 'ended' as const)
    return (await within(clock, preambleMs, Promise.race([stream.answer, ended]))) ?? 'late'
  }

  #outOfTouch(reason: string): Silent {
    if (!this.#over.signal.aborted) this.#contact.lost(reason)
    return silent(reason)
  }

  #inquire(): Promise<Over | null> {
    const { id, access, beginning } = this.#subject
    const isAdopted = beginning.kind === 'take-up'
    const since = isAdopted ? beginning.unknownSince : null
    const silentMs = since === null ? 0 : Math.max(0, this.#parts.clock.now() - since)
    const run = {
      id,
      access,
      contact: this.#contact,
      startedAt: this.#startedAt,
      isAdopted,
      wasGarbled: this.#wasGarbled,
      silentMs,
    }
    return new Inquiry(this.#parts, run).untilOver(this.#over.signal)
  }

  async #end(cause: Cause): Promise<Death> {
    const { death, outcome } = await this.#ending.end(cause)
    if (outcome !== null) {
      await this.#lastWords()
      this.#settle(outcome, { kept: null, durationMs: this.#sinceBegin(), endedByItself: this.#ending.hasOwnEnd })
    }
    return death
  }

  /** A killed command's session ends a moment after it. */
  async #lastWords(): Promise<void> {
    const command = this.#command
    if (command === null) return
    await within(this.#parts.clock, LAST_WORDS_MS, command.ended)
    command.close('the run was ended')
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
  async #endForCertain(cause: Cause): Promise<void> {
    const { clock, random } = this.#parts
    const { signal } = this.#over
    for (let attempt = 0; !signal.aborted; attempt++) {
      await this.#end(cause)
      await clock.sleep(pauseAfterSilence(attempt, random()), signal)
    }
  }

  /** Tries a few times: an outcome does not wait for long for what was printed. */
  async #keptOutput(): Promise<Fetched> {
    const { id, access } = this.#subject
    const { clock, hosts, random } = this.#parts
    for (let attempt = 0; attempt < MOST_FETCHES && !this.#over.signal.aborted; attempt++) {
      if (attempt > 0) await clock.sleep(pauseAfterSilence(attempt - 1, random()), this.#over.signal)
      const wayIn = access()
      const kept = wayIn === null ? 'unanswered' : await hosts.keptOutput(wayIn, { id, trace: this.#contact.trace })
      if (kept !== 'unanswered') return kept
    }
    return 'unanswered'
  }

  #sinceBegin(): number | null {
    return this.#beganAt === null ? null : Math.round(this.#parts.clock.monotonic() - this.#beganAt)
  }

  #settle(outcome: Outcome, { kept, durationMs, endedByItself }: Ended): void {
    if (this.#over.signal.aborted) return
    this.#over.abort(DONE)
    const { access, id } = this.#subject
    const wayIn = access()
    const hasBegun = this.#startedAt !== null && !hadNoEffect(outcome)
    // What could not be fetched stays on its host, until that sweeps it.
    if (wayIn !== null && hasBegun && kept !== 'unanswered') this.#parts.hosts.forget(wayIn, id)
    this.#result.resolve({
      outcome,
      output: this.#allOutput(hasBegun, kept),
      startedAt: hasBegun ? this.#startedAt : null,
      durationMs: hasBegun ? durationMs : null,
      endedByItself,
    })
  }

  #allOutput(hasBegun: boolean, kept: Fetched): CapturedOutput {
    if (kept !== null && kept !== 'unanswered') return withNote(captureKept(kept).captured(), KEPT_OUTPUT)
    const captured = this.#output.captured()
    if (!hasBegun || !this.#contact.missedOutput) return captured
    return withNote(captured, kept === null ? MISSED_OUTPUT : unfetchedOutput(this.#subject.id))
  }
}

/** What its host kept of a run's output; null where it kept nothing, or nothing was missed. */
type Fetched = KeptOutput | 'unanswered' | null

type Ended = { readonly kept: Fetched } & Pick<RunResult, 'durationMs' | 'endedByItself'>

const MOST_FETCHES = 4

const LAST_WORDS_MS = 200

const WITHDRAWN: Outcome = {
  kind: 'unreachable',
  reason: 'it was withdrawn from its host before it began there, and will not begin',
}
