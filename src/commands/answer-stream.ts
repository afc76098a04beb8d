import type { Writable } from 'node:stream'

/** Standard output as one who answers for it sees it: a reader that goes away is no error, a full disk is one. */
export class AnswerStream {
  #fault: NodeJS.ErrnoException | null = null

  /** Listens from now on, so that no error of `streams` ends the process; `streams` are standard output and error. */
  constructor(...streams: readonly Writable[]) {
    for (const stream of streams) {
      stream.on('error', (error) => {
        this.#fault ??= error
      })
    }
  }

  /** Why what was printed did not arrive, other than that nobody reads on; null where it did. */
  get failure(): string | null {
    const code = this.#fault?.code ?? null
    return code === 'EPIPE' ? null : code
  }
}
