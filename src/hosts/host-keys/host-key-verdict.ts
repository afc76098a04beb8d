/** `accept-new` learns a key on first contact, `strict` takes only what known_hosts holds, `off` asks nothing. */
export type HostKeyPolicy = 'accept-new' | 'strict' | 'off'

/** What known_hosts says of a key that a host has shown. */
export type HostKeyVerdict = {
  /** The connection continues when this is true, and ends before any secret is sent when it is not. */
  readonly accepted: boolean
  /** `unchecked` is given under the policy `off` alone. */
  readonly kind: 'known' | 'learned' | 'unknown' | 'changed' | 'revoked' | 'unchecked'
  /** `SHA256:…` of the key that was shown. */
  readonly fingerprint: string
  /** One sentence: host, fingerprints, lines of known_hosts and, after a refusal, what to do. */
  readonly reason: string
}

/** Whether the verdict hints at an attack rather than at a missing entry. */
export function isAlarm({ kind }: HostKeyVerdict): boolean {
  return kind === 'changed' || kind === 'revoked'
}
