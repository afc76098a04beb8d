import type { ServerResponse } from 'node:http'
import type { FeedMessage, FeedReader } from '../feed.ts'

export const FEED_TYPE = 'text/event-stream'

/** A reader that has so many bytes to take in still is behind. */
const MOST_WAITING = 64 * 1024

/** What nobody has to say is said that often, so that a reader knows that the daemon is there. Milliseconds. */
const HEARTBEAT_MS = 10_000

/** A reader that takes nothing in is given so long for what waits when the stream ends. Milliseconds. */
const LAST_MS = 10_000

/** Server-sent events to one reader. */
export class EventStream implements FeedReader {
  readonly #response: ServerResponse
  #heartbeat: NodeJS.Timeout | null = null

  constructor(response: ServerResponse) {
    this.#response = response
  }

  get isBehind(): boolean {
    return this.#response.writableLength > MOST_WAITING
  }

  /** Says that the stream begins, where nothing was sent yet. */
  begin(): void {
    if (this.#heartbeat !== null) return
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS).unref()
    this.#response.once('close', () => this.#rest())
    // It ends with the connection: in pieces that are framed apart it would cost twice as many writes.
    this.#response.removeHeader('transfer-encoding')
    this.#response.writeHead(200, { 'content-type': FEED_TYPE, 'cache-control': 'no-store', connection: 'close' })
    this.#response.flushHeaders()
  }

  send(message: FeedMessage, id?: string): void {
    this.begin()
    if (this.#response.writableEnded) return
    if (id !== undefined) this.#response.write(`id: ${id}\n`)
    this.#response.write(encoded(message))
  }

  end(): void {
    this.#rest()
    if (this.#response.writableEnded) return
    this.#response.end()
    const late = setTimeout(() => this.#response.destroy(), LAST_MS).unref()
    this.#response.once('close', () => clearTimeout(late))
  }

  #rest(): void {
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat)
  }

  #beat(): void {
    if (!this.isBehind) this.#response.write(':\n\n')
  }
}

const ENCODED = new WeakMap<FeedMessage, Buffer>()

/** Put into bytes once, however many read it. JSON has no line ends of its own. */
function encoded(message: FeedMessage): Buffer {
  const known = ENCODED.get(message)
  if (known !== undefined) return known
  const bytes = Buffer.from(`event: ${message.kind}\ndata: ${JSON.stringify(message)}\n\n`)
  ENCODED.set(message, bytes)
  return bytes
}
