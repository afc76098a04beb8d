/** The first bytes of a stream, up to a limit. */
export class HeadBuffer {
  readonly #limit: number
  #parts: Buffer[] = []
  #length = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Copies what there is room for, and says how many bytes that was. */
  add(bytes: Buffer): number {
    const room = this.#limit - this.#length
    if (room === 0 || bytes.length === 0) return 0
    const taken = Math.min(room, bytes.length)
    this.#parts.push(Buffer.from(bytes.subarray(0, taken)))
    this.#length += taken
    if (this.#parts.length === MAX_PARTS) this.#parts = [Buffer.concat(this.#parts)]
    return taken
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts)
  }
}

/** Many tiny parts would weigh more than what they hold. */
const MAX_PARTS = 64
