import { createSecretKey } from 'node:crypto'
import type { Client, ClientChannel } from 'ssh2'

/** The inner parts of ssh2 1.x that rcron leans on. Private to it, so nothing is taken for granted. */
type Insides = {
  readonly _protocol?: {
    /** They keep the keys of AES-GCM, from which ssh2 makes a cipher for each packet. */
    readonly _cipher?: { _encKey?: unknown }
    readonly _decipher?: { _decipherKey?: unknown }
    /** They answer the requests of a server. */
    readonly _handlers?: { GLOBAL_REQUEST?: GlobalRequest }
    signal?(channel: number, name: string): void
  }
}

type GlobalRequest = (protocol: Answering, name: string, wantReply: boolean) => void

type Answering = { requestFailure?: () => void }

type ChannelInsides = { readonly outgoing?: { readonly id?: number } }

/**
 * Hands the keys of a connection's ciphers to Node as KeyObjects, after each key exchange. For a Buffer, Node from 24.19 on throws
 * and catches two exceptions a cipher (nodejs/node#63111), which cost three times as much as the cipher.
 */
export function prepareCipherKeys(client: Client): void {
  const { _cipher, _decipher } = (client as Insides)._protocol ?? {}
  if (_cipher?._encKey instanceof Uint8Array) _cipher._encKey = createSecretKey(_cipher._encKey)
  if (_decipher?._decipherKey instanceof Uint8Array) _decipher._decipherKey = createSecretKey(_decipher._decipherKey)
}

/**
 * Declines what a host asks of the connection as a whole. ssh2 would have it prove the host keys that it announces, which costs a check
 * of a signature for each, of hundreds at once where the host is hostile; nothing here asks for new host keys.
 */
export function declineGlobalRequests(client: Client): void {
  const handlers = (client as Insides)._protocol?._handlers
  if (handlers?.GLOBAL_REQUEST === undefined) return
  handlers.GLOBAL_REQUEST = (protocol, _name, wantReply) => {
    if (wantReply) protocol.requestFailure?.()
  }
}

/**
 * Sends a signal request on a channel. ssh2's own `signal()` drops it once standard input has ended, which the protocol does
 * not ask for, and which is always so here; where ssh2 is built otherwise, nothing is sent.
 */
export function sendSignal(client: Client, channel: ClientChannel, name: string): void {
  const { _protocol: protocol } = client as unknown as Insides
  const id = (channel as unknown as ChannelInsides).outgoing?.id
  if (id !== undefined) protocol?.signal?.(id, name)
}
