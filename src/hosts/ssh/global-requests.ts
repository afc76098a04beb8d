import type { Client } from 'ssh2'

type Answering = { requestFailure?: () => void }

type GlobalRequest = (protocol: Answering, name: string, wantReply: boolean) => void

/** Where ssh2 keeps what answers the requests of a server. Private to it, so nothing is taken for granted. */
type Insides = { readonly _protocol?: { readonly _handlers?: { GLOBAL_REQUEST?: GlobalRequest } } }

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
