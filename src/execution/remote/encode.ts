/** Text for a host that cannot be sent. The message says what was found and what to do. */
export class UnsendableError extends Error {
  override readonly name = 'UnsendableError'
}

/** Linux takes no single argument of 128 KiB or more, and a login shell gets all that is sent as one. */
const MAX_SENT_BYTES = 128 * 1024 - 1

/** What no login shell reads anything into between single quotes: all of ASCII that prints, but ' and \, and csh's !. */
const PLAIN = /^[ "-&(-[\]-~]*$/

/** Most hosts take 128 KiB; dropbear closes the connection at 9,000 bytes. So what is common is kept short. */
const ENCODED_BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte)
  if (character === '\n') return '\\n'
  return PLAIN.test(character) ? character : `\\0${byte.toString(8).padStart(3, '0')}`
})

/** Whether `text` is sent as it is: between single quotes it stands for itself in every login shell (POSIX, csh and fish alike). */
export function isPlain(text: string): boolean {
  return PLAIN.test(text)
}

/**
 * Text that stands for itself between single quotes in every login shell and that `printf %b` turns back into exactly the bytes
 * given. Throws an UnsendableError for a NUL, which no argument can hold.
 */
export function encodeText(text: string | Uint8Array): string {
  let encoded = ''
  for (const byte of typeof text === 'string' ? Buffer.from(text) : text) {
    if (byte === 0)
      throw new UnsendableError('the command contains a NUL byte, which cannot be sent to a host; remove it')
    encoded += ENCODED_BYTES[byte]
  }
  return encoded
}

/**
 * What a login shell would read something into, and what is sent in its place: a character that no script of ours holds. read.sh has
 * the same.
 */
const STAND_INS = { '\n': '\t', "'": 'Q', '\\': 'B', '!': 'J' } as const

/** The same for what stands so often that it makes a script too long for dropbear. */
const WORD_STAND_INS = { '2>/dev/null': 'W', return: 'Y' } as const

/**
 * A script in the form in which it is sent: shorter than encodeText makes it, and turned back by read.sh, without a process of its
 * own. Throws a TypeError for a script that holds what stands in for something else.
 */
export function encodeScript(script: string, { isLong = false } = {}): string {
  const all = { ...STAND_INS, ...WORD_STAND_INS }
  const held = Object.values(all).find((standIn) => script.includes(standIn))
  if (held !== undefined)
    throw new TypeError(`a script holds ${JSON.stringify(held)}, which stands in for another character`)
  return Object.entries(isLong ? all : STAND_INS).reduce((text, [it, standIn]) => text.replaceAll(it, standIn), script)
}

/**
 * What the stand-ins stand for, as one value that each login shell gives to read.sh: fish makes one backslash of two, and csh reads
 * nothing into a ! before a space.
 */
export const SCRIPT_KEYS = `"' "'\\\\ ! '`

/** Throws an UnsendableError if `sent` is longer than a host takes. */
export function assertSendable(sent: string): string {
  if (sent.length <= MAX_SENT_BYTES) return sent
  throw new UnsendableError(
    `the encoded command has ${sent.length} bytes, expected at most ${MAX_SENT_BYTES}; put it into a script on the host`,
  )
}
