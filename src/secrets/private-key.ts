import ssh2, { type ParsedKey } from 'ssh2'
import { type KeyPlace, keyFault } from './key-fault.ts'
import { type KeyText, sniffKey } from './key-text.ts'
import { convertPemKey } from './pem-key.ts'
import type { SecretFault } from './secret-fault.ts'

/** A private key that was opened. */
export type PrivateKey = {
  readonly key: ParsedKey
  /** Whether the passphrase was needed to open it. */
  readonly encrypted: boolean
}

const PROBE = Buffer.from('rcron tries a key before it relies on it')

/** Reads a private key in any format that is in use. Throws a SecretFault that says what it is instead, and what to do. */
export function parsePrivateKey(text: string, passphrase: string | null, place: KeyPlace): PrivateKey {
  const sniffed = sniffKey(text)
  switch (sniffed.kind) {
    case 'openssh':
    case 'putty-2':
      return { key: readBySsh2(sniffed, passphrase, place), encrypted: sniffed.encrypted }
    case 'pem': {
      const converted = { ...sniffed, text: convertPemKey(sniffed, passphrase, place), encrypted: false }
      return { key: readBySsh2(converted, null, place), encrypted: sniffed.encrypted }
    }
    case 'putty-3':
      throw keyFault('putty', place)
    case 'cut-short':
      throw keyFault('damaged', place)
    case 'public':
    case 'certificate':
    case 'none':
      throw keyFault(sniffed.kind, place)
    default:
      return sniffed satisfies never
  }
}

type Readable = Extract<KeyText, { readonly text: string }>

function readBySsh2(sniffed: Readable, passphrase: string | null, place: KeyPlace): ParsedKey {
  if (sniffed.encrypted && passphrase === null) throw keyFault('passphrase-missing', place)
  const key = parseOrError(sniffed.text, passphrase)
  if (key instanceof Error) throw faultOf(key.message, sniffed, place)
  if (key.type === 'ssh-dss') throw keyFault('type', place, 'DSA')
  if (!signs(key)) throw keyFault(sniffed.encrypted ? 'passphrase-wrong' : 'damaged', place)
  return key
}

/** ssh2 answers most of what is wrong with an Error, and throws the rest. */
function parseOrError(text: string, passphrase: string | null): ParsedKey | Error {
  try {
    return ssh2.utils.parseKey(text, passphrase ?? undefined) ?? new Error('no key inside')
  } catch {
    return new Error('threw')
  }
}

/** ssh2's text is only recognised, never passed on: it may quote the key. */
function faultOf(message: string, { kind, encrypted }: Readable, place: KeyPlace): SecretFault {
  const [, type] = /^Unsupported OpenSSH private key type: ([\w@.-]{1,64})$/.exec(message) ?? []
  if (type !== undefined) return keyFault('type', place, type)
  if (kind === 'putty-2' && message === 'Unsupported key format') return keyFault('putty', place)
  const [, cipher] = /^Unsupported cipher for OpenSSH key: ([\w@.-]{1,64})$/.exec(message) ?? []
  if (cipher !== undefined) return keyFault('cipher', place, cipher)
  if (/initialization vector/.test(message)) return keyFault('cipher', place, 'chacha20-poly1305')
  if (encrypted && /passphrase|unable to authenticate|integrity/.test(message))
    return keyFault('passphrase-wrong', place)
  return keyFault('damaged', place)
}

function signs(key: ParsedKey): boolean {
  try {
    const algorithm = key.type === 'ssh-rsa' ? 'sha256' : undefined
    const signature: Buffer | Error = key.sign(PROBE, algorithm)
    return Buffer.isBuffer(signature) && key.verify(PROBE, signature, algorithm) === true
  } catch {
    return false
  }
}
