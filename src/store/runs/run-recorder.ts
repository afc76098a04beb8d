/** What is written back to a cron's row after each run of it. */
export type RunRecord = {
  readonly cronId: number
  /** Epoch milliseconds at which the run began, or was to begin. */
  readonly lastRun: number
  /** Milliseconds; null if the run never began. */
  readonly durationMs: number | null
  /** Null after a success, else one line that says how it ended; cut to the column by the adapter. */
  readonly errors: string | null
}

/** Writes `last_run`, `duration` and `errors` of a cron's row. */
export interface RunRecorder {
  /** Rejects with a StoreError when the store cannot be asked. Idempotent: the newest record of a row wins. */
  recordRun(record: RunRecord): Promise<void>
}
