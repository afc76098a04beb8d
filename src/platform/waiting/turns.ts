import type { Clock } from '../clock.ts'

/** How long the event loop is held at most before others get a turn. */
const TURN_MS = 10

/** Gives others a turn whenever the event loop was held for long enough. */
export class Turns {
  readonly #clock: Clock
  #ends: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#ends = clock.monotonic() + TURN_MS
  }

  async next(): Promise<void> {
    if (this.#clock.monotonic() < this.#ends) return
    await new Promise((next) => setImmediate(next))
    this.#ends = this.#clock.monotonic() + TURN_MS
  }
}
