import type { Minute } from '../domain/minute.ts'
import type { MinuteSet } from './plan-ranges.ts'

/** Firings that are decided on together and begin beside the minutes, one after the other perhaps. */
export type LedgerEntry = {
  /** The minutes that they are firings of. */
  readonly minutes: MinuteSet
  /** The boot after which they are the `@reboot` firings; null for missed minutes that are caught up. */
  readonly boot: string | null
}

/** An entry of this process. */
export interface OpenEntry {
  /** These crons have begun in `minute`, or it is told that they will not. Never throws. */
  begun(minute: Minute, crons: readonly number[]): void
  /** That holds of all of them: the entry goes. Never throws. */
  close(): void
}

/** An entry of a process that has gone before it could close it. */
export interface UnfinishedEntry extends LedgerEntry {
  hasBegun(minute: Minute, cron: number): boolean
  /** What had not begun is reported, or nothing had and all of it is begun now. Never throws. */
  remove(): void
}

/** Keeps on disk which firings had not begun when their process ended, so that the next one tells exactly those. */
export interface FiringLedger {
  /** Written before any of them begins. Where that fails it is logged, and they begin all the same. Never throws. */
  open(entry: LedgerEntry): OpenEntry
  /** What processes that have gone have left. An entry that cannot be used is moved aside, and logged. Never throws. */
  left(): readonly UnfinishedEntry[]
  /** A run of `minute` that an earlier process had begun, or that is reported as not begun, was found. Never throws. */
  noteFound(minute: Minute, crons: readonly number[]): void
}
