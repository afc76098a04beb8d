import type { Clock } from '../platform/clock.ts'

/** By both clocks: SIGSTOP holds up neither, a paused machine perhaps the monotonic one. */
export type Instant = { readonly monotonic: number; readonly time: number }

/** Tells whether what a process knows is older than `limitMs`, as it is when the process, or its machine, stood still meanwhile. */
export class Standstill {
  readonly #clock: Clock
  readonly #limitMs: number
  #known: Instant | null = null

  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock
    this.#limitMs = limitMs
  }

  now(): Instant {
    return { monotonic: this.#clock.monotonic(), time: this.#clock.now() }
  }

  /** What is known is as of `instant`; one before the last changes nothing. */
  knownAsOf(instant: Instant): void {
    if (this.#known === null || instant.monotonic >= this.#known.monotonic) this.#known = instant
  }

  /** By the clock that moved further. Not before anything is known. */
  get isPast(): boolean {
    if (this.#known === null) return false
    const { monotonic, time } = this.now()
    return Math.max(monotonic - this.#known.monotonic, time - this.#known.time) >= this.#limitMs
  }
}
