/** Text for a host that cannot be sent. The message says what was found and what to do. */
export class UnsendableError extends Error {
  override readonly name = 'UnsendableError'
}

/** Linux takes no single argument of 128 KiB or more, and a login shell gets all that is sent as one. */
const MAX_SENT_BYTES = 128 * 1024 - 1

/** What no login shell reads anything into between single quotes: all of ASCII that prints, but ' and \, and csh's !. */
const PLAIN = /^[ "-&(-[\]-~]$/

/** Most hosts take 128 KiB; dropbear closes the connection at 9,000 bytes. So what is common is kept short. */
const ENCODED_BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte)
  if (character === '\n') return '\\n'
  return PLAIN.test(character) ? character : `\\0${byte.toString(8).padStart(3, '0')}`
})

/**
 * Text that stands for itself between single quotes in every login shell (POSIX, csh and fish alike) and that
 * `printf %b` turns back into exactly the bytes given. Throws an UnsendableError for a NUL, which no argument can hold.
 */
export function encodeText(text: string | Uint8Array): string {
  let encoded = ''
  for (const byte of typeof text === 'string' ? Buffer.from(text) : text) {
    if (byte === 0) throw new UnsendableError('the command holds a NUL byte, which no host can be sent; remove it')
    encoded += ENCODED_BYTES[byte]
  }
  return encoded
}

/** `text` as one word of a POSIX shell. */
export function quoteWord(text: Uint8Array): Uint8Array {
  const parts: number[] = [0x27]
  for (const byte of text) {
    if (byte === 0x27) parts.push(0x27, 0x5c, 0x27, 0x27)
    else parts.push(byte)
  }
  parts.push(0x27)
  return Uint8Array.from(parts)
}

/** Throws an UnsendableError where `sent` is longer than a host takes. */
export function assertSendable(sent: string): string {
  if (sent.length <= MAX_SENT_BYTES) return sent
  throw new UnsendableError(
    `the command takes ${sent.length} bytes on its way, expected at most ${MAX_SENT_BYTES}; put it into a script on the host`,
  )
}
