const LONGEST_GREETING = 8 * 1024
const MOST_BYTES = 64 * 1024
const KEXINIT = 20
const COOKIE_BYTES = 16
const LENGTH_BYTES = 4

/** The algorithms that an SSH server has, of each kind, in its own words. */
export type ServerOffer = {
  readonly kex: readonly string[]
  readonly hostKeys: readonly string[]
  readonly ciphers: readonly string[]
  readonly macs: readonly string[]
}

/** What the first bytes of a server say: its offer; that more is needed; or nothing that can be read. */
export type ParsedOffer = ServerOffer | 'more' | 'unreadable'

/** Reads the greeting and the first packet, which is not encrypted yet (RFC 4253, 4.2, 6 and 7.1). */
export function parseServerOffer(bytes: Buffer): ParsedOffer {
  const greeting = /^(?:(?!SSH-)[^\n]*\n)*SSH-[^\n]*\n/.exec(bytes.toString('latin1', 0, LONGEST_GREETING))
  if (greeting === null) return bytes.length < LONGEST_GREETING ? 'more' : 'unreadable'
  const packet = bytes.subarray(greeting[0].length)
  if (packet.length < LENGTH_BYTES) return 'more'
  const length = packet.readUInt32BE(0)
  if (length > MOST_BYTES) return 'unreadable'
  if (packet.length < LENGTH_BYTES + length) return 'more'
  const payload = packet.subarray(LENGTH_BYTES + 1, LENGTH_BYTES + length)
  return payload[0] === KEXINIT ? offerIn(payload.subarray(1 + COOKIE_BYTES)) : 'unreadable'
}

/** The first six lists: key exchanges, host keys, ciphers and MACs towards the server, and the two kinds back. */
function offerIn(lists: Buffer): ParsedOffer {
  const read: (readonly string[])[] = []
  let at = 0
  while (read.length < 6) {
    if (lists.length < at + LENGTH_BYTES) return 'unreadable'
    const end = at + LENGTH_BYTES + lists.readUInt32BE(at)
    if (lists.length < end) return 'unreadable'
    read.push(lists.toString('latin1', at + LENGTH_BYTES, end).split(','))
    at = end
  }
  const [kex = [], hostKeys = [], ciphers = [], , macs = []] = read
  return { kex, hostKeys, ciphers, macs }
}

const MOST_NAMES = 6

/** A server's own words, as far as they can be names of algorithms (RFC 4251, 6); the pseudo-names that stand among them are left out. */
export function listNames(names: readonly string[]): string {
  const readable = names.filter((name) => /^[\x21-\x7e]{1,64}$/.test(name) && !/^(ext-info|kex-strict)-/.test(name))
  const rest = readable.length - MOST_NAMES
  const shown = readable.slice(0, MOST_NAMES).join(', ')
  if (shown === '') return 'none'
  return rest > 0 ? `${shown} and ${rest} more` : shown
}
