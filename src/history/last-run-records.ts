import { describeOutcome } from '../domain/outcome.ts'
import { NO_OUTPUT, type RunResult } from '../domain/run.ts'
import type { RunEvent } from '../domain/run-event.ts'
import type { RunRecord } from '../store/runs/run-recorder.ts'
import type { Subscriber } from './journal.ts'
import type { RecordQueue } from './record-queue.ts'

/** More than the column holds. */
const ERRORS_CHARACTERS = 4096

/** Keeps the columns of the last run, in each cron's row, up to date. */
export class LastRunRecords implements Subscriber {
  readonly name = 'records of last runs'
  readonly #queue: Pick<RecordQueue, 'add'>

  constructor(queue: Pick<RecordQueue, 'add'>) {
    this.#queue = queue
  }

  note(event: RunEvent): void {
    const record = recordOf(event)
    if (record !== null) this.#queue.add(record)
  }
}

/** What `event` changes in the row of its cron; null for nothing. */
export function recordOf(event: RunEvent): RunRecord | null {
  if (event.kind === 'ended') {
    const { at, run, result } = event
    const { startedAt, durationMs } = result
    return { cronId: run.cron, lastRun: startedAt ?? at, durationMs, errors: errorsOf(result) }
  }
  // Its firing came to nothing because a run before it cannot be ended. Whatever else does not run leaves the row as its last run has left it.
  if (event.kind === 'not-run' && event.outcome.kind === 'blocked' && event.run.id === null) {
    const { at, run, outcome } = event
    return { cronId: run.cron, lastRun: at, durationMs: null, errors: errorsOf({ outcome, output: NO_OUTPUT }) }
  }
  return null
}

/** What the `errors` column says: null after a success, else one line. */
function errorsOf({ outcome, output }: Pick<RunResult, 'outcome' | 'output'>): string | null {
  if (outcome.kind === 'succeeded') return null
  const text = `${describeOutcome(outcome)} ${output.streams.stderr.head.slice(0, ERRORS_CHARACTERS)}`
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out.
  return text.replace(/[\u0000-\u0020\u007f]+/g, ' ').trim()
}
