import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { OperatorError } from '../domain/errors.ts'
import { CIPHER, deriveKey, NONCE_BYTES, TAG_BYTES } from './sealing-keys.ts'

/** Secrets that stand in the store as `sealed:…`, of use only to who has the cache key. */
export type SecretSeal = {
  seal(secret: string): string
  /** Throws an OperatorError for a value that was not sealed with this key, or was changed. */
  unseal(sealed: string): string
}

const PREFIX = 'sealed:1:'
const PURPOSE = 'stored secret 1'

/** `hexKey`: the cache key, 64 hex digits. */
export function createSecretSeal(hexKey: string): SecretSeal {
  const key = deriveKey(hexKey, PURPOSE, Buffer.alloc(0))
  return {
    seal(secret) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(PREFIX))
      const sealed = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return PREFIX + sealed.toString('base64url')
    },
    unseal(sealed) {
      try {
        return open(key, sealed)
      } catch (error) {
        const hint = 'Set RCRON_CACHE_KEY to the key it was sealed with, or store the secret anew.'
        throw new OperatorError('the sealed secret cannot be opened: sealed with another key, or damaged', hint, {
          cause: error,
        })
      }
    },
  }
}

function open(key: Buffer, sealed: string): string {
  const encoded = sealed.slice(PREFIX.length)
  const bytes = Buffer.from(encoded, 'base64url')
  // Base64 is read leniently: without this, several texts would open to the same secret.
  if (!sealed.startsWith(PREFIX) || bytes.toString('base64url') !== encoded) throw new Error('malformed')
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error('too short')
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(PREFIX)).setAuthTag(bytes.subarray(-TAG_BYTES))
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8')
}
