import type { RunTrace } from '../../domain/run.ts'
import type { RunWatch } from '../executor.ts'

/** Who is told of contact with a run, and what is known of the run so far. */
export type RunContactParts = {
  readonly watch: RunWatch
  /** Null until the host has reported it. */
  readonly trace: RunTrace | null
  /** The run has a connection, and so a session scope on its host, to itself. */
  readonly ownConnection: boolean
  /** The host was out of touch until now: an earlier process started the run. */
  readonly isAdopted: boolean
}

/** What is known of a run's life on its host, told to the watch in the order and number that its contract names. */
export class RunContact {
  readonly #watch: RunWatch
  readonly #ownConnection: boolean
  #trace: RunTrace | null
  #state: 'in touch' | 'out of touch' | 'told unknown'
  readonly #toldAnswers = new Set<string>()
  #missedOutput: boolean

  constructor({ watch, trace, ownConnection, isAdopted }: RunContactParts) {
    this.#watch = watch
    this.#trace = trace
    this.#ownConnection = ownConnection
    this.#state = isAdopted ? 'out of touch' : 'in touch'
    this.#missedOutput = isAdopted
  }

  get trace(): RunTrace | null {
    return this.#trace
  }

  /** Whether the command may have printed something while nobody listened. */
  get missedOutput(): boolean {
    return this.#missedOutput
  }

  /** The host says that the command has begun. A scope that other runs share is kept out of the trace: a kill must not look there. */
  began(told: RunTrace): void {
    if (this.#trace !== null) return
    this.#trace = this.#ownConnection ? told : { ...told, cgroup: '-' }
    this.#watch.started(this.#trace)
  }

  /** A silence is reported once, however its reasons change; `isAnswer`: something answers and cannot tell of the run, which is reported as well. */
  lost(reason: string, isAnswer = false): void {
    const isNewAnswer = isAnswer && !this.#toldAnswers.has(reason)
    if (this.#state === 'told unknown' && !isNewAnswer) return
    if (isAnswer) this.#toldAnswers.add(reason)
    this.#state = 'told unknown'
    this.#missedOutput = true
    this.#watch.unknown(reason)
  }

  /** The host says that the run is alive. */
  found(told: RunTrace | null): void {
    if (told !== null) this.began(told)
    if (this.#state === 'in touch') return
    this.#state = 'in touch'
    this.#toldAnswers.clear()
    this.#watch.found()
  }

  /** Another process listens to the run; this one knows what its host knows. */
  listenedToElsewhere(): void {
    this.#missedOutput = true
  }
}
