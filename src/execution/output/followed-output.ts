import { StringDecoder } from 'node:string_decoder'
import type { OutputStream } from '../../hosts/transport.ts'
import type { KnownSecrets } from '../../secrets/known-secrets.ts'
import { StreamMask } from '../../secrets/stream-mask.ts'
import type { OutputCapture } from './output-capture.ts'

/** A part of what a run prints. */
export type OutputPiece = {
  readonly kind: 'output'
  readonly stream: OutputStream
  readonly text: string
  /** Bytes of that stream that are left out before it. */
  readonly omittedBytes: number
}

/** Who follows a run. All are given the same pieces. */
export interface OutputReader {
  /** Must not throw, and not wait. */
  take(piece: OutputPiece): void
}

/** What replaces secrets. */
export type OutputSecrets = Pick<KnownSecrets, 'mask' | 'maskBeginning' | 'maskExcerpt' | 'longest'>

type FollowedOutputParts = {
  readonly secrets: OutputSecrets
  /** Bytes of each stream that may wait until they are passed on. */
  readonly most: () => number
  /** Is called when something waits. */
  readonly waits: () => void
}

const STREAMS = ['stdout', 'stderr'] as const

type Part = { readonly stream: OutputStream; readonly chunks: Buffer[]; readonly omittedBytes: number }
type Side = { mask: StreamMask; decoder: StringDecoder; waiting: number; omitted: number }

/** What one run prints, for its readers. Holds what came since it was passed on last, within a bound. */
export class FollowedOutput {
  readonly #parts: FollowedOutputParts
  readonly #readers = new Set<OutputReader>()
  readonly #sides: Readonly<Record<OutputStream, Side>>
  #waiting: Part[] = []
  #capture: OutputCapture | null = null

  constructor(parts: FollowedOutputParts) {
    this.#parts = parts
    const side = () => ({ mask: new StreamMask(parts.secrets), decoder: new StringDecoder(), waiting: 0, omitted: 0 })
    this.#sides = { stdout: side(), stderr: side() }
  }

  get readers(): number {
    return this.#readers.size
  }

  hear(capture: OutputCapture): void {
    this.#capture = capture
    this.#attend()
  }

  add(reader: OutputReader): void {
    this.pass()
    const isFirst = this.#readers.size === 0
    for (const stream of STREAMS) this.#tellKept(reader, stream, isFirst)
    this.#readers.add(reader)
    this.#attend()
  }

  remove(reader: OutputReader): void {
    this.#readers.delete(reader)
    if (this.#readers.size === 0 && this.#capture !== null) this.#capture.listener = null
  }

  /** Gives readers what has come. What was left out of a flood that is over ends with its last bytes. */
  pass(): void {
    const parts = this.#waiting
    this.#waiting = []
    for (const part of parts) this.#passPart(part)
    for (const stream of STREAMS) {
      const side = this.#sides[stream]
      if (side.omitted > 0 && side.waiting === 0) this.#passLast(stream)
      if (side.omitted > 0) this.#parts.waits()
      side.waiting = 0
    }
  }

  /** Nothing comes any more. */
  end(): void {
    this.pass()
    for (const stream of STREAMS) {
      if (this.#sides[stream].omitted > 0) this.#passLast(stream)
      const { mask, decoder } = this.#sides[stream]
      this.#tell(stream, mask.push(decoder.end()) + mask.end(), 0)
    }
    if (this.#capture !== null) this.#capture.listener = null
    this.#capture = null
  }

  #attend(): void {
    if (this.#capture !== null && this.#readers.size > 0) {
      this.#capture.listener = (stream, chunk) => this.#take(stream, chunk)
    }
  }

  /** In a row: once something is left out, all that follows is, until what waits is passed on. */
  #take(stream: OutputStream, chunk: Buffer): void {
    const side = this.#sides[stream]
    const isFull = side.waiting > 0 && side.omitted > 0
    const room = isFull ? 0 : Math.max(0, this.#parts.most() - side.waiting)
    const bytes = chunk.length > room ? chunk.subarray(0, room) : chunk
    if (bytes.length > 0) this.#keep(stream, Buffer.from(bytes))
    side.omitted += chunk.length - bytes.length
    this.#parts.waits()
  }

  #keep(stream: OutputStream, bytes: Buffer): void {
    const side = this.#sides[stream]
    const last = this.#waiting.at(-1)
    if (last?.stream === stream && side.omitted === 0) last.chunks.push(bytes)
    else this.#waiting.push({ stream, chunks: [bytes], omittedBytes: side.omitted })
    side.waiting += bytes.length
    side.omitted = 0
  }

  #passPart({ stream, chunks, omittedBytes }: Part): void {
    const { mask } = this.#sides[stream]
    if (omittedBytes > 0) {
      mask.cut()
      this.#sides[stream].decoder = new StringDecoder()
    }
    this.#tell(stream, mask.push(this.#sides[stream].decoder.write(Buffer.concat(chunks))), omittedBytes)
  }

  #passLast(stream: OutputStream): void {
    const side = this.#sides[stream]
    const last = this.#capture?.last(stream, side.omitted) ?? Buffer.alloc(0)
    const omittedBytes = side.omitted - last.length
    side.omitted = 0
    this.#passPart({ stream, chunks: [last], omittedBytes })
  }

  #tell(stream: OutputStream, text: string, omitted: number): void {
    const omittedBytes = omitted + this.#sides[stream].mask.takeDropped()
    if (text === '' && omittedBytes === 0) return
    const piece: OutputPiece = { kind: 'output', stream, text, omittedBytes }
    for (const reader of this.#readers) reader.take(piece)
  }

  /** What was printed before; of the first reader the stream goes on behind it. */
  #tellKept(reader: OutputReader, stream: OutputStream, isFirst: boolean): void {
    const { secrets } = this.#parts
    const kept = this.#capture?.kept(stream)
    if (kept === undefined || kept.head === '') return
    const tell = (text: string, omittedBytes: number) => {
      if (text !== '') reader.take({ kind: 'output', stream, text, omittedBytes })
    }
    const { head, tail } = kept.tail === '' ? { head: '', tail: kept.head } : secrets.maskExcerpt(kept)
    tell(head, 0)
    const { masked, held } = secrets.maskBeginning(tail)
    tell(masked, kept.omittedBytes)
    if (isFirst) this.#sides[stream].mask = new StreamMask(secrets, held)
  }
}
