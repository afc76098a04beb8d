import { bitsOf, fieldsOf } from './key-blob.ts'

/** What OpenSSH asks for by default (RequiredRSASize is 1024 there, and 2048 in every distribution's policy), and its bounds. */
const SHORTEST_RSA_BITS = 2_048
const SHORTEST_LEGACY_RSA_BITS = 1_024
const LONGEST_RSA_BITS = 16_384
const LONGEST_RSA_EXPONENT_BITS = 64
const LONGEST_DSA_BITS = 3_072

/**
 * What is wrong with the size of a public key (wire format), as `an RSA key of 1024 bits, …`; null if nothing is. Short keys can be
 * forged, and absurdly long ones make a signature take seconds to check.
 */
export function sizeFault(blob: Buffer, isLegacyAllowed: boolean): string | null {
  const [type = '', ...numbers] = fieldsOf(blob) ?? []
  switch (type.toString()) {
    case 'ssh-rsa':
      return rsaFault(numbers, isLegacyAllowed)
    case 'ssh-dss':
      return numbers.some((number) => bitsOf(number) > LONGEST_DSA_BITS) ? 'a DSA key that is too long' : null
    default:
      return null
  }
}

/** Whether a key of a faulty size is taken where legacy algorithms are allowed. */
export function wouldLegacyTake(blob: Buffer): boolean {
  return sizeFault(blob, true) === null
}

function rsaFault([exponent, modulus]: readonly Buffer[], isLegacyAllowed: boolean): string | null {
  const bits = bitsOf(modulus ?? Buffer.alloc(0))
  if (bits > LONGEST_RSA_BITS) return `an RSA key of ${bits} bits, expected at most ${LONGEST_RSA_BITS}`
  const exponentBits = bitsOf(exponent ?? Buffer.alloc(0))
  if (exponentBits > LONGEST_RSA_EXPONENT_BITS) return `an RSA key with an exponent of ${exponentBits} bits`
  if (bits < SHORTEST_LEGACY_RSA_BITS) return `an RSA key of only ${bits} bits, which is easily broken`
  if (bits >= SHORTEST_RSA_BITS || isLegacyAllowed) return null
  return `an RSA key of ${bits} bits, expected ${SHORTEST_RSA_BITS} or more; to accept it anyway set legacy_algorithms = 1 on the system`
}
