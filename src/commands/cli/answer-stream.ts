import type { Writable } from 'node:stream'
import { yieldToOthers } from '../../platform/waiting/yielding.ts'

/** Standard output as one who answers for it sees it: a reader that goes away is no error, a full disk is one. */
export class AnswerStream {
  readonly #streams: readonly Writable[]
  #fault: NodeJS.ErrnoException | null = null

  /** Listens from now on, so that no error of `streams` ends the process; `streams` are standard output and error. */
  constructor(...streams: readonly Writable[]) {
    this.#streams = streams
    for (const stream of streams) {
      stream.on('error', (error) => {
        this.#fault ??= error
      })
    }
  }

  /** Resolves when the readers have all that was written, however slow they are, or have gone. Never rejects. */
  async flushed(): Promise<void> {
    await Promise.all(this.#streams.map(flush))
    // Errors of writing are reported a turn later.
    await yieldToOthers()
  }

  /** Why what was printed did not arrive, other than that nobody reads on; null if it did. */
  get failure(): string | null {
    const code = this.#fault?.code ?? null
    return code === 'EPIPE' ? null : code
  }
}

/** What is written last is written when all the rest is. */
function flush(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) resolve()
    else stream.write('', () => resolve())
  })
}
