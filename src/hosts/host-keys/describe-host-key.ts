import { shellWord } from '../../secrets/shell-word.ts'
import { listNames } from '../ssh/server-offer.ts'
import { fingerprintOf, keyTypeOf } from './key-blob.ts'
import type { KnownHost } from './known-host-line.ts'

/** Why a host had no key to show; `wouldLegacyDo`: it has some that are taken where the system's `legacy_algorithms` is 1. */
export type NoKeyInCommon = { readonly reason: string; readonly wouldLegacyDo: boolean }

/** A host, the key it has shown, and the known_hosts file it was looked up in. */
export type ShownKey = { readonly name: string; readonly key: Buffer; readonly file: string }

/** `ssh-ed25519 key SHA256:…`. */
function describeKey(key: Buffer): string {
  return `${keyTypeOf(key) ?? 'unreadable'} key ${fingerprintOf(key)}`
}

/** `line 3 (ssh-ed25519 SHA256:…), line 7 (…)`; the first few only. */
export function describeLines(lines: readonly KnownHost[]): string {
  const shown = lines.slice(0, 5).map(({ line, keyType, fingerprint }) => `line ${line} (${keyType} ${fingerprint})`)
  const rest = lines.length - shown.length
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ')
}

export function describeKnown({ name, key, file }: ShownKey, because: readonly KnownHost[]): string {
  return `${name} showed the ${describeKey(key)}, known from ${file}, ${describeLines(because)}`
}

export function describeLearned({ name, key, file }: ShownKey): string {
  return `${name} showed the ${describeKey(key)} on first contact; learnt into ${file}`
}

export function describeRevoked({ name, key, file }: ShownKey, because: readonly KnownHost[]): string {
  return (
    `REVOKED HOST KEY: ${name} showed the ${describeKey(key)}, which ${file} marks @revoked in ${describeLines(because)}; ` +
    'somebody may be posing as this host. Give the host a new key, or remove the @revoked line if it is a mistake'
  )
}

export function describeChanged({ name, key, file }: ShownKey, because: readonly KnownHost[]): string {
  return (
    `HOST KEY CHANGED: ${name} showed the ${describeKey(key)}, but ${file} holds ${describeLines(because)}; ` +
    'somebody may be posing as this host. If the host has a new key, compare the fingerprint on the host itself ' +
    `(ssh-keygen -lf /etc/ssh/ssh_host_…_key.pub) and forget the old one: ${forget(name, file)}`
  )
}

export function describeUnknown({ name, key, file }: ShownKey): string {
  return (
    `unknown host key: ${name} showed the ${describeKey(key)}, and ${file} holds no key for it. Compare the fingerprint ` +
    `on the host itself, then add the key: ${scan(name)} >> ${shellWord(file)}, or set RCRON_HOST_KEYS=accept-new`
  )
}

export function describeUnlearnt({ name, file }: ShownKey, why: string): string {
  return (
    `the key of ${name} was not learnt: writing ${file} failed (${why}); the file and its directory must be writable by ` +
    "rcron's user, with free space on the file system"
  )
}

/** A host with no key of a kind that is accepted. */
export function explainNoKind(name: string, offered: readonly string[]): NoKeyInCommon {
  const found = `${name} has no host key of an accepted type; it offers ${listNames(offered)}`
  const wouldLegacyDo = signsInOldWays(offered)
  const remedy = wouldLegacyDo
    ? 'for an old host set legacy_algorithms = 1 on the system'
    : 'give it an Ed25519 key (ssh-keygen -A, HostKeyAlgorithms in sshd_config)'
  return { reason: `${found}; ${remedy}`, wouldLegacyDo }
}

/** Whether a host has keys for signatures that OpenSSH has dropped. */
function signsInOldWays(offered: readonly string[]): boolean {
  return offered.some((algorithm) => algorithm === 'ssh-rsa' || algorithm === 'ssh-dss')
}

/** A host with none of the keys that are known of it, or whose known RSA key signs in the old way alone. */
export function explainNoneKnown(
  { name, file }: Omit<ShownKey, 'key'>,
  lines: readonly KnownHost[],
  offered: readonly string[],
): NoKeyInCommon {
  if (offered.includes('ssh-rsa') && lines.some(({ keyType }) => keyType === 'ssh-rsa'))
    return explainNoKind(name, offered)
  const reason =
    `${name} has none of the host keys that ${file} holds for it: ${describeLines(lines)}. ` +
    `If the host has a new key, forget the old one: ${forget(name, file)}`
  return { reason, wouldLegacyDo: false }
}

/** The command that takes a host's keys out of a file. */
function forget(name: string, file: string): string {
  return `ssh-keygen -R ${shellWord(name)} -f ${shellWord(file)}`
}

function scan(name: string): string {
  const [, host, port] = /^\[(.*)\]:(\d+)$/.exec(name) ?? []
  return host === undefined ? `ssh-keyscan ${shellWord(name)}` : `ssh-keyscan -p ${port} ${shellWord(host)}`
}
