/** Somebody did something to rcron: changed a definition, or told a daemon to do something. */
export type AuditRow = {
  /** 32 hex digits. */
  readonly id: string
  /** Epoch milliseconds. */
  readonly at: number
  /** Who, as `describeActor` says. */
  readonly actor: string
  /** One word: `add`, `edit`, `remove`, `enable`, `disable`, `run`, `kill`, `reload`. */
  readonly action: string
  /** What it was done to: `cron 5 "dump"`, `job dump`. */
  readonly subject: string
  /** What was before and after, as JSON, without secrets; null where nothing was, or is. */
  readonly was: string | null
  readonly became: string | null
}

/** `anna`; `root for anna` where root, or the account of the daemon, acted for somebody. */
export function describeActor(name: string, sudoUser: string | null): string {
  return sudoUser === null || sudoUser === name ? name : `${name} for ${sudoUser}`
}
