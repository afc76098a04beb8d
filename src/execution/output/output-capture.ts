import { type CapturedOutput, NO_OUTPUT } from '../../domain/run.ts'
import type { OutputStream } from '../../hosts/transport.ts'
import { Excerpt, incompleteTail, type KeptText } from './excerpt.ts'

/** Bytes kept of a run's output, 64 KiB in all: of both streams as they came, and of each alone. */
const [HEAD_BYTES, TAIL_BYTES] = [16 * 1024, 16 * 1024]
const [STREAM_HEAD_BYTES, STREAM_TAIL_BYTES] = [4 * 1024, 12 * 1024]

/** Bytes kept of each stream alone, where more came. */
export const KEPT_OF_STREAM = STREAM_HEAD_BYTES + STREAM_TAIL_BYTES

const EMPTY = Buffer.alloc(0)

/**
 * Keeps head and tail of what a run prints, and counts the rest. Chunks are copied, never held. A character that is cut by
 * the end of a chunk waits for its rest, so that the other stream does not come between.
 */
export class OutputCapture {
  readonly #both = new Excerpt(HEAD_BYTES, TAIL_BYTES)
  readonly #alone: Readonly<Record<OutputStream, Excerpt>> = {
    stdout: new Excerpt(STREAM_HEAD_BYTES, STREAM_TAIL_BYTES),
    stderr: new Excerpt(STREAM_HEAD_BYTES, STREAM_TAIL_BYTES),
  }
  readonly #bytes: Record<OutputStream, number> = { stdout: 0, stderr: 0 }
  readonly #waiting: Record<OutputStream, Buffer> = { stdout: EMPTY, stderr: EMPTY }

  /** Is called with every chunk, which it must not keep; null while nobody listens. */
  listener: ((stream: OutputStream, chunk: Buffer) => void) | null = null

  add(stream: OutputStream, chunk: Buffer): void {
    this.listener?.(stream, chunk)
    this.#bytes[stream] += chunk.length
    this.#alone[stream].add(chunk)
    const waiting = this.#waiting[stream]
    const bytes = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk])
    const cut = bytes.length - incompleteTail(bytes)
    this.#waiting[stream] = cut === bytes.length ? EMPTY : Buffer.from(bytes.subarray(cut))
    this.#both.add(cut === bytes.length ? bytes : bytes.subarray(0, cut))
  }

  /** What is kept as of now; bytes that are not UTF-8 stand as U+FFFD. */
  captured(): CapturedOutput {
    const { stdout: stdoutBytes, stderr: stderrBytes } = this.#bytes
    if (stdoutBytes + stderrBytes === 0) return NO_OUTPUT
    this.#flush()
    const streams = { stdout: this.#textOf('stdout'), stderr: this.#textOf('stderr') }
    return { ...this.#both.text(), stdoutBytes, stderrBytes, streams }
  }

  /** What is kept of one stream as of now. */
  kept(stream: OutputStream): KeptText {
    return this.#alone[stream].text()
  }

  /** The last bytes of one stream, so many at most, behind its head. */
  last(stream: OutputStream, most: number): Buffer {
    return this.#alone[stream].last(most)
  }

  #textOf(stream: OutputStream) {
    const { head, tail } = this.#alone[stream].text()
    return { head, tail }
  }

  #flush(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      this.#both.add(this.#waiting[stream])
      this.#waiting[stream] = EMPTY
    }
  }
}
