import type { WriteStream } from 'node:tty'
import type { Clock } from '../../platform/clock.ts'
import type { LoginReport } from './login-report.ts'

/** Where nobody has seen anything for this long, somebody asks whether it goes on. */
const FIRST_MS = 1_000
/** On a terminal the line is drawn over; elsewhere each is a line of its own, and few of them do. */
const REDRAWN_MS = 500
const PRINTED_MS = 10_000

type ProgressParts = { readonly stderr: Pick<WriteStream, 'isTTY' | 'write'>; readonly clock: Clock }

/** Says on standard error how far a test of many logins has come, from when it is made until it is disposed of. */
export class Progress implements Disposable {
  readonly #parts: ProgressParts
  readonly #total: number
  readonly #over = new AbortController()
  #tried = 0
  #failed = 0
  #isDrawn = false

  constructor(total: number, parts: ProgressParts) {
    this.#total = total
    this.#parts = parts
    void this.#tell()
  }

  note({ result }: LoginReport): void {
    this.#tried += 1
    if (result === 'fails' || result === 'not-tried') this.#failed += 1
  }

  [Symbol.dispose](): void {
    this.#over.abort()
    if (this.#isDrawn) this.#parts.stderr.write('\r\u001b[K')
  }

  async #tell(): Promise<void> {
    const { stderr, clock } = this.#parts
    const { signal } = this.#over
    await clock.sleep(stderr.isTTY ? FIRST_MS : PRINTED_MS, signal)
    while (!signal.aborted) {
      const text = `${this.#tried} of ${this.#total} logins tried, ${this.#failed} of them failed`
      if (stderr.isTTY) stderr.write(`\r\u001b[K${text}`)
      else stderr.write(`${text}\n`)
      this.#isDrawn = stderr.isTTY === true
      await clock.sleep(stderr.isTTY ? REDRAWN_MS : PRINTED_MS, signal)
    }
  }
}
