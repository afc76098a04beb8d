import { unreachableForNow } from '../handover.ts'
import type { Connection, ExecAnswer, ExecRequest } from '../transport.ts'
import { describeSocketError } from './ssh-dial.ts'
import { SshHandover } from './ssh-handover.ts'
import type { ConnectionParts, SshLink } from './ssh-link.ts'
import { prepareCipherKeys } from './ssh2-insides.ts'

/**
 * So many idle key exchanges in a minute are taken: those before which the host sent less than this, its part of the exchange
 * itself (2 KB or so) included. A host with a small RekeyLimit exchanges keys often while it sends much, and rightly.
 */
const MOST_IDLE_REKEYS = 30
const REKEY_WINDOW_MS = 60_000
const IDLE_BYTES = 16 * 1024

/** A logged-in connection of ssh2 over a socket of our own, which can be destroyed whatever state it is in. */
export class SshConnection implements Connection, SshLink {
  readonly #parts: ConnectionParts
  readonly #closed = Promise.withResolvers<string>()
  /** Told of the end. A set, because a promise would keep what is added to it for as long as the connection lasts. */
  readonly #watchers = new Set<(reason: string) => void>()
  #why: string | null = null
  #isBatching = false
  #hasHadChannel = false
  #rekeyedIdlyAt: readonly number[] = []
  #bytesAtRekey = 0

  constructor(parts: ConnectionParts) {
    this.#parts = parts
    parts.socket.prependListener('data', () => this.#batchWrites())
    prepareCipherKeys(parts.client)
    parts.client.on('handshake', () => this.#rekeyed())
    parts.client.on('error', (error) => this.close(`the connection broke: ${describeSocketError(error)}`))
    parts.client.on('end', () => this.close('the host closed the connection'))
    parts.client.on('close', () => this.close('the connection was closed'))
  }

  get closed(): Promise<string> {
    return this.#closed.promise
  }

  get isOpen(): boolean {
    return this.#why === null
  }

  /** Whether the host has opened a channel on it. */
  get hasHadChannel(): boolean {
    return this.#hasHadChannel
  }

  channelOpened(): void {
    this.#hasHadChannel = true
  }

  exec(request: ExecRequest): Promise<ExecAnswer> {
    if (this.#why !== null) return Promise.resolve(unreachableForNow(this.#because(this.#why)))
    this.#batchWrites()
    return new SshHandover(this, this.#parts, request).answer()
  }

  close(reason: string): void {
    if (this.#why !== null) return
    this.#why = reason
    this.#parts.socket.destroy()
    this.#closed.resolve(reason)
    for (const watcher of this.#watchers) watcher(reason)
    this.#watchers.clear()
  }

  /** Calls `watcher` when the connection ends, until the returned function is called. */
  watch(watcher: (reason: string) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /** OpenSSH exchanges keys each hour or gigabyte; a host that does so without end, and without sending anything, costs a processor. */
  #rekeyed(): void {
    const { client, socket } = this.#parts
    prepareCipherKeys(client)
    const sent = socket.bytesRead - this.#bytesAtRekey
    this.#bytesAtRekey = socket.bytesRead
    if (sent >= IDLE_BYTES) return
    const now = performance.now()
    this.#rekeyedIdlyAt = [...this.#rekeyedIdlyAt.filter((at) => now - at < REKEY_WINDOW_MS), now]
    if (this.#rekeyedIdlyAt.length > MOST_IDLE_REKEYS) this.close('the host keeps exchanging keys')
  }

  /** What is written in one turn of the event loop leaves together: a session's packets are small, and system calls dear. */
  #batchWrites(): void {
    if (this.#isBatching) return
    this.#isBatching = true
    const { socket } = this.#parts
    socket.cork()
    setImmediate(() => {
      this.#isBatching = false
      socket.uncork()
    })
  }

  #because(why: string): string {
    return `${this.#parts.where}: ${why}`
  }
}
