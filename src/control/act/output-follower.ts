import type { OutputPiece, OutputReader } from '../../execution/output/followed-output.ts'
import type { FeedReader } from '../feed.ts'
import type { OutputMessage, ToldEnd } from '../feed-schemas.ts'

/** Of what is left out last, so many characters are told at the end: what a run says last is what is looked for. */
const LAST_CHARACTERS = 8_192

/** One who follows a run. While it is behind, what the run prints is left out, and told in bytes when it has caught up. */
export class OutputFollower implements OutputReader {
  readonly #reader: FeedReader
  readonly #omitted = { stdout: 0, stderr: 0 }
  readonly #last = { stdout: '', stderr: '' }
  #hasHeard = false
  #isOver = false

  constructor(reader: FeedReader) {
    this.#reader = reader
  }

  /** Whether the run has printed anything that was heard. */
  get hasHeard(): boolean {
    return this.#hasHeard
  }

  take(piece: OutputPiece): void {
    const { stream, text, omittedBytes } = piece
    this.#hasHeard = true
    const before = this.#omitted[stream]
    if (this.#reader.isBehind) {
      this.#omitted[stream] = before + omittedBytes + Buffer.byteLength(text)
      this.#last[stream] = omittedBytes > 0 ? text : `${this.#last[stream]}${text}`.slice(-LAST_CHARACTERS)
      return
    }
    this.#omitted[stream] = 0
    this.#last[stream] = ''
    // The same object for all readers is put into words once.
    this.#reader.send(before === 0 ? piece : { ...piece, omittedBytes: omittedBytes + before })
  }

  tell(message: OutputMessage): void {
    if (!this.#isOver) this.#reader.send(message)
  }

  /** The first end counts. */
  end(end: ToldEnd): void {
    if (this.#isOver) return
    for (const stream of ['stdout', 'stderr'] as const) {
      const text = this.#last[stream].slice(-LAST_CHARACTERS).toWellFormed()
      const omittedBytes = Math.max(0, this.#omitted[stream] - Buffer.byteLength(text))
      if (this.#omitted[stream] > 0) this.tell({ kind: 'output', stream, text, omittedBytes })
    }
    this.tell({ kind: 'end', ...end })
    this.#isOver = true
    this.#reader.end()
  }
}
