import { type CapturedOutput, NO_OUTPUT } from '../../domain/run.ts'
import type { OutputStream } from '../../hosts/transport.ts'
import { HeadBuffer } from './head-buffer.ts'
import { TailBuffer } from './tail-buffer.ts'

/** Bytes kept of a run's output, 64 KiB in all. */
const HEAD_BYTES = 30 * 1024
const TAIL_BYTES = 30 * 1024
const STDERR_BYTES = 4 * 1024

const EMPTY = Buffer.alloc(0)

/**
 * Keeps head and tail of what a run prints, and counts the rest. Chunks are copied, never held. A character that is cut by
 * the end of a chunk waits for its rest, so that the other stream does not come between.
 */
export class OutputCapture {
  readonly #head = new HeadBuffer(HEAD_BYTES)
  readonly #tail = new TailBuffer(TAIL_BYTES)
  readonly #stderrHead = new HeadBuffer(STDERR_BYTES)
  readonly #bytes: Record<OutputStream, number> = { stdout: 0, stderr: 0 }
  readonly #waiting: Record<OutputStream, Buffer> = { stdout: EMPTY, stderr: EMPTY }

  add(stream: OutputStream, chunk: Buffer): void {
    this.#bytes[stream] += chunk.length
    if (stream === 'stderr') this.#stderrHead.add(chunk)
    const waiting = this.#waiting[stream]
    const bytes = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk])
    const cut = bytes.length - incompleteTail(bytes)
    this.#waiting[stream] = cut === bytes.length ? EMPTY : Buffer.from(bytes.subarray(cut))
    this.#keep(cut === bytes.length ? bytes : bytes.subarray(0, cut))
  }

  /** What is kept as of now; bytes that are not UTF-8 stand as U+FFFD. */
  captured(): CapturedOutput {
    const { stdout, stderr } = this.#bytes
    const total = stdout + stderr
    if (total === 0) return NO_OUTPUT
    this.#flush()
    const head = this.#head.bytes()
    const tail = this.#tail.bytes()
    const counted = {
      stdoutBytes: stdout,
      stderrBytes: stderr,
      stderrHead: stderrText(this.#stderrHead.bytes(), stderr),
    }
    if (head.length + tail.length === total) {
      return { head: Buffer.concat([head, tail]).toString(), tail: '', omittedBytes: 0, ...counted }
    }
    const headKept = head.subarray(0, head.length - incompleteTail(head))
    const tailKept = tail.subarray(continuedHead(tail))
    const omittedBytes = total - headKept.length - tailKept.length
    return { head: headKept.toString(), tail: tailKept.toString(), omittedBytes, ...counted }
  }

  #keep(bytes: Buffer): void {
    const taken = this.#head.add(bytes)
    if (taken < bytes.length) this.#tail.add(taken === 0 ? bytes : bytes.subarray(taken))
  }

  #flush(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      this.#keep(this.#waiting[stream])
      this.#waiting[stream] = EMPTY
    }
  }
}

function stderrText(head: Buffer, total: number): string {
  return (head.length < total ? head.subarray(0, head.length - incompleteTail(head)) : head).toString()
}

/** How many bytes at the end of `bytes` begin a UTF-8 character that is not complete yet: 0 to 3. */
function incompleteTail(bytes: Buffer): number {
  const looked = Math.min(3, bytes.length)
  for (let back = 1; back <= looked; back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (isContinuation(byte)) continue
    return lengthOf(byte) > back ? back : 0
  }
  return 0
}

/** How many bytes at the start of `bytes` continue a character that began before: 0 to 3. */
function continuedHead(bytes: Buffer): number {
  let count = 0
  while (count < 3 && isContinuation(bytes[count] ?? 0)) count++
  return count
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}

/** The length of the character that `lead` begins; 1 where it begins none. */
function lengthOf(lead: number): number {
  if (lead >= 0xf5 || lead < 0xc2) return 1
  if (lead >= 0xf0) return 4
  return lead >= 0xe0 ? 3 : 2
}
