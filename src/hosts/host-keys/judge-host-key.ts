import type { KnownHost } from './known-host-line.ts'

/** What the lines that mean a host say of a key, with the lines that say it. */
export type Judgement = {
  readonly kind: 'known' | 'unknown' | 'changed' | 'revoked'
  readonly because: readonly KnownHost[]
}

/** A revoked key is refused whatever else is said of it; a host of which another key is known has changed. */
export function judgeHostKey(lines: readonly KnownHost[], key: Buffer): Judgement {
  const same = lines.filter((line) => line.key.equals(key))
  const revoking = same.filter((line) => line.revoked)
  if (revoking.length > 0) return { kind: 'revoked', because: revoking }
  if (same.length > 0) return { kind: 'known', because: same }
  const others = lines.filter((line) => !line.revoked)
  return { kind: others.length > 0 ? 'changed' : 'unknown', because: others }
}
