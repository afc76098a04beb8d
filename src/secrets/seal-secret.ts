import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { OperatorError } from '../domain/errors.ts'
import { CIPHER, deriveKey, NONCE_BYTES, TAG_BYTES } from './sealing-keys.ts'

/** Secrets that stand in the store as `sealed:…`, of use only to who has the cache key, and only in the row that they were sealed for. */
export type SecretSeal = {
  seal(secret: string, bound: SealBound): string
  /** Throws an OperatorError for a value that was not sealed with this key, for another row, or was changed. */
  unseal(sealed: string, bound: SealBound): UnsealedSecret
}

/** The row, its user and hosts, and the column: with any other of them the value does not open. */
export type SealBound = {
  readonly id: number
  readonly user: string
  readonly hosts: string | null
  readonly field: 'password' | 'passphrase'
}

/** `isBound`: false for what was sealed before seals were bound to a row. It opens, and should be sealed again. */
export type UnsealedSecret = { readonly text: string; readonly isBound: boolean }

const PREFIX = 'sealed:2:'
const UNBOUND_PREFIX = 'sealed:1:'
const PURPOSES = { [PREFIX]: 'stored secret 2', [UNBOUND_PREFIX]: 'stored secret 1' }

/** `hexKey`: the cache key, 64 hex digits. */
export function createSecretSeal(hexKey: string): SecretSeal {
  const keyOf = (prefix: keyof typeof PURPOSES) => deriveKey(hexKey, PURPOSES[prefix], Buffer.alloc(0))
  const key = keyOf(PREFIX)
  return {
    seal(secret, bound) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(contextOf(bound))
      const sealed = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return PREFIX + sealed.toString('base64url')
    },
    unseal(sealed, bound) {
      try {
        const isBound = !sealed.startsWith(UNBOUND_PREFIX)
        const text = isBound
          ? open(sealed, { prefix: PREFIX, key, context: contextOf(bound) })
          : open(sealed, { prefix: UNBOUND_PREFIX, key: keyOf(UNBOUND_PREFIX), context: Buffer.from(UNBOUND_PREFIX) })
        return { text, isBound }
      } catch (error) {
        const hint = 'Set RCRON_CACHE_KEY to the key it was sealed with, or store the secret again.'
        const message =
          'the sealed secret cannot be opened: it was sealed for another auth, user or hosts, or with another key, or is damaged'
        throw new OperatorError(message, hint, { cause: error })
      }
    },
  }
}

function contextOf({ id, user, hosts, field }: SealBound): Buffer {
  return Buffer.from(PREFIX + JSON.stringify([id, user, hosts, field]))
}

type Opening = { readonly prefix: string; readonly key: Buffer; readonly context: Buffer }

function open(sealed: string, { prefix, key, context }: Opening): string {
  const encoded = sealed.slice(prefix.length)
  const bytes = Buffer.from(encoded, 'base64url')
  // Base64 is read leniently: without this, several texts would open to the same secret.
  if (!sealed.startsWith(prefix) || bytes.toString('base64url') !== encoded) throw new Error('malformed')
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error('too short')
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(context).setAuthTag(bytes.subarray(-TAG_BYTES))
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8')
}
