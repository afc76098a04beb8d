import type { Clock } from '../../src/platform/clock.ts'

type Sleeper = { readonly at: number; readonly wake: () => void }

/** A clock that stands still until a test moves it. */
export class HandClock implements Clock {
  #now: number
  #monotonic = 0
  #sleepers: Sleeper[] = []

  constructor(start: string | number) {
    this.#now = new Date(start).getTime()
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#monotonic
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve()
    return new Promise((wake) => {
      this.#sleepers.push({ at: this.#monotonic + ms, wake })
      signal?.addEventListener('abort', () => wake(), { once: true })
    })
  }

  /** How many sleeps have not ended, aborted ones included. */
  get sleeping(): number {
    return this.#sleepers.length
  }

  /** Time passes; who sleeps until then wakes, and what follows from that happens before this resolves. */
  async advance(ms: number): Promise<void> {
    this.#now += ms
    this.#monotonic += ms
    const due = this.#sleepers.filter(({ at }) => at <= this.#monotonic)
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#monotonic)
    for (const { wake } of due.sort((a, b) => a.at - b.at)) wake()
    await settled()
  }

  /** Time passes while the process stands still: nobody wakes until time passes again. */
  standStill(ms: number): void {
    this.#now += ms
    this.#monotonic += ms
  }

  /** The machine's clock is set; no time passes. */
  set(instant: string | number): void {
    this.#now = new Date(instant).getTime()
  }
}

/** Everything that can happen without time passing has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((next) => setImmediate(next))
}
