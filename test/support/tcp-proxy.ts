import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type Direction = 'to-server' | 'to-client'
const BOTH: readonly Direction[] = ['to-server', 'to-client']

export type TcpProxyOptions = {
  /** Where connections are passed on to, on 127.0.0.1. */
  readonly port: number
  /** Sees every chunk before it is passed on; may freeze, silence or cut, which then holds for this chunk too. */
  readonly watch?: (direction: Direction, chunk: Buffer) => void
}

/** A TCP proxy on loopback that can fail the ways a network fails. */
export interface TcpProxy {
  readonly port: number
  /** Connections that are open on the client's side. */
  readonly open: number
  /** Connections accepted since the start. */
  readonly accepted: number
  /** Nothing moves any more, not even a close; connections stay open, new ones are accepted. */
  freeze(...directions: readonly Direction[]): void
  /** What was held back by `freeze` arrives, in order. New connections reach the server again. */
  thaw(): void
  /** New connections are accepted and never reach the server; those that are open go on. Ended by `thaw`. */
  silence(): void
  /** Resets every open connection on both sides; new ones are accepted as before. */
  cut(): void
  /** Cuts everything and frees the port. */
  close(): Promise<void>
}

/** Starts a proxy on a free port of 127.0.0.1. The caller closes it. */
export async function startTcpProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const frozen = new Set<Direction>()
  const links = new Set<Link>()
  let silent = false
  let accepted = 0

  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) => {
    accepted += 1
    const link = new Link(client, { ...options, frozen })
    links.add(link)
    client.once('close', () => links.delete(link))
    if (!silent) link.open()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const cut = () => {
    for (const link of links) link.cut()
  }
  return {
    port: (server.address() as AddressInfo).port,
    get open() {
      return links.size
    },
    get accepted() {
      return accepted
    },
    freeze: (...directions) => {
      for (const direction of directions.length === 0 ? BOTH : directions) frozen.add(direction)
      for (const link of links) link.settle()
    },
    thaw: () => {
      frozen.clear()
      silent = false
      for (const link of links) link.open()
    },
    silence: () => {
      silent = true
    },
    cut,
    close: async () => {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}

type LinkOptions = TcpProxyOptions & { readonly frozen: ReadonlySet<Direction> }

/** One connection through the proxy: two sockets, a lane each way. */
class Link {
  readonly #client: Socket
  readonly #options: LinkOptions
  #server: Socket | null = null
  #lanes: readonly Lane[] = []

  constructor(client: Socket, options: LinkOptions) {
    this.#client = client
    this.#options = options
    client.on('error', () => {
      // A reset by the peer: 'close' follows and is passed on by the lane.
    })
  }

  /** Connects to the server if that was not done yet, and lets bytes move. */
  open(): void {
    if (this.#server === null) {
      const server = connect({ host: '127.0.0.1', port: this.#options.port, allowHalfOpen: true, noDelay: true })
      server.on('error', () => {
        // As above.
      })
      this.#server = server
      this.#lanes = [
        new Lane('to-server', { from: this.#client, to: server }, this.#options),
        new Lane('to-client', { from: server, to: this.#client }, this.#options),
      ]
    }
    this.settle()
  }

  settle(): void {
    for (const lane of this.#lanes) lane.settle()
  }

  cut(): void {
    reset(this.#client)
    if (this.#server !== null) reset(this.#server)
  }
}

/** Moves bytes and the end of them one way, in order, while its direction is not frozen. */
class Lane {
  readonly #direction: Direction
  readonly #from: Socket
  readonly #to: Socket
  readonly #options: LinkOptions
  readonly #held: (() => void)[] = []

  constructor(direction: Direction, ends: { readonly from: Socket; readonly to: Socket }, options: LinkOptions) {
    this.#direction = direction
    this.#from = ends.from
    this.#to = ends.to
    this.#options = options
    this.#from.on('data', (chunk: Buffer) => {
      options.watch?.(direction, chunk)
      this.#pass(() => this.#write(chunk))
    })
    this.#from.on('end', () => this.#pass(() => this.#to.end()))
    this.#from.on('close', (hadError) => this.#pass(() => this.#closeAfter(hadError)))
    this.#to.on('drain', () => this.settle())
  }

  settle(): void {
    if (this.#options.frozen.has(this.#direction)) {
      this.#from.pause()
      return
    }
    for (const move of this.#held.splice(0)) move()
    if (!this.#to.writableNeedDrain) this.#from.resume()
  }

  #pass(move: () => void): void {
    if (this.#options.frozen.has(this.#direction)) this.#held.push(move)
    else move()
  }

  #write(chunk: Buffer): void {
    if (!this.#to.writable) return
    if (!this.#to.write(chunk)) this.#from.pause()
  }

  #closeAfter(hadError: boolean): void {
    if (hadError) reset(this.#to)
    else this.#to.end()
  }
}

/** A socket that is being shut down is only closed: Node never ends after a reset that comes on top of a shutdown. */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
