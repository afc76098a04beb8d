import type { ParsedKey } from 'ssh2'

/** How a key may sign. */
export type LoginKeyOptions = {
  /** Signatures with SHA-1 are made where the host knows no other. */
  readonly isLegacyAllowed: boolean
}

/**
 * A key for one login: it signs once, since a host could ask for signatures without end, and an RSA key signs with SHA-2, whatever the
 * host says of itself. (ssh2 takes SHA-1 for a host that does not say what it knows.)
 */
export function keyForLogin(key: ParsedKey, { isLegacyAllowed }: LoginKeyOptions): ParsedKey {
  const isSha2 = key.type === 'ssh-rsa' && !isLegacyAllowed
  let hasSigned = false
  const sign: ParsedKey['sign'] = (data, algorithm) => {
    if (hasSigned) throw new Error('the host asks for a second signature')
    hasSigned = true
    return key.sign(data, isSha2 ? 'sha256' : algorithm)
  }
  // The type is what ssh2 takes for the name of the signature's algorithm where it has no choice to make.
  return Object.create(key, { sign: { value: sign }, ...(isSha2 ? { type: { value: 'rsa-sha2-256' } } : {}) })
}
