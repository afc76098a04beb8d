import { HeadBuffer } from './head-buffer.ts'
import { TailBuffer } from './tail-buffer.ts'

/** Head and tail of what was added; all is in the head where nothing is left out in between. */
export type KeptText = { readonly head: string; readonly tail: string; readonly omittedBytes: number }

/** Keeps the first and the last bytes of what is added, and counts the rest. */
export class Excerpt {
  readonly #head: HeadBuffer
  readonly #tail: TailBuffer
  #bytes = 0

  constructor(headBytes: number, tailBytes: number) {
    this.#head = new HeadBuffer(headBytes)
    this.#tail = new TailBuffer(tailBytes)
  }

  /** Copies what it keeps. */
  add(bytes: Buffer): void {
    this.#bytes += bytes.length
    const taken = this.#head.add(bytes)
    if (taken < bytes.length) this.#tail.add(taken === 0 ? bytes : bytes.subarray(taken))
  }

  /** The last bytes, so many at most, of those that the head had no room for. */
  last(most: number): Buffer {
    const tail = this.#tail.bytes()
    return tail.subarray(Math.max(0, tail.length - most))
  }

  /** Characters stay whole; bytes that are not UTF-8 stand as U+FFFD. */
  text(): KeptText {
    const head = this.#head.bytes()
    const tail = this.#tail.bytes()
    if (head.length + tail.length === this.#bytes)
      return { head: Buffer.concat([head, tail]).toString(), tail: '', omittedBytes: 0 }
    const headKept = head.subarray(0, head.length - incompleteTail(head))
    const tailKept = tail.subarray(continuedHead(tail))
    const omittedBytes = this.#bytes - headKept.length - tailKept.length
    return { head: headKept.toString(), tail: tailKept.toString(), omittedBytes }
  }
}

/** How many bytes at the end of `bytes` begin a UTF-8 character that is not complete yet: 0 to 3. */
export function incompleteTail(bytes: Buffer): number {
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
