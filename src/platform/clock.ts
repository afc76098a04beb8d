/** Time as a port, so that tests move it by hand. */
export interface Clock {
  /** Epoch milliseconds by the machine's clock, which may be set, and step either way. */
  now(): number
  /** Milliseconds from an arbitrary origin; only ever rises. For durations and deadlines. */
  monotonic(): number
  /** Resolves after `ms` milliseconds or as soon as `signal` aborts, whichever is first; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
