import { setTimeout as pause } from 'node:timers/promises'

/** What has to be mended: each after its time, and all of it at once where the faults are over. */
export class Healing {
  readonly #hurry = new AbortController()
  readonly #pending = new Set<Promise<void>>()
  readonly #failures: unknown[] = []

  /** Mends after `ms`. */
  after(ms: number, mend: () => void | Promise<void>): void {
    const mending = pause(ms, undefined, { signal: this.#hurry.signal })
      .catch(() => undefined) // Called off: it is mended now.
      .then(mend)
      .catch((error: unknown) => {
        this.#failures.push(error)
      })
      .finally(() => this.#pending.delete(mending))
    this.#pending.add(mending)
  }

  /** Mends everything now. Rejects with what could not be mended. */
  async all(): Promise<void> {
    this.#hurry.abort()
    while (this.#pending.size > 0) await Promise.all(this.#pending)
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, 'faults could not be mended')
  }
}
