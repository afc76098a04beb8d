import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { BUG } from '../../domain/bug.ts'
import { makeDirectory } from '../../platform/files/make-directory.ts'
import { describeDistrust, distrustOfDirectory } from '../../platform/files/path-trust.ts'
import type { Log } from '../../platform/log/log.ts'
import type { Deed } from '../act/audit-trail.ts'
import type { Controlled } from '../controlled.ts'
import { ControlFault, FAULTS } from '../faults.ts'
import { PROOF_DIRECTORY } from '../proof-names.ts'
import { CONTROL_SOCKET, VIEW_SOCKET } from '../socket-names.ts'
import type { Answerer } from './api.ts'
import { listenOn } from './listen-on.ts'

/** Who answers, and where. */
export type ControlServerParts = {
  readonly controlled: Controlled
  readonly log: Log
  /** Is told who had what done. */
  readonly audit: (deed: Deed) => void
  /** Where the sockets are made; it is made where it is missing. */
  readonly directory: string
  /** The group of those who may look; null: that of the process. */
  readonly viewers: number | null
}

/** So many questions at once are answered at each socket; the next ones are told to try again. */
const MOST_QUESTIONS = 64

/** So many read on at each socket, for as long as something goes on; they take no place of a question. */
const MOST_FEEDS = 256

/** More connections than that are cut off. */
const MOST_CONNECTIONS = 512

/** Who sends slowly, or nothing, is not waited for. Milliseconds. */
const LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 1_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 8_192,
} as const

/** Read and write for the group of the socket: connecting is writing. */
const MODE = 0o660

/** The sockets on which a daemon is asked and told. What answers is loaded with the first question. */
export class ControlServer implements AsyncDisposable {
  readonly #parts: ControlServerParts
  readonly #servers: Server[] = []

  /** Listens. Where a socket cannot be made that is logged, and the daemon works without it. Never rejects. */
  static async open(parts: ControlServerParts): Promise<ControlServer> {
    const server = new ControlServer(parts)
    await server.#listen({ name: CONTROL_SOCKET, mayAct: true, group: null })
    await server.#listen({ name: VIEW_SOCKET, mayAct: false, group: parts.viewers })
    return server
  }

  private constructor(parts: ControlServerParts) {
    this.#parts = parts
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map(closed))
  }

  async #listen({ name, mayAct, group }: Role): Promise<void> {
    const { directory, log } = this.#parts
    const path = join(directory, name)
    const server = createServer(LIMITS, this.#listener(mayAct))
    server.maxConnections = MOST_CONNECTIONS
    server.on('clientError', (_, socket) => socket.destroy())
    try {
      makeDirectory(directory)
      refuseForeign(directory)
      await listenOn(server, path, { mode: MODE, group })
      server.on('error', (error) => log.warn({ path, err: error }, 'control socket fails'))
      this.#servers.push(server)
    } catch (error) {
      server.close()
      log.warn({ path, err: error }, 'no control socket: commands cannot ask this daemon')
    }
  }

  #listener(mayAct: boolean): RequestListener {
    const { controlled, log, directory, audit } = this.#parts
    const proofs = join(directory, PROOF_DIRECTORY)
    let loaded: Promise<Answerer> | null = null
    const load = async () => (await import('./api.ts')).createApi({ controlled, mayAct, log, proofs, audit })
    const counts = { questions: 0, feeds: 0 }
    return (request: IncomingMessage, response: ServerResponse) => {
      const place = new Place(counts, response)
      if (counts.questions > MOST_QUESTIONS) {
        refuse(response)
        return
      }
      loaded ??= load()
      loaded.then(
        (answer) => answer(request, response, () => place.turnToFeed()),
        (error: unknown) => {
          loaded = null
          log.error({ err: error }, `${BUG} while loading what answers commands`)
          response.destroy()
        },
      )
    }
  }
}

type Counts = { questions: number; feeds: number }

/** Of a question among those that are answered, until its answer is complete or nobody waits for it. */
class Place {
  readonly #counts: Counts
  #among: keyof Counts = 'questions'

  constructor(counts: Counts, response: ServerResponse) {
    this.#counts = counts
    counts.questions += 1
    response.once('close', () => {
      counts[this.#among] -= 1
    })
  }

  turnToFeed(): void {
    if (this.#counts.feeds >= MOST_FEEDS) throw new ControlFault('BUSY', `${MOST_FEEDS} read on already`, 'Try again.')
    this.#counts.questions -= 1
    this.#counts.feeds += 1
    this.#among = 'feeds'
  }
}

/** Whoever can change what stands there could answer in the daemon's place. */
function refuseForeign(directory: string): void {
  const distrust = distrustOfDirectory(directory)
  if (distrust !== null) throw new Error(`${distrust.path} ${describeDistrust(distrust)}`)
}

type Role = { readonly name: string; readonly mayAct: boolean; readonly group: number | null }

const BUSY = Buffer.from(
  JSON.stringify(new ControlFault('BUSY', 'the daemon is asked too much at once', 'Try again.').answer),
)

function refuse(response: ServerResponse): void {
  response
    .writeHead(FAULTS.BUSY.http, {
      'content-type': 'application/json',
      'content-length': BUSY.length,
      connection: 'close',
    })
    .end(BUSY)
}

/** Its socket goes with it. Who asks still is cut off. */
function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
