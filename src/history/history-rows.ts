import type { KeepHistory } from '../domain/choices.ts'
import type { RunRow } from '../domain/history/run-row.ts'
import type { StreamExcerpt } from '../domain/run.ts'
import type { RunEvent } from '../domain/run-event.ts'
import type { HistoryWriter } from './history-writer.ts'
import type { Subscriber } from './journal.ts'
import type { HistoryPlan, HistoryRow } from './plan-history.ts'

/** What becomes of rows before they are written. */
export type HistoryRowsParts = {
  readonly plan: Pick<HistoryPlan, 'note'>
  readonly writer: Pick<HistoryWriter, 'add'>
  /** Replaces what equals a secret that rcron knows. */
  readonly mask: (excerpt: StreamExcerpt) => StreamExcerpt
  /** Of which runs of a cron what they printed is kept. */
  readonly keepOf: (cron: number) => KeepHistory
}

/** Keeps a row of every firing and every run. */
export class HistoryRows implements Subscriber {
  readonly name = 'history'
  readonly #parts: HistoryRowsParts

  constructor(parts: HistoryRowsParts) {
    this.#parts = parts
  }

  note(event: RunEvent): void {
    const { plan, writer } = this.#parts
    for (const row of plan.note(event)) writer.add(this.#fit(row))
  }

  #fit(each: HistoryRow): HistoryRow {
    return each.kind === 'run' && each.row.output !== null ? { ...each, row: this.#fitRun(each.row) } : each
  }

  #fitRun(row: RunRow): RunRow {
    const { mask, keepOf } = this.#parts
    const { output } = row
    const keep = keepOf(row.cron)
    const isKept = keep === 'all' || (keep === 'failures' && row.kind !== 'succeeded')
    if (output === null || !isKept) return { ...row, output: null }
    return { ...row, output: { stdout: mask(output.stdout), stderr: mask(output.stderr) } }
  }
}
