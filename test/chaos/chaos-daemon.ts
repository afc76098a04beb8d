import { DaemonProcess } from '../support/daemon.ts'
import { type DaemonLife, lifeOf } from './daemon-life.ts'
import { FastClock } from './fast-clock.ts'
import { inOrder, type ProcessNumbers, type RcronProcess } from './rcron-process.ts'

const STOP_DEADLINE_MS = 30_000
/** Whether one that takes longer gets ready is not looked at. */
const READY_DEADLINE_MS = 20_000

/** Daemons on one state directory, one after the other. */
export class ChaosDaemon {
  readonly #numbers: ProcessNumbers
  readonly #environment: Readonly<Record<string, string>>
  readonly #lives: DaemonProcess[] = []
  readonly #numberOf = new Map<DaemonProcess, number>()
  readonly #killedAt = new Map<DaemonProcess, number>()
  readonly #endedAt = new Map<DaemonProcess, number>()
  /** When each was seen to be ready, in epoch milliseconds. */
  readonly #readyAt = new Map<DaemonProcess, number>()
  readonly #wrongs: string[] = []
  /** `up`: takes faults. */
  #state: 'down' | 'up' | 'leaving' = 'down'

  constructor(numbers: ProcessNumbers, environment: Readonly<Record<string, string>>) {
    this.#numbers = numbers
    this.#environment = environment
  }

  get isUp(): boolean {
    return this.#state === 'up'
  }

  get count(): number {
    return this.#lives.length
  }

  /** What a daemon did that no daemon should: ended by itself, printed what is no log line, did not stop. */
  get wrongs(): readonly string[] {
    const noise = this.#lives.flatMap((daemon) =>
      daemon.output
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('{'))
        .slice(0, 20)
        .map((line) => `daemon ${this.#numberOf.get(daemon)} printed: ${line}`),
    )
    return [...this.#wrongs, ...noise]
  }

  get processes(): readonly RcronProcess[] {
    return this.#lives.map((daemon) => ({
      number: this.#numberOf.get(daemon) ?? 0,
      events: daemon.events,
      killedAt: this.#killedAt.get(daemon) ?? null,
      endedAt: this.#endedAt.get(daemon) ?? null,
    }))
  }

  lives(machineTimeOf: (told: number) => number): readonly DaemonLife[] {
    const readyAt = this.#lives.map((daemon) => this.#readyAt.get(daemon) ?? null)
    return this.processes.map((process, index) =>
      lifeOf({ number: process.number, readyAt: readyAt[index] ?? null, log: inOrder([process]) }, machineTimeOf),
    )
  }

  get current(): DaemonProcess | null {
    return this.#state === 'down' ? null : (this.#lives.at(-1) ?? null)
  }

  start(): void {
    const number = this.#numbers.take()
    const daemon = new DaemonProcess({ environment: this.#environment })
    this.#lives.push(daemon)
    this.#numberOf.set(daemon, number)
    this.#state = 'up'
    void this.#noteReady(daemon)
    void daemon.exit().then((code) => {
      this.#endedAt.set(daemon, Date.now())
      FastClock.sweep(daemon.pid)
      if (this.#state === 'up' && this.#lives.at(-1) === daemon) {
        this.#wrongs.push(`daemon ${number} ended by itself with ${code}:\n${daemon.output.slice(-2000)}`)
        this.#state = 'down'
      }
    })
  }

  async kill(): Promise<void> {
    const { current } = this
    if (current === null) return
    this.#state = 'leaving'
    this.#killedAt.set(current, Date.now())
    await current.end()
    this.#state = 'down'
  }

  /** SIGTERM, and a second one where it is `hasty`. */
  async stop(isHasty: boolean): Promise<void> {
    const { current } = this
    if (current === null) return
    this.#state = 'leaving'
    current.signal('SIGTERM')
    if (isHasty) setTimeout(() => current.signal('SIGTERM'), 150)
    const tooLate = setTimeout(() => current.signal('SIGKILL'), STOP_DEADLINE_MS)
    const code = await current.exit()
    clearTimeout(tooLate)
    // One that was told so before it listened just ends.
    const listened = current.logged('rcron is starting').length > 0
    if (code !== 0 && listened)
      this.#wrongs.push(`daemon ${this.#numberOf.get(current)} was told to stop and ended with ${code}`)
    this.#state = 'down'
  }

  async #noteReady(daemon: DaemonProcess): Promise<void> {
    try {
      await daemon.tells(/READY=1/, READY_DEADLINE_MS)
      this.#readyAt.set(daemon, Date.now())
    } catch {
      // It has ended before, or takes too long.
    }
  }
}
