import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** Writes no faster than the reader reads, and knows when nobody does any more. */
export class PatientOutput {
  readonly #output: Writable
  /** Noted here: standard output forgets its errors, and would continue failing at every write. */
  #hasFailed = false

  constructor(output: Writable) {
    this.#output = output
    output.on('error', () => {
      this.#hasFailed = true
    })
  }

  /** Resolves when there is room for more; to false if what is written does not arrive any more. Never rejects. */
  async write(text: string): Promise<boolean> {
    if (this.#isGone) return false
    if (!this.#output.write(text)) await this.#room()
    return !this.#isGone
  }

  get #isGone(): boolean {
    return this.#hasFailed || this.#output.destroyed
  }

  async #room(): Promise<void> {
    const waiting = new AbortController()
    const { signal } = waiting
    // An error rejects both.
    const settled = ['drain', 'close'].map((event) => once(this.#output, event, { signal }).catch(() => null))
    await Promise.race(settled)
    waiting.abort()
  }
}
