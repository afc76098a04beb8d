import { spawn } from 'node:child_process'
import { isIP, Socket } from 'node:net'
import type { LookupResult } from './lookup-result.ts'
import type { Address } from './name-resolver.ts'

/** The C library goes through all its servers and search domains in this time where some are silent; then its child is ended. */
const LONGEST_MS = 15_000
const MOST_BYTES = 64 * 1024

/** What `getent` ends with where the name is not known, or no server could tell. */
const NOT_FOUND = 2

/**
 * Asks the C library for a name by a child that can be ended, since its own calls block a thread for as long as a name server is
 * silent. Null if the machine has no getent. Never rejects.
 */
export function askGetent(name: string): Promise<LookupResult | null> {
  // It would be taken for an option; no such host can be.
  if (name.startsWith('-')) return Promise.resolve({ kind: 'absent' })
  const { promise, resolve } = Promise.withResolvers<LookupResult | null>()
  const child = spawn('getent', ['ahosts', name], {
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  })
  let printed = ''
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    if (printed.length < MOST_BYTES) printed += text
  })
  child.on('error', ({ code }: NodeJS.ErrnoException) => {
    resolve(code === 'ENOENT' ? null : { kind: 'silent', why: `getent could not be started (${code})` })
  })
  child.on('close', (status) => resolve(answerOf(status, printed)))
  // Who does not wait for the answer any more may end without it.
  child.unref()
  if (child.stdout instanceof Socket) child.stdout.unref()
  return promise
}

function answerOf(status: number | null, printed: string): LookupResult {
  if (status === NOT_FOUND) return { kind: 'absent' }
  if (status !== 0)
    return { kind: 'silent', why: status === null ? 'getent took too long' : `getent failed (${status})` }
  const addresses = parseAddresses(printed)
  return addresses.length === 0 ? { kind: 'absent' } : { kind: 'found', addresses, ttlMs: 0 }
}

/** Each address once, in the order in which they are to be tried; the C library prints one line a kind of socket. */
function parseAddresses(printed: string): readonly Address[] {
  const addresses = new Map<string, Address>()
  for (const line of printed.split('\n')) {
    const [address = ''] = line.split(/\s/, 1)
    const family = isIP(address)
    if (family === 4 || family === 6) addresses.set(address, { address, family })
  }
  return [...addresses.values()]
}
