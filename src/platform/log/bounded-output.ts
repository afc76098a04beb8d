import { closeSync, constants, fstatSync, openSync, write } from 'node:fs'
import { Socket } from 'node:net'
import { finished, Writable } from 'node:stream'

const RETRY_MS = 50

/**
 * Writes lines to a descriptor without ever waiting for its reader: what does not fit into `maxBytes` of memory is dropped and
 * counted. Never throws. A reader that has gone makes every line a dropped one.
 */
export class BoundedOutput {
  readonly #stream: Writable
  readonly #maxBytes: number
  readonly #onRoom: (dropped: number) => void
  readonly #waiting: Waiting[] = []
  #dropped = 0
  #taken = 0
  #written = 0
  #isStuck = false

  /** `onRoom` is told how many lines were dropped, as soon as there is room again. */
  constructor(descriptor: number, maxBytes: number, onRoom: (dropped: number) => void) {
    this.#stream = openStream(descriptor)
    this.#maxBytes = maxBytes
    this.#onRoom = onRoom
    this.#stream.on('error', () => {
      // There is nowhere left to say it.
    })
    this.#stream.on('drain', () => this.#tellDropped())
  }

  write(line: string): void {
    const { destroyed, writableLength } = this.#stream
    if (destroyed || writableLength + Buffer.byteLength(line) > this.#maxBytes) this.#dropped += 1
    else {
      this.#taken += 1
      this.#stream.write(line, () => this.#tellWritten())
    }
  }

  /**
   * Resolves when all that was taken so far is on the descriptor, or lost with its reader. Where nobody reads, `mostMs` later, and from
   * then on at once until something is read again. Never rejects.
   */
  async written(mostMs: number): Promise<void> {
    if (this.#written === this.#taken || this.#isStuck) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push({ upTo: this.#taken, wake: resolve })
    const timer = setTimeout(() => {
      this.#isStuck = true
      for (const { wake } of this.#waiting.splice(0)) wake()
    }, mostMs)
    await promise
    clearTimeout(timer)
  }

  /** Resolves when all is written, or `deadlineMs` later. Nothing can be written any more. Never rejects. */
  async end(deadlineMs: number): Promise<void> {
    if (this.#stream.destroyed) return
    const isWritten = await this.#flush(deadlineMs)
    // The descriptor is not ours alone: an error message of the process may follow. A stuck one would hold the process up.
    if (isWritten && this.#stream instanceof Socket) this.#stream.unref()
    else this.#stream.destroy()
  }

  #flush(deadlineMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), deadlineMs)
      const done = (error?: Error | null) => {
        clearTimeout(timer)
        resolve(!error)
      }
      finished(this.#stream, { readable: false }, done)
      this.#stream.write('', done)
    })
  }

  #tellWritten(): void {
    this.#written += 1
    this.#isStuck = false
    while ((this.#waiting[0]?.upTo ?? Number.POSITIVE_INFINITY) <= this.#written) this.#waiting.shift()?.wake()
  }

  #tellDropped(): void {
    const dropped = this.#dropped
    this.#dropped = 0
    if (dropped > 0) this.#onRoom(dropped)
  }
}

/** Who waits until so many lines are written. */
type Waiting = { readonly upTo: number; readonly wake: () => void }

/**
 * Pipes and sockets (the journal is one) are served by the event loop. A thread of the pool that waited for a stuck one could not
 * be ended: the process would hang at its exit.
 */
function openStream(descriptor: number): Writable {
  const found = fstatSync(descriptor)
  if (found.isFIFO() || found.isSocket()) return new Socket({ fd: descriptor, readable: false, writable: true })
  // A file opened again would have an end of its own, and what others write by `descriptor` would overwrite ours.
  if (found.isFile()) return new DescriptorStream(descriptor)
  return new DescriptorStream(reopened(descriptor))
}

/** The same terminal under flags of our own: those of `descriptor` may be shared with other processes. */
function reopened(descriptor: number): number {
  try {
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK)
  } catch {
    return descriptor // Without /proc, or the right to open it again, it has to do as it is.
  }
}

/** A file or a terminal; one that takes nothing now, since somebody pressed Ctrl-S, is asked again. */
class DescriptorStream extends Writable {
  readonly #descriptor: number

  constructor(descriptor: number) {
    super()
    this.#descriptor = descriptor
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    write(this.#descriptor, chunk, (error, written) => {
      if (error?.code === 'EAGAIN') setTimeout(() => this._write(chunk, _encoding, done), RETRY_MS).unref()
      else if (error !== null || written === chunk.length) done(error)
      else this._write(chunk.subarray(written), _encoding, done)
    })
  }

  /** What came while a line was being written goes in one piece. */
  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'utf8', done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#descriptor > 2) closeSync(this.#descriptor)
    done(error)
  }
}
