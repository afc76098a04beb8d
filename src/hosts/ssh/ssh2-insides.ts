import { createSecretKey } from 'node:crypto'
import type { Client } from 'ssh2'

/** Where ssh2 keeps the keys of AES-GCM, from which it makes a cipher for each packet. Private to it, so nothing is taken for granted. */
type CipherState = {
  readonly _protocol?: {
    readonly _cipher?: { _encKey?: unknown }
    readonly _decipher?: { _decipherKey?: unknown }
  }
}

/**
 * Hands the keys of a connection's ciphers to Node as KeyObjects, after each key exchange. For a Buffer, Node from 24.19 on throws
 * and catches two exceptions a cipher (nodejs/node#63111), which cost three times as much as the cipher.
 */
export function prepareCipherKeys(client: Client): void {
  const { _cipher, _decipher } = (client as CipherState)._protocol ?? {}
  if (_cipher?._encKey instanceof Uint8Array) _cipher._encKey = createSecretKey(_cipher._encKey)
  if (_decipher?._decipherKey instanceof Uint8Array) _decipher._decipherKey = createSecretKey(_decipher._decipherKey)
}
