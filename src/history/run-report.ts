import type { Cron } from '../domain/cron.ts'
import type { Minute } from '../domain/minute.ts'
import type { Outcome } from '../domain/outcome.ts'
import { NO_OUTPUT, type Run, type RunResult } from '../domain/run.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log, LogFields } from '../platform/log/log.ts'
import type { RecordQueue } from './record-queue.ts'
import { errorsOf, fieldsOfCron, logEnd, logNotRun } from './run-events.ts'

export type RunReportParts = { readonly records: RecordQueue; readonly clock: Clock; readonly log: Log }

/** Tells the log and the store how runs ended. */
export class RunReport {
  readonly #parts: RunReportParts

  constructor(parts: RunReportParts) {
    this.#parts = parts
  }

  ended(run: Run, fields: LogFields, result: RunResult): RunResult {
    return this.collected(run.cron.id, fields, result)
  }

  /** The end of a run of which only the row's id is known. */
  collected(cronId: number, fields: LogFields, result: RunResult): RunResult {
    const { records, clock, log } = this.#parts
    logEnd(log, fields, result)
    const { startedAt, durationMs } = result
    records.add({ cronId, lastRun: startedAt ?? clock.now(), durationMs, errors: errorsOf(result) })
    return result
  }

  /** Another process has ended the run, and tells so. */
  toldElsewhere(fields: LogFields, result: RunResult): RunResult {
    this.#parts.log.info(fields, 'run was ended by another rcron process, which tells how')
    return result
  }

  /** Nothing was handed over, by rcron's own choice; the row keeps what its last run left. */
  notRun(fields: LogFields, result: RunResult): RunResult {
    logNotRun(this.#parts.log, fields, result.outcome)
    return result
  }

  /** A run that could not begin because the one before could not be ended: the row says so. */
  blocked(cron: Cron, minute: Minute, outcome: Outcome): void {
    const { records, clock, log } = this.#parts
    logNotRun(log, fieldsOfCron(cron, minute), outcome)
    const errors = errorsOf({ outcome, output: NO_OUTPUT })
    records.add({ cronId: cron.id, lastRun: clock.now(), durationMs: null, errors })
  }
}
