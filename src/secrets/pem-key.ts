import { createPrivateKey, type KeyObject } from 'node:crypto'
import { codeOf } from '../platform/error-code.ts'
import { type KeyPlace, keyFault } from './key-fault.ts'
import { encodeOpenSshEd25519 } from './openssh-ed25519.ts'

const CURVES: readonly (string | undefined)[] = ['prime256v1', 'secp384r1', 'secp521r1']

/** A private key as PEM, and whether it takes a passphrase to open it. */
export type PemKey = { readonly text: string; readonly encrypted: boolean }

/** Opens a PEM key (PKCS#1, SEC1, PKCS#8, encrypted or not) and writes it in the form that ssh2 reads. Throws a SecretFault. */
export function convertPemKey(pem: PemKey, passphrase: string | null, place: KeyPlace): string {
  const key = openPem(pem, passphrase, place)
  const type = key.asymmetricKeyType ?? 'unknown'
  if (type === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }).toString()
  if (type === 'ed25519') return encodeEd25519(key)
  if (type !== 'ec') throw keyFault('type', place, type)
  const curve = key.asymmetricKeyDetails?.namedCurve
  if (!CURVES.includes(curve)) throw keyFault('type', place, `EC on the curve ${curve ?? 'without a name'}`)
  return key.export({ type: 'sec1', format: 'pem' }).toString()
}

function encodeEd25519(key: KeyObject): string {
  const { x = '', d = '' } = key.export({ format: 'jwk' })
  return encodeOpenSshEd25519({ publicKey: Buffer.from(x, 'base64url'), seed: Buffer.from(d, 'base64url') })
}

function openPem({ text, encrypted }: PemKey, passphrase: string | null, place: KeyPlace): KeyObject {
  if (encrypted && passphrase === null) throw keyFault('passphrase-missing', place)
  try {
    return createPrivateKey(encrypted && passphrase !== null ? { key: text, passphrase } : text)
  } catch (error) {
    // The error's own text is left out: it may quote what it read. The code tells enough.
    const isCipher = codeOf(error) === 'ERR_OSSL_EVP_UNSUPPORTED'
    if (!encrypted) throw keyFault('damaged', place)
    throw keyFault(isCipher ? 'cipher' : 'passphrase-wrong', place)
  }
}
