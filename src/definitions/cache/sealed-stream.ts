import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { yieldToOthers } from '../../platform/waiting/yielding.ts'
import { CIPHER, NONCE_BYTES, TAG_BYTES } from '../../secrets/sealing-keys.ts'
import { fileKey, formatHeader, HEADER_BYTES, HeaderError, parseHeader } from './sealed-header.ts'

const SLICE_BYTES = 1024 * 1024

/** Whose cache it is. */
export type SealedIdentity = {
  /** 64 hex digits. */
  readonly hexKey: string
  /** Names the database that the definitions were read from. */
  readonly database: string
}

/** Writes the header, the sealed frames and the tag. Frames are taken, sealed and written one at a time, with a breath in between. */
export async function writeSealed(
  file: FileHandle,
  identity: SealedIdentity,
  generation: bigint,
  frames: Iterable<Buffer>,
): Promise<void> {
  const salt = randomBytes(16)
  const nonce = randomBytes(NONCE_BYTES)
  const { key, keyMark, databaseMark } = fileKey(identity.hexKey, identity.database, salt)
  const header = formatHeader({ generation, salt, nonce, keyMark, databaseMark })
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(header)
  await file.appendFile(header)
  for (const frame of frames) await file.appendFile(cipher.update(frame))
  await file.appendFile(Buffer.concat([cipher.final(), cipher.getAuthTag()]))
}

/** A sealed file's contents. */
export type OpenedCache = { readonly generation: bigint; readonly plaintext: Buffer }

/** Opens a whole file in memory. Throws a HeaderError that says what is wrong; nothing of what was not proved is handed out. */
export async function openSealed(bytes: Buffer, { hexKey, database }: SealedIdentity): Promise<OpenedCache> {
  const header = parseHeader(bytes.subarray(0, HEADER_BYTES))
  const expected = fileKey(hexKey, database, header.salt)
  if (!header.keyMark.equals(expected.keyMark)) throw new HeaderError('it is sealed with another key')
  if (!header.databaseMark.equals(expected.databaseMark))
    throw new HeaderError("it holds another database's definitions")
  if (bytes.length < HEADER_BYTES + TAG_BYTES) throw new HeaderError('it is cut short before its tag')
  const decipher = createDecipheriv(CIPHER, expected.key, header.nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(bytes.subarray(0, HEADER_BYTES)).setAuthTag(bytes.subarray(-TAG_BYTES))
  const sealed = bytes.subarray(HEADER_BYTES, -TAG_BYTES)
  const plaintext = Buffer.allocUnsafeSlow(sealed.length)
  for (let at = 0; at < sealed.length; at += SLICE_BYTES) {
    decipher.update(sealed.subarray(at, at + SLICE_BYTES)).copy(plaintext, at)
    await yieldToOthers()
  }
  try {
    decipher.final()
  } catch (error) {
    throw new HeaderError('it is incomplete, or was tampered with', { cause: error })
  }
  return { generation: header.generation, plaintext }
}
