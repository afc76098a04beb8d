import type { FiringRow } from '../../domain/history/firing-row.ts'
import type { Rollup } from '../../domain/history/recent.ts'
import type { RunRow } from '../../domain/history/run-row.ts'
import type { FiringKind } from '../../domain/reasons/firing-end.ts'

/** Rows that are to be written together. */
export type HistoryBatch = { readonly firings: readonly FiringRow[]; readonly runs: readonly RunRow[] }

/** Where history is written. */
export interface HistoryWriting {
  /**
   * Writes the rows and the roll-ups that follow from them, all of it or nothing. What is there already changes nothing, in whatever order
   * it comes. Rejects with a DatabaseFault: `missing-table` where the tables are not there.
   */
  writeHistory(batch: HistoryBatch): Promise<void>
}

/** How far a sweep has come: in one table after the other, by the end of the last row that it has looked at. */
export type SweepPlace = {
  readonly table: 'runs' | 'firings' | 'counts'
  readonly after: { readonly endedAt: number; readonly id: string } | null
}

/** What a sweep leaves. */
export type Retention = {
  /** Epoch milliseconds, the beginning of a day in UTC: what ended before it goes. */
  readonly before: number
  /** The newest of each cron and each job stay: so many. */
  readonly runs: number
  /** From what a run's cron or a firing's job keeps, as far as that was asked: it is asked once in a sweep. */
  readonly floors: Map<string, number>
}

/** Where old history goes, and what follows from it is made again. */
export interface HistoryKeeping {
  /** Deletes a few rows; the place from which to go on, or null where all is done. Rejects as `writeHistory` does. */
  sweepHistory(place: SweepPlace, retention: Retention): Promise<SweepPlace | null>
  /** Makes the roll-ups and counts again from the rows, a little at a time; `before` as that of a retention. */
  rebuildHistory(before: number, tell: (done: string) => void): Promise<void>
}

/** Of one or several jobs, of a host, or of all: the newest first. Times in epoch milliseconds. */
export type FiringQuery = {
  /** Names of jobs; empty: all of them. */
  readonly jobs: readonly string[]
  /** Only those with a run on that host; null: any. */
  readonly host: string | null
  /** Only those that ended so; null: any. */
  readonly outcome: FiringKind | null
  /** Due at that time or later, and before; null: no limit. */
  readonly since: number | null
  readonly until: number | null
  /** The last one of the page before; null: from the newest on. */
  readonly after: { readonly dueAt: number; readonly id: string } | null
  readonly most: number
}

/** What wants to be looked at: the newest first. */
export type TroubleQuery = {
  /** Ended at that time or later. */
  readonly since: number
  readonly after: { readonly endedAt: number; readonly id: string } | null
  readonly most: number
}

/** A roll-up without its single ends. */
export type RollupBrief = Pick<Rollup, 'streak' | 'lastAt' | 'lastKind' | 'p50Ms' | 'p95Ms'>

/** A firing with the rows of its runs, in the order in which they ended. */
export type FiringWithRuns = { readonly firing: FiringRow; readonly runs: readonly RunRow[] }

/** The last run of a job, or of one cron; on a host and with an attempt, where those are not null. */
export type LastRunQuery = { readonly host: string | null; readonly attempt: number | null } & (
  | { readonly job: string }
  | { readonly cron: number }
)

/** Where history is read. Each question is answered by an index, page by page. Rejects as `writeHistory` does. */
export interface HistoryReading {
  firings(query: FiringQuery): Promise<readonly FiringRow[]>
  trouble(query: TroubleQuery): Promise<readonly FiringRow[]>
  /** By the id of a firing or of one of its runs, or the beginning of it; those that have it, two at most. */
  firingsOf(id: string): Promise<readonly FiringWithRuns[]>
  /** By the beginning of the id of a run: two at most. */
  runsBeginning(id: string): Promise<readonly RunRow[]>
  /** The last one that began, or where none did the last one of all; null if there is none. */
  lastRun(query: LastRunQuery): Promise<RunRow | null>
  /** By subject: a job's key, or `cron 12`. Those without are left out. */
  rollups(subjects: readonly string[]): Promise<ReadonlyMap<string, Rollup>>
  /** The same, of any number of subjects, without what takes long to read. */
  briefs(subjects: readonly string[]): Promise<ReadonlyMap<string, RollupBrief>>
}
