import type { RunRecord } from '../store/runs/run-recorder.ts'

/** A record, and its number in the journal; null if it could not be written down. */
export type JournaledRecord = { readonly record: RunRecord; readonly entry: number | null }

/**
 * Run records that the store does not have yet, where the end of the process does not reach them: one for each row, the newest. What
 * cannot be written down is reported once in a row of failures; the record is then in memory alone. Nothing here throws.
 */
export interface RecordJournal extends Disposable {
  /** Writes `record` down, in place of an older one of its row. */
  add(record: RunRecord): JournaledRecord
  /** The store has it. */
  remove(written: JournaledRecord): void
  /** Records of processes that have gone, oldest first; this process answers for them from now on. */
  takeOver(): readonly JournaledRecord[]
}

/** Without a journal: in memory alone. */
export const NO_JOURNAL: RecordJournal = {
  add: (record) => ({ record, entry: null }),
  remove: () => {},
  takeOver: () => [],
  [Symbol.dispose]: () => {},
}
