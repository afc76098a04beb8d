import { type HostMatch, parseHostField } from './host-name.ts'
import { fingerprintOf, keyTypeOf } from './key-blob.ts'

/** One usable line of known_hosts. */
export type KnownHost = {
  /** Counted from 1, as `ssh-keygen -F` counts. */
  readonly line: number
  /** `@revoked`: the key must never be accepted. */
  readonly revoked: boolean
  readonly isFor: HostMatch
  readonly keyType: string
  readonly key: Buffer
  readonly fingerprint: string
}

/** A line that is ignored, and why. */
export type IgnoredLine = { readonly line: number; readonly why: string }

/** Reads line number `line` of known_hosts; undefined for a comment or an empty line. */
export function parseKnownHost(text: string, line: number): KnownHost | IgnoredLine | undefined {
  const words = text.split(/[ \t\r]+/).filter((word) => word !== '')
  if (words.length === 0 || words[0]?.startsWith('#')) return undefined
  const marker = words[0]?.startsWith('@') ? words.shift() : undefined
  if (marker === '@cert-authority') return { line, why: 'certificate authorities are not supported' }
  if (marker !== undefined && marker !== '@revoked') return { line, why: 'unknown marker' }

  const [hosts = '', type = '', base64 = ''] = words
  const isFor = parseHostField(hosts)
  if (isFor === undefined) return { line, why: 'broken hashed host name' }
  if (type === '' || base64 === '') return { line, why: 'cut short' }
  const key = Buffer.from(base64, 'base64')
  const isCanonical = key.toString('base64') === base64
  if (!isCanonical || keyTypeOf(key) !== type) return { line, why: 'not a key of the type it names' }
  return { line, revoked: marker === '@revoked', isFor, keyType: type, key, fingerprint: fingerprintOf(key) }
}
