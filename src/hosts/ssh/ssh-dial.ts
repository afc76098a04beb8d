import { connect, type LookupFunction, type Socket } from 'node:net'
import { codeOrNull } from '../../platform/error-code.ts'
import { type Unreachable, unreachable } from '../handover.ts'
import type { NameResolver, Resolved } from '../names/name-resolver.ts'
import { describeHost, type Target } from '../target.ts'

/** A TCP connection that is open. */
export type DialResult = { readonly kind: 'dialled'; readonly socket: Socket }

/** What a TCP connection is opened with. */
export type DialParts = {
  readonly resolver: NameResolver
  readonly timings: { readonly tcpMs: number }
}

/** One address may take this long before the next one of the same name is tried too. */
const NEXT_ADDRESS_MS = 2_500

/** Resolves the host's name and opens a TCP connection to it. A failure leaves no socket behind. Never rejects. */
export async function dial(target: Target, parts: DialParts, signal: AbortSignal): Promise<DialResult | Unreachable> {
  const resolved = await parts.resolver.resolve(target.host)
  if (resolved.kind === 'unreachable') return resolved
  if (signal.aborted) return unreachable('cancelled')
  return await openSocket(target, resolved, { tcpMs: parts.timings.tcpMs, signal })
}

type Bounds = { readonly tcpMs: number; readonly signal: AbortSignal }

function openSocket(target: Target, resolved: Resolved, { tcpMs, signal }: Bounds): Promise<DialResult | Unreachable> {
  const { promise, resolve } = Promise.withResolvers<DialResult | Unreachable>()
  const socket = connect({
    host: target.host,
    port: target.port,
    lookup: lookupIn(resolved),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.min(NEXT_ADDRESS_MS, tcpMs),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
  })
  const settle = (answer: DialResult | Unreachable) => {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
    socket.off('connect', connected).off('error', failed)
    if (answer.kind === 'unreachable') socket.on('error', ignore).destroy()
    resolve(answer)
  }
  const connected = () => settle({ kind: 'dialled', socket })
  const failed = (error: Error) => settle(unreachable(`${describeHost(target)}: ${describeSocketError(error)}`))
  const giveUp = () => settle(unreachable('cancelled'))
  const timer = setTimeout(() => {
    settle(unreachable(`${describeHost(target)}: no answer to the connection within ${tcpMs / 1000} s`))
  }, tcpMs)
  signal.addEventListener('abort', giveUp)
  socket.once('connect', connected).once('error', failed)
  return promise
}

/** What was resolved already, in the form that `net.connect` asks for. */
function lookupIn({ addresses }: Resolved): LookupFunction {
  return (_name, { all }, done) => {
    const [first] = addresses
    if (all === true) done(null, [...addresses])
    else done(null, first?.address ?? '', first?.family)
  }
}

function ignore(): void {
  // The socket is being destroyed: its last words change nothing.
}

const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: nothing listens on this port',
  EHOSTUNREACH: 'no route to this host',
  ENETUNREACH: 'no route to this network',
  ETIMEDOUT: 'the connection timed out',
  ECONNRESET: 'the host reset the connection',
  EPIPE: 'the host closed the connection',
  EMFILE: 'rcron has too many open files: raise LimitNOFILE',
}

/** What a socket's error means to a reader, with its code. */
export function describeSocketError(error: Error): string {
  // Several addresses were tried: the first one's trouble stands for all.
  const first = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error
  const code = codeOrNull(first)
  if (code === null) return first.message
  return code in MEANINGS ? `${MEANINGS[code]} (${code})` : code
}
