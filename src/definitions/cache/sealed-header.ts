import { deriveKey, markOf, NONCE_BYTES } from '../../secrets/sealing-keys.ts'

/** What stands in the clear before the sealed part, authenticated with it. */
export type SealedHeader = {
  readonly generation: bigint
  readonly salt: Buffer
  readonly nonce: Buffer
  /** Which key sealed it. */
  readonly keyMark: Buffer
  /** Which database it was read from. */
  readonly databaseMark: Buffer
}

/** Says which part of a file's head is not as it should be. */
export class HeaderError extends Error {
  override readonly name = 'HeaderError'
}

const MAGIC = Buffer.from('RCRONCACHE\n\0')
export const VERSION = 1
const SALT_BYTES = 16
const MARK_BYTES = 16
const AFTER_VERSION = MAGIC.length + 4
export const HEADER_BYTES = AFTER_VERSION + 8 + SALT_BYTES + NONCE_BYTES + 2 * MARK_BYTES

/** The key of one file, and the marks that belong into its header. */
export function fileKey(hexKey: string, database: string, salt: Buffer) {
  const key = deriveKey(hexKey, 'definitions cache 1', salt)
  return { key, keyMark: markOf(key, 'key'), databaseMark: markOf(key, `database ${database}`) }
}

export function formatHeader({ generation, salt, nonce, keyMark, databaseMark }: SealedHeader): Buffer {
  const numbers = Buffer.alloc(12)
  numbers.writeUInt32BE(VERSION, 0)
  numbers.writeBigUInt64BE(generation, 4)
  return Buffer.concat([MAGIC, numbers, salt, nonce, keyMark, databaseMark])
}

/** Throws a HeaderError if `head` is not of this version. */
export function parseHeader(head: Buffer): SealedHeader {
  if (!head.subarray(0, MAGIC.length).equals(MAGIC.subarray(0, head.length)) || head.length === 0) {
    throw new HeaderError('it is not a cache of rcron')
  }
  if (head.length < HEADER_BYTES) throw new HeaderError('it is cut short within its header')
  const version = head.readUInt32BE(MAGIC.length)
  if (version !== VERSION) {
    throw new HeaderError(`it has format version ${version}, this rcron reads version ${VERSION}`)
  }
  let at = AFTER_VERSION + 8
  const take = (bytes: number) => {
    at += bytes
    return Buffer.from(head.subarray(at - bytes, at))
  }
  return {
    generation: head.readBigUInt64BE(AFTER_VERSION),
    salt: take(SALT_BYTES),
    nonce: take(NONCE_BYTES),
    keyMark: take(MARK_BYTES),
    databaseMark: take(MARK_BYTES),
  }
}
