/** Data of one event. Stable names: cron, job, run, host, user, minute, outcome, exitCode, durationMs, waitMs. */
export type LogFields = Readonly<Record<string, unknown>>

/**
 * One line per event: a fixed message, the variable parts in the fields. Text from a host, a row or a file may be
 * passed as it came: the adapter escapes what could break a line or move a terminal. Never throws, never blocks.
 */
export interface Log {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
  /** Alarms: a changed host key, a full disk under the mark. */
  alarm(fields: LogFields, message: string): void
  /**
   * Resolves when every line so far has reached its file, pipe, socket or terminal, where the end of this process cannot take it back;
   * within a bound where nobody reads. Never rejects.
   */
  written(): Promise<void>
}
