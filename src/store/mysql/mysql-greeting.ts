import type { Socket } from 'node:net'

/** What a server says of itself before anything is sent to it. */
export type Greeting = { readonly offersTls: boolean; readonly isMariadb: boolean }

const HEADER_BYTES = 4
/** More than any greeting has before the part that is read. */
const MAX_BYTES = 1_024
const PROTOCOL = 10
const CLIENT_SSL = 0x0800

/** Calls `listener` with the greeting that comes on `socket`, before others see it; never where none comes. */
export function onGreeting(socket: Socket, listener: (greeting: Greeting) => void): void {
  let received = Buffer.alloc(0)
  const read = (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    const greeting = parseGreeting(received)
    if (greeting === 'incomplete' && received.length < MAX_BYTES) return
    socket.off('data', read)
    if (greeting !== 'incomplete' && greeting !== null) listener(greeting)
  }
  socket.prependListener('data', read)
}

/** Null for what is no greeting: an error that comes instead of it, another protocol. */
function parseGreeting(bytes: Buffer): Greeting | 'incomplete' | null {
  if (bytes.length <= HEADER_BYTES) return 'incomplete'
  if (bytes[HEADER_BYTES] !== PROTOCOL) return null
  const versionEnd = bytes.indexOf(0, HEADER_BYTES + 1)
  // Connection id, first part of the scramble, a filler byte.
  const flagsAt = versionEnd + 1 + 4 + 8 + 1
  if (versionEnd < 0 || bytes.length < flagsAt + 2) return 'incomplete'
  return {
    offersTls: (bytes.readUInt16LE(flagsAt) & CLIENT_SSL) !== 0,
    isMariadb: /mariadb/i.test(bytes.toString('latin1', HEADER_BYTES + 1, versionEnd)),
  }
}
