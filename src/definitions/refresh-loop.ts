import type { Clock } from '../platform/clock.ts'
import { BackOff } from '../platform/waiting/back-off.ts'
import { untilAborted } from '../platform/waiting/within.ts'
import type { SnapshotSource } from './snapshot-source.ts'

const MS_PER_SECOND = 1000
const RETRIES = { firstMs: MS_PER_SECOND, longestMs: 30 * MS_PER_SECOND }

/** What is refreshed, and how often. */
export type RefreshLoopParts = {
  readonly clock: Clock
  readonly source: Pick<SnapshotSource, 'refresh' | 'reread' | 'storeFailing'>
  /** Asked at each turn, since a reload may change it. Milliseconds. */
  readonly staleAfterMs: () => number
  /** Called after every attempt. */
  readonly onRefreshed: () => void
}

/**
 * Keeps the definitions fresh: reads them every `staleAfterMs` while the store answers, and while it does not, after 1 s
 * doubling to 30 s, so that a store that comes back is found soon without being pressed.
 */
export class RefreshLoop {
  readonly #parts: RefreshLoopParts
  readonly #retries = new BackOff(RETRIES)
  #nap = new AbortController()
  #restarted = false

  constructor(parts: RefreshLoopParts) {
    this.#parts = parts
  }

  /** Runs until `stop` aborts, and then does not wait for a reading that is under way. Never rejects. */
  async run(stop: AbortSignal): Promise<void> {
    stop.addEventListener('abort', () => this.#nap.abort(), { once: true })
    while (!stop.aborted) {
      await this.#pause(stop)
      const answered = await untilAborted(stop.aborted ? Promise.resolve(null) : this.#parts.source.refresh(), stop)
      if (answered !== null) this.#told(answered)
    }
  }

  /** Reads what is in the store now, and resolves to whether it answered; the time to the next reading counts from then. Never rejects. */
  async reread(): Promise<boolean> {
    const answered = await this.#parts.source.reread()
    this.#told(answered)
    this.#restarted = true
    this.#nap.abort()
    return answered
  }

  async #pause(stop: AbortSignal): Promise<void> {
    const { clock, source, staleAfterMs } = this.#parts
    do {
      this.#restarted = false
      this.#nap = new AbortController()
      const ms = source.storeFailing ? Math.min(this.#retries.next(), staleAfterMs()) : staleAfterMs()
      if (!stop.aborted) await clock.sleep(ms, this.#nap.signal)
    } while (this.#restarted && !stop.aborted)
  }

  #told(answered: boolean): void {
    if (answered) this.#retries.reset()
    this.#parts.onRefreshed()
  }
}
