import type { Outcome } from '../../domain/outcome.ts'
import { notBegun } from '../../hosts/handover.ts'
import type { Access } from '../../hosts/target.ts'
import type { RemoteCommand } from '../../hosts/transport.ts'
import { within } from '../../platform/waiting/within.ts'
import type { OutputCapture } from '../output/output-capture.ts'
import type { SpoolPlace } from '../remote/answers.ts'
import type { RunEnding } from './run-ending.ts'
import type { RunPollingParts } from './run-polling.ts'
import { StartStream } from './start-stream.ts'
import type { StartRequest, SupervisedIdentity } from './supervised-identity.ts'
import {
  type EndVerdict,
  judgeSessionEnd,
  judgeUnanswered,
  judgeWithheld,
  over,
  type SilentVerdict,
  silent,
} from './verdict.ts'

/** What a supervised run works with. */
export type SupervisionParts = RunPollingParts & {
  /** From the beginning of a session to the host's answer to a START. */
  readonly preambleMs: number
  /** Told with every start where its host has claimed it. */
  readonly noteSpool: (access: Access, place: SpoolPlace) => void
}

type StartedRun = {
  readonly subject: SupervisedIdentity
  readonly ending: RunEnding
  /** What its session prints goes there. */
  readonly output: OutputCapture
  /** Aborts when nothing of it is of interest any more. */
  readonly over: AbortSignal
  /** Called when it may have begun on its host. */
  readonly onHandedOver: () => void
}

/** How a run began: handed to its host here, on a session that is read until it ends, or by an earlier process. */
export class RunStart {
  readonly #parts: SupervisionParts
  readonly #run: StartedRun
  #command: RemoteCommand | null = null
  #wasGarbled = false
  #startedAt: number | null
  #beganAt: number | null = null

  constructor(parts: SupervisionParts, run: StartedRun) {
    this.#parts = parts
    this.#run = run
    const { beginning } = run.subject
    this.#startedAt = beginning.kind === 'take-up' ? beginning.startedAt : null
  }

  /** Epoch milliseconds at which it was handed over; null where it was not. */
  get startedAt(): number | null {
    return this.#startedAt
  }

  /** Its START's session ended without the host's answer. */
  get wasGarbled(): boolean {
    return this.#wasGarbled
  }

  /** Milliseconds since the command began; null where the moment was not seen. */
  sinceBegin(): number | null {
    return this.#beganAt === null ? null : Math.round(this.#parts.clock.monotonic() - this.#beganAt)
  }

  /** Hands it over, and reads along until its session ends. */
  async handOver(order: StartRequest): Promise<EndVerdict | SilentVerdict> {
    const { subject, ending, output, onHandedOver } = this.#run
    const stream = new StartStream(subject.id, output)
    const onOutput = stream.add.bind(stream)
    const reply = await this.#parts.hosts.start({ ...order, id: subject.id, onOutput }, ending.waiting)
    if (reply.kind === 'unreachable' || reply.kind === 'refused') {
      ending.neverBegan()
      return over(notBegun(reply))
    }
    this.#startedAt = this.#parts.clock.now()
    ending.mayHaveBegun()
    onHandedOver()
    if (reply.kind === 'unknown') return this.#outOfTouch(reply.reason)
    this.#command = reply.command
    this.#beganAt = this.#parts.clock.monotonic() - reply.answeredAfterMs - reply.answeredAfterMs
    return await this.#attend(reply.command, stream)
  }

  /** A killed command's session ends a moment after it. */
  async lastWords(): Promise<void> {
    const command = this.#command
    if (command === null) return
    await within(this.#parts.clock, LAST_WORDS_MS, command.ended)
    command.close('the run was ended')
  }

  /** Closes the session, where there is one; `reason` is what its end then says. */
  close(reason: string): void {
    this.#command?.close(reason)
  }

  async #attend(command: RemoteCommand, stream: StartStream): Promise<EndVerdict | SilentVerdict> {
    const { contact } = this.#run.subject
    const answer = await this.#answerTo(command, stream)
    if (answer === 'ended') return await this.#unanswered(command, stream)
    if (answer === 'late') {
      const reason = `no answer to the start within ${this.#parts.preambleMs / 1000} s; ${stream.noise}`
      command.close(reason)
      return this.#outOfTouch(reason)
    }
    if (answer.kind === 'claimed') {
      contact.listenedToElsewhere()
      command.close('claimed before')
      return answer.state === 'never-started' ? over(WITHDRAWN) : silent('its host already had it')
    }
    if (answer.kind === 'withheld') return judgeWithheld(answer.beside)
    contact.began(answer.trace)
    this.#noteSpool(answer.spool)
    const end = await command.ended
    const verdict = judgeSessionEnd(end)
    return verdict.kind === 'over' || end.kind === 'exited' ? verdict : this.#outOfTouch(verdict.reason)
  }

  async #answerTo(command: RemoteCommand, stream: StartStream) {
    const { clock, preambleMs } = this.#parts
    const ended = command.ended.then(() => 'ended' as const)
    return (await within(clock, preambleMs, Promise.race([stream.answer, ended]))) ?? 'late'
  }

  async #unanswered(command: RemoteCommand, stream: StartStream): Promise<EndVerdict | SilentVerdict> {
    const end = await command.ended
    if (end.kind === 'broken') return this.#outOfTouch(`${end.reason}, before its host answered`)
    const refusal = judgeUnanswered(end, stream)
    if (refusal !== null) return refusal
    this.#wasGarbled = true
    return silent(`its session ended before its host answered; ${stream.noise}`)
  }

  #noteSpool(place: SpoolPlace): void {
    const access = this.#run.subject.access()
    if (access !== null) this.#parts.noteSpool(access, place)
  }

  #outOfTouch(reason: string): SilentVerdict {
    const { subject, over } = this.#run
    if (!over.aborted) subject.contact.lost(reason)
    return silent(reason)
  }
}

const LAST_WORDS_MS = 200

const WITHDRAWN: Outcome = {
  kind: 'unreachable',
  reason: 'it was withdrawn from its host before it began there, and will not begin',
}
