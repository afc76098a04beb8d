import { createHmac, hkdfSync } from 'node:crypto'

export const KEY_BYTES = 32
export const NONCE_BYTES = 12
/** Always passed explicitly: Node accepts a tag of 4 bytes where nothing is said. */
export const TAG_BYTES = 16
export const CIPHER = 'aes-256-gcm'

/** A key for one purpose, of the operator's 64 hex digits: what is sealed for one cannot pass for the other. */
export function deriveKey(hexKey: string, purpose: string, salt: Uint8Array): Buffer {
  if (!/^[0-9a-f]{64}$/i.test(hexKey)) throw new Error('the cache key must be 64 hex digits')
  return Buffer.from(hkdfSync('sha256', Buffer.from(hexKey, 'hex'), salt, `rcron ${purpose}`, KEY_BYTES))
}

/** 16 bytes by which two texts are told apart by whoever has the key, and by nobody else. */
export function markOf(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest().subarray(0, 16)
}
