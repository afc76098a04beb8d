/** How long each phase of reaching a host may take; milliseconds, but for counts. */
export type Timings = {
  readonly dnsMs: number
  readonly tcpMs: number
  /** From the first byte of the SSH handshake to the end of authentication. */
  readonly loginMs: number
  /**
   * From asking for a connection's first channel to the answer: a host sets the session up before. Where systemd-logind does not
   * answer, pam_systemd holds each login up for 25 s, the time that D-Bus gives a call, and then lets it in (systemd issue 2863).
   */
  readonly firstChannelOpenMs: number
  /** From asking for a channel on a connection that has had one to the answer: tells a dead connection from a live one. */
  readonly channelOpenMs: number
  /** From sending a command to the host's first answer to it. */
  readonly execAnswerMs: number
  /** Output is waited for this long after the command's exit. */
  readonly drainMs: number
  /** From SIGKILL to the news of the command's death. */
  readonly killMs: number
  readonly keepaliveMs: number
  /** Keepalives that may stay unanswered before a connection counts as dead. */
  readonly keepaliveCount: number
  /** A pooled connection without work is closed after this. */
  readonly idleMs: number
  /** A pooled connection takes nothing new from this age on: what was true at its login is not true for ever. */
  readonly maxAgeMs: number
  /** From asking for a run to handing its command over, all waiting and retrying included. */
  readonly startWindowMs: number
}

export const DEFAULT_TIMINGS: Timings = {
  dnsMs: 5_000,
  tcpMs: 10_000,
  loginMs: 20_000,
  firstChannelOpenMs: 30_000,
  channelOpenMs: 5_000,
  execAnswerMs: 30_000,
  drainMs: 10_000,
  killMs: 2_000,
  keepaliveMs: 15_000,
  keepaliveCount: 3,
  idleMs: 150_000,
  maxAgeMs: 15 * 60_000,
  startWindowMs: 60_000,
}
