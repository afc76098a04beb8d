/** Reports the daemon's state to the service manager. Never throws and never delays the caller; does nothing where there is no manager. */
export interface ServiceNotifier {
  /** Start-up is complete. */
  ready(): void
  /** A reload has begun; `ready` ends it. */
  reloading(): void
  /** The daemon is stopping. */
  stopping(): void
  /** One line for `systemctl status`. */
  status(text: string): void
  /** The loop is alive. To be called at `watchdogIntervalMs`. */
  watchdog(): void
  /** Milliseconds between two signs of life, half of what the manager allows; null if it does not watch. */
  readonly watchdogIntervalMs: number | null
}
