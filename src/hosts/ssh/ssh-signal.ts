import type { Client, ClientChannel } from 'ssh2'

/** The two inner parts of ssh2 1.x that this file leans on. */
type Insides = { readonly _protocol?: { signal?(channel: number, name: string): void } }
type ChannelInsides = { readonly outgoing?: { readonly id?: number } }

/**
 * Sends a signal request on a channel. ssh2's own `signal()` drops it once standard input has ended, which the protocol does
 * not ask for, and which is always so here; where ssh2 is built otherwise, nothing is sent.
 */
export function sendSignal(client: Client, channel: ClientChannel, name: string): void {
  const { _protocol: protocol } = client as unknown as Insides
  const id = (channel as unknown as ChannelInsides).outgoing?.id
  if (id !== undefined) protocol?.signal?.(id, name)
}
