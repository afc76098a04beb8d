import pLimit from 'p-limit'
import type { RunId } from '../../domain/run.ts'
import type { Login } from '../../hosts/transport.ts'
import type { Clock } from '../../platform/clock.ts'
import { parseProbeAnswer } from '../remote/answers.ts'
import { type KnownRun, probeCommand } from '../remote/verbs.ts'
import { describeUnreadable, type QuestionParts, readReply } from './read-reply.ts'
import type { ProbeMode, ProbeReply } from './run-hosts.ts'

/** Probes within this time of each other are sent together. Milliseconds. */
const GATHER_MS = 10
/** The same for probes that are in no hurry: runs that are looked at now and then. */
const PATIENT_GATHER_MS = 250

/** Runs in one PROBE. Few enough that a host which must look twice for each of them answers in time, and that dropbear takes it: 9,000 bytes. */
const MOST_TOGETHER = 16
const MOST_FORGOTTEN = 16
const MOST_AT_ONCE_PER_LOGIN = 4
/** Patient ones, on all hosts. */
const MOST_AT_ONCE = 64
const MAX_ANSWER_BYTES = 256 * 1024

/** What the batcher asks its questions through. */
export type ProbeBatcherParts = QuestionParts & {
  readonly clock: Pick<Clock, 'sleep'>
  readonly deadlineMs: number
  /** Runs on the same login whose traces may go: told to the host on the way. */
  readonly takeForgotten: (login: Login, most: number) => readonly RunId[]
}

type Asked = { readonly run: KnownRun; readonly answer: (reply: ProbeReply) => void }

/** Probes of one login that can be sent together. */
type Lane = { readonly login: Login; readonly how: ProbeMode; waiting: Asked[]; underWay: number; isGathering: boolean }

/** Batches probes of one login: one PROBE asks about many runs. */
export class ProbeBatcher {
  readonly #parts: ProbeBatcherParts
  readonly #lanes = new Map<string, Lane>()
  readonly #inTurn = pLimit(MOST_AT_ONCE)

  constructor(parts: ProbeBatcherParts) {
    this.#parts = parts
  }

  /** Never rejects. */
  ask(login: Login, run: KnownRun, how: ProbeMode): Promise<ProbeReply> {
    const { promise, resolve } = Promise.withResolvers<ProbeReply>()
    const { host, port, user } = login.target
    const key = JSON.stringify([host, port, user, login.credential.identity, how.plant, how.isPatient])
    const lane = this.#lanes.get(key) ?? { login, how, waiting: [], underWay: 0, isGathering: false }
    this.#lanes.set(key, lane)
    lane.waiting.push({ run, answer: resolve })
    void this.#serve(key, lane)
    return promise
  }

  async #serve(key: string, lane: Lane): Promise<void> {
    if (lane.isGathering || lane.underWay >= MOST_AT_ONCE_PER_LOGIN) return
    lane.isGathering = true
    await this.#parts.clock.sleep(lane.how.isPatient ? PATIENT_GATHER_MS : GATHER_MS)
    lane.isGathering = false
    while (lane.waiting.length > 0 && lane.underWay < MOST_AT_ONCE_PER_LOGIN) {
      const together = lane.waiting.splice(0, MOST_TOGETHER)
      lane.underWay += 1
      void this.#carryOut(lane, together).finally(() => {
        lane.underWay -= 1
        if (lane.waiting.length > 0) void this.#serve(key, lane)
        else if (lane.underWay === 0 && !lane.isGathering) this.#lanes.delete(key)
      })
    }
  }

  async #carryOut(lane: Lane, together: readonly Asked[]): Promise<void> {
    const probing = () => this.#probe(lane, together)
    const replyOn = await (lane.how.isPatient ? this.#inTurn(probing) : probing())
    for (const { run, answer } of together) answer(replyOn(run.id))
  }

  async #probe({ login, how }: Lane, together: readonly Asked[]): Promise<(id: RunId) => ProbeReply> {
    const forget = this.#parts.takeForgotten(login, MOST_FORGOTTEN)
    const runs = together.map(({ run }) => run)
    const command = probeCommand(runs, { plant: how.plant, output: false, forget })
    const { deadlineMs } = this.#parts
    const said = await readReply(this.#parts, { login, command, deadlineMs, maxBytes: MAX_ANSWER_BYTES })
    if (said.kind === 'not-asked') return () => ({ kind: 'unanswered', reason: said.reason })
    const states = parseProbeAnswer(said.text.toString('latin1'))
    const kind = said.end.kind === 'broken' ? 'unanswered' : 'unreadable'
    return (id) => states.get(id) ?? { kind, reason: describeUnreadable(said) }
  }
}
