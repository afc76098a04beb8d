import type { ServerHostKeyAlgorithm } from 'ssh2'
import type { KnownHost } from './known-host-line.ts'

/** What a host is asked to sign with for each type of key; types that cannot be verified here are left out. */
const SIGNATURES: ReadonlyMap<string, readonly ServerHostKeyAlgorithm[]> = new Map<
  string,
  readonly ServerHostKeyAlgorithm[]
>([
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256']],
])

/** What OpenSSH no longer offers, by type of key. */
const LEGACY_SIGNATURES: ReadonlyMap<string, readonly ServerHostKeyAlgorithm[]> = new Map<
  string,
  readonly ServerHostKeyAlgorithm[]
>([
  ['ssh-rsa', ['ssh-rsa']],
  ['ssh-dss', ['ssh-dss']],
])

/**
 * The algorithms to offer to a host of which `known` is known, best first: those of its known keys alone, since a host that
 * has several keys would else show one that is not known and look changed. All of them where nothing usable is known.
 */
export function serverHostKeyAlgorithms(known: readonly KnownHost[], legacy: boolean): ServerHostKeyAlgorithm[] {
  const tables = legacy ? [SIGNATURES, LEGACY_SIGNATURES] : [SIGNATURES]
  const types = new Set(known.filter(({ revoked }) => !revoked).map(({ keyType }) => keyType))
  const all = tables.flatMap((table) => [...table])
  const fitting = all.filter(([type]) => types.has(type))
  return (fitting.length > 0 ? fitting : all).flatMap(([, algorithms]) => algorithms)
}
