import type { RunId } from '../../domain/run.ts'
import type { Access } from '../../hosts/target.ts'
import type { Clock } from '../../platform/clock.ts'
import { pauseAfterLook, pauseAfterSilence } from './back-off.ts'
import type { RunContact } from './run-contact.ts'
import type { ProbeReply, RunHosts } from './run-hosts.ts'
import { type EndVerdict, judgeProbe, lost, over, type SilentVerdict, type Verdict } from './verdict.ts'

/** After so many unreadable answers in a row, and no readable one before, the host is taken to be unable to answer. */
const MOST_GARBLED = 5

/** How the host of a run is asked, and for how long. */
export type RunPollingParts = {
  readonly hosts: RunHosts
  readonly clock: Clock
  /** Milliseconds of silence after which a run counts as lost. */
  readonly lostAfterMs: number
  /** From 0 up to 1; spreads the probes of many runs. */
  readonly random: () => number
}

/** A run whose host is asked what became of it. */
export type PolledRun = {
  readonly id: RunId
  readonly access: () => Access | null
  readonly contact: RunContact
  /** Epoch milliseconds at which it was handed over; null if that is not known. */
  readonly startedAt: number | null
  /** One of many that are adopted together. */
  readonly isAdopted: boolean
  /** The host ran something in place of the START, and ended it without an answer: it may have no POSIX shell. */
  readonly wasGarbled: boolean
  /** Milliseconds for which its host has not been able to tell of it already. */
  readonly silentMs: number
}

/** Polls the host of a run until it is known what became of the run, or the host has been silent for too long. */
export class RunPolling {
  readonly #parts: RunPollingParts
  readonly #run: PolledRun
  #silentSince: number
  #silences = 0
  #garbled = 0
  #looks = 0

  constructor(parts: RunPollingParts, run: PolledRun) {
    this.#parts = parts
    this.#run = run
    this.#silentSince = parts.clock.monotonic() - run.silentMs
  }

  /** Null if `ended` aborted first. */
  async untilOver(ended: AbortSignal): Promise<EndVerdict | null> {
    let isPatient = this.#run.isAdopted
    while (!ended.aborted) {
      const verdict = this.#limit(await this.#ask(isPatient))
      if (ended.aborted) return null
      if (verdict.kind === 'over') return verdict
      const pauseMs = verdict.kind === 'alive' ? this.#isAlive(verdict.trace) : this.#isSilent(verdict)
      await this.#parts.clock.sleep(pauseMs, ended)
      isPatient = true
    }
    return null
  }

  async #ask(isPatient: boolean): Promise<Verdict> {
    const { id, access: wayIn, contact, isAdopted, startedAt } = this.#run
    const { trace } = contact
    const access = wayIn()
    if (access === null) return judgeProbe(NO_WAY_IN, trace !== null)
    if (isAdopted && trace === null && access.system.supervise === 0)
      return over(lost(NOT_SUPERVISED), { isDead: false })
    const ageMs = startedAt === null ? null : this.#parts.clock.now() - startedAt
    const reply = await this.#parts.hosts.probe(access, { id, trace, ageMs }, { plant: trace === null, isPatient })
    return judgeProbe(reply, trace !== null)
  }

  /** A silence that has lasted too long is a loss. */
  #limit(verdict: Verdict): Verdict {
    if (verdict.kind !== 'silent') return verdict
    const silentMs = this.#parts.clock.monotonic() - this.#silentSince
    this.#garbled = verdict.isGarbled && this.#run.wasGarbled ? this.#garbled + 1 : 0
    if (silentMs < this.#parts.lostAfterMs && this.#garbled < MOST_GARBLED) return verdict
    return over(lost(`no answer for ${Math.round(silentMs / 1000)} s, last: ${verdict.reason}`), { isDead: false })
  }

  #isAlive(trace: Parameters<RunContact['found']>[0]): number {
    this.#run.contact.found(trace)
    this.#silentSince = this.#parts.clock.monotonic()
    this.#silences = 0
    return pauseAfterLook(this.#looks++)
  }

  #isSilent({ reason, isAnswer }: SilentVerdict): number {
    const { clock, lostAfterMs, random } = this.#parts
    this.#run.contact.lost(reason, isAnswer)
    this.#looks = 0
    const untilLostMs = this.#silentSince + lostAfterMs - clock.monotonic()
    return Math.min(pauseAfterSilence(this.#silences++, random()), Math.max(1, untilLostMs))
  }
}

const NO_WAY_IN: ProbeReply = {
  kind: 'unanswered',
  reason: 'no row says how to log in to its host as its user',
}

const NOT_SUPERVISED = 'rcron stopped while it ran, and a run on a system with supervise = 0 cannot be found again'
