import { serverHostKeyAlgorithms } from '../../hosts/host-keys/server-host-key-algorithms.ts'
import { degraded, good, type HostCheck } from './login-report.ts'

const TYPES: readonly (readonly [RegExp, string])[] = [
  [/^ssh-ed25519$/, 'ed25519'],
  [/^ecdsa-sha2-/, 'ecdsa'],
  [/^rsa-sha2-/, 'rsa'],
  [/^ssh-rsa$/, 'rsa (SHA-1)'],
  [/^ssh-dss$/, 'dss'],
]

/** Which kinds of host keys a server has, by the algorithms that it offers; certificates and kinds unknown here are left out. */
export function describeOffer(algorithms: readonly string[], isLegacyAllowed: boolean): HostCheck {
  const modern: readonly string[] = serverHostKeyAlgorithms([], false)
  const signsAnew = algorithms.some((name) => name.startsWith('rsa-sha2-'))
  const types = TYPES.filter(([, type]) => type !== 'rsa (SHA-1)' || !signsAnew)
    .filter(([pattern]) => algorithms.some((name) => pattern.test(name)))
    .map(([, type]) => type)
  const found = types.join(' ') || 'none known'
  if (algorithms.some((name) => modern.includes(name))) return good('key types', found)
  const consequence = isLegacyAllowed
    ? 'its host keys only support old signatures, which can be forged with effort: give it an Ed25519 key (ssh-keygen -A)'
    : 'its host keys only support old signatures, which legacy_algorithms = 1 accepts; better, give it an Ed25519 key (ssh-keygen -A)'
  return degraded('key types', found, consequence)
}
