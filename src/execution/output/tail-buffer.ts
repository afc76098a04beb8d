/** The last bytes of a stream, up to a limit, in a ring that is made when the first byte comes. */
export class TailBuffer {
  readonly #limit: number
  #ring: Buffer | null = null
  /** Where the next byte goes. */
  #next = 0
  #isFull = false

  constructor(limit: number) {
    this.#limit = limit
  }

  add(bytes: Buffer): void {
    this.#ring ??= Buffer.allocUnsafe(this.#limit)
    const last = bytes.length > this.#limit ? bytes.subarray(bytes.length - this.#limit) : bytes
    const untilEnd = Math.min(this.#limit - this.#next, last.length)
    last.copy(this.#ring, this.#next, 0, untilEnd)
    last.copy(this.#ring, 0, untilEnd)
    if (this.#next + last.length >= this.#limit) this.#isFull = true
    this.#next = (this.#next + last.length) % this.#limit
  }

  bytes(): Buffer {
    if (this.#ring === null) return Buffer.alloc(0)
    const newest = this.#ring.subarray(0, this.#next)
    return Buffer.concat(this.#isFull ? [this.#ring.subarray(this.#next), newest] : [newest])
  }
}
