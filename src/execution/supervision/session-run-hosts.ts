import pLimit from 'p-limit'
import type { RunId } from '../../domain/run.ts'
import { type Refused, refused } from '../../hosts/handover.ts'
import { type LoginParts, loginOf } from '../../hosts/login-of.ts'
import type { Sessions } from '../../hosts/sessions.ts'
import { type Access, type Target, targetOf } from '../../hosts/target.ts'
import type { Login } from '../../hosts/transport.ts'
import { keepNewest } from '../../platform/bounded-map.ts'
import type { Clock } from '../../platform/clock.ts'
import { isWholeAnswer, parseKillAnswer } from '../remote/answers.ts'
import { UnsendableError } from '../remote/encode.ts'
import { shownName } from '../remote/shown-name.ts'
import {
  type EncodedCommand,
  encodeCommand,
  type KillOptions,
  type KnownRun,
  killCommand,
  probeCommand,
  startCommand,
} from '../remote/verbs.ts'
import { CollectedRuns } from './collected-runs.ts'
import { type KeptOutput, parseKeptOutput } from './kept-output.ts'
import { ProbeBatcher } from './probe-batcher.ts'
import { describeUnreadable, readReply } from './read-reply.ts'
import type { KillReply, ProbeMode, ProbeReply, RunHosts, StartOrder, StartReply } from './run-hosts.ts'

/** What hosts are spoken to through. */
export type SessionRunHostsParts = LoginParts & {
  readonly sessions: Pick<Sessions, 'exec'>
  readonly clock: Clock
  /** From handing a question over to the end of its answer; a KILL's grace comes on top. */
  readonly answerMs: number
}

/** From the end of a kill's grace to its answer. */
const KILL_ROUNDS_MS = 10_000

/** Told along with a START: enough to keep up with the runs, too few to be felt. */
const MOST_FORGOTTEN_AT_ONCE = 4
const MOST_FETCHED_AT_ONCE = 4
/** Two streams, head and tail of each, with their announcements. */
const MAX_KEPT_BYTES = 4 * 64 * 1024 + 16 * 1024

/** The three verbs, carried out in sessions on the hosts. */
export class SessionRunHosts implements RunHosts {
  readonly #parts: SessionRunHostsParts
  readonly #commands = new EncodedCommands()
  readonly #collected = new CollectedRuns()
  readonly #desk: ProbeBatcher
  readonly #fetching = pLimit(MOST_FETCHED_AT_ONCE)

  constructor(parts: SessionRunHostsParts) {
    this.#parts = parts
    const takeForgotten = (login: Login, most: number) => this.#takeForgotten(login, most)
    this.#desk = new ProbeBatcher({ ...parts, deadlineMs: parts.answerMs, takeForgotten })
  }

  async start(order: StartOrder, signal: AbortSignal): Promise<StartReply> {
    const { onOutput, ownConnection } = order
    const login = await loginOf(order.access, this.#parts)
    if (login.kind === 'refused') return login
    const command = this.#startCommand(order, login)
    if (!Buffer.isBuffer(command)) return command
    const sharing = ownConnection ? 'own' : 'shared'
    return await this.#parts.sessions.exec({ login, command, sharing, onOutput }, signal)
  }

  async probe(access: Access, run: KnownRun, how: ProbeMode): Promise<ProbeReply> {
    const login = await loginOf(access, this.#parts)
    if (login.kind === 'refused') return { kind: 'unanswered', reason: login.reason }
    return await this.#desk.ask(login, run, how)
  }

  async keptOutput(access: Access, run: KnownRun): Promise<KeptOutput | 'unanswered' | null> {
    return await this.#fetching(() => this.#fetch(access, run))
  }

  async #fetch(access: Access, run: KnownRun): Promise<KeptOutput | 'unanswered' | null> {
    const login = await loginOf(access, this.#parts)
    if (login.kind === 'refused') return 'unanswered'
    const command = probeCommand([run], { plant: false, output: true, forget: [] })
    const question = { login, command, deadlineMs: this.#parts.answerMs, maxBytes: MAX_KEPT_BYTES }
    const said = await readReply(this.#parts, question)
    if (said.kind !== 'said' || !isWholeAnswer(said.text)) return 'unanswered'
    return parseKeptOutput(said.text, run.id)
  }

  async kill(access: Access, run: KnownRun, options: KillOptions): Promise<KillReply> {
    const login = await loginOf(access, this.#parts)
    if (login.kind === 'refused') return { kind: 'unanswered', reason: login.reason, isSent: false }
    const deadlineMs = options.graceMs + KILL_ROUNDS_MS
    const question = { login, command: killCommand(run, options), deadlineMs, maxBytes: MAX_KEPT_BYTES }
    const said = await readReply(this.#parts, question)
    if (said.kind === 'not-asked') return { kind: 'unanswered', reason: said.reason, isSent: said.isSent }
    const answer = parseKillAnswer(said.text.toString('latin1'), run.id)
    return answer ?? { kind: 'unanswered', reason: describeUnreadable(said), isSent: true }
  }

  forget({ system, auth }: Access, id: RunId): void {
    const { clock, ownName } = this.#parts
    this.#collected.add(keyOf(targetOf(system, auth.user, ownName)), id, clock.monotonic())
  }

  #startCommand(order: StartOrder, login: Login): Buffer | Refused {
    const { id, command, job, keepOutput, ownConnection, keeping } = order
    try {
      const encoded = this.#commands.encode(command)
      // Its host has more to do for a run that has no lock, and dropbear takes no more than that.
      const forget = this.#takeForgotten(login, keeping?.isUnlocked ? 0 : MOST_FORGOTTEN_AT_ONCE)
      return Buffer.from(
        startCommand(encoded, id, { job: shownName(job, command), ownConnection, keepOutput, forget, keeping }),
        'latin1',
      )
    } catch (error) {
      if (error instanceof UnsendableError) return refused('exec', error.message)
      throw error
    }
  }

  #takeForgotten({ target }: Login, most: number): readonly RunId[] {
    return this.#collected.take(keyOf(target), most, this.#parts.clock.monotonic())
  }
}

function keyOf({ host, port, user }: Target): string {
  return `${user}@${host}:${port}`
}

const MOST_KEPT = 2_000

/** Commands in the form in which they are sent, each made once and kept while it is in use. */
export class EncodedCommands {
  /** The one not used for longest comes first. */
  readonly #kept = new Map<string, EncodedCommand>()

  /** Throws an UnsendableError where no host can be sent the command. */
  encode(command: string): EncodedCommand {
    return keepNewest(this.#kept, command, this.#kept.get(command) ?? encodeCommand(command), MOST_KEPT)
  }
}
