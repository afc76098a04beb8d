const LONGEST_GREETING = 8 * 1024
const MOST_BYTES = 64 * 1024
const KEXINIT = 20
const COOKIE_BYTES = 16

/** What the first bytes of an SSH server say: the algorithms of its host keys; that more is needed; or nothing that can be read. */
export type Offer = readonly string[] | 'more' | 'unreadable'

/** Reads the greeting and the first packet, which is not encrypted yet (RFC 4253, 4.2, 6 and 7.1). */
export function parseOffer(bytes: Buffer): Offer {
  const greeting = /^(?:(?!SSH-)[^\n]*\n)*SSH-[^\n]*\n/.exec(bytes.toString('latin1', 0, LONGEST_GREETING))
  if (greeting === null) return bytes.length < LONGEST_GREETING ? 'more' : 'unreadable'
  const packet = bytes.subarray(greeting[0].length)
  if (packet.length < 4) return 'more'
  const length = packet.readUInt32BE(0)
  if (length > MOST_BYTES) return 'unreadable'
  if (packet.length < 4 + length) return 'more'
  const payload = packet.subarray(5, 4 + length)
  return payload[0] === KEXINIT ? secondList(payload.subarray(1 + COOKIE_BYTES)) : 'unreadable'
}

/** The first list names key exchanges, the second one host keys. */
function secondList(lists: Buffer): Offer {
  if (lists.length < 4) return 'unreadable'
  const at = 4 + lists.readUInt32BE(0)
  if (lists.length < at + 4) return 'unreadable'
  const end = at + 4 + lists.readUInt32BE(at)
  return lists.length < end ? 'unreadable' : lists.toString('latin1', at + 4, end).split(',')
}
