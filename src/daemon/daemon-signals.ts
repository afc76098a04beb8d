/** What the daemon is asked from outside while it runs; disposed of, it listens no more. */
export interface DaemonSignals extends Disposable {
  /** Aborts when the daemon is to end: no more minutes, active runs may finish. */
  readonly stop: AbortSignal
  /** Aborts when it is to end at once, leaving runs alive under their locks. Never before `stop`. */
  readonly abandon: AbortSignal
  /** Calls `reload` at each request to read configuration and definitions again. */
  onReload(reload: () => void): void
}
