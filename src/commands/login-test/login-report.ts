/** What became of one login. */
export type LoginResult =
  /** Logged in, and the command ran. */
  | 'works'
  /** Not so: `reason` says why. */
  | 'fails'
  /** Left out so as not to make the host shut rcron's address out. */
  | 'not-tried'
  /** No cron uses the system. */
  | 'unused'

/** One line of the table; what was not learnt is null. Printed as it stands by `--json`. */
export type LoginReport = {
  readonly system: number
  readonly host: string
  /** The port that was used: `port`, or `local_port` on rcron's own network. */
  readonly port: number
  readonly isLocalPort: boolean
  readonly auth: number | null
  readonly user: string | null
  /** Where the name led: the addresses in the order in which they are tried. */
  readonly addresses: readonly string[]
  readonly hostKey: HostKeyReport | null
  /** `password`, or the type of the key: `ssh-ed25519`. */
  readonly method: string | null
  readonly result: LoginResult
  /** From the start of the login to the end of the command; milliseconds. */
  readonly tookMs: number | null
  /** What else was looked at on the host, each with what it found. */
  readonly checks: readonly HostCheck[]
  readonly reason: string | null
  readonly remedy: string | null
}

/** The host key that a host has shown. */
export type HostKeyReport = {
  readonly type: string | null
  readonly fingerprint: string
  /** `known`, `learned`, `unknown`, `changed`, `revoked` or `unchecked`. */
  readonly verdict: string
}

/** One thing that a host has or lacks: a column of the table. */
export type HostCheck = {
  readonly name: string
  readonly verdict: 'good' | 'degraded'
  /** A few words for the column. */
  readonly found: string
  /** What does not work as it should, and what to do; null if all is well. */
  readonly consequence: string | null
}

export function good(name: string, found: string): HostCheck {
  return { name, verdict: 'good', found, consequence: null }
}

export function degraded(name: string, found: string, consequence: string): HostCheck {
  return { name, verdict: 'degraded', found, consequence }
}
