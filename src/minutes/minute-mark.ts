import type { Minute } from '../domain/minute.ts'
import type { MinuteSet } from './plan-ranges.ts'

/** Minutes that lie too far back to be run. */
export type MissedMinutes = {
  readonly minutes: MinuteSet
  /** Whether more was missed before `minutes`. */
  readonly more: boolean
}

export const NOTHING_MISSED: MissedMinutes = { minutes: [], more: false }

/** What an installation remembers of the minutes it has planned. */
export type Mark = {
  /** Every minute that was planned or given up as missed. */
  readonly planned: MinuteSet
  /** The minute that was planned last; null before the first. */
  readonly last: Minute | null
  /** Minutes that were planned and of which not every firing is known to have begun. */
  readonly open: readonly Minute[]
  /** Of `planned` what was missed, and is not known to have been reported. */
  readonly unreported: MissedMinutes
}

export const NO_MARK: Mark = { planned: [], last: null, open: [], unreported: NOTHING_MISSED }

/**
 * The planned minutes, kept on disk across restarts.
 *
 * Where the state directory takes no writes, `save` tries a second place, and `load` joins what both hold, so that a
 * minute whose mark was not written in one of them is still not planned twice.
 */
export interface MinuteMark {
  /**
   * NO_MARK at the first start. A mark that cannot be read is moved aside, logged, and taken to have been written in the minute that
   * its file was last changed. Where no place takes writes any more, every minute up to and including the current one
   * counts as planned: what an earlier process did in them cannot be known. Never rejects.
   */
  load(): Promise<Mark>
  /** Atomic; old or new, never torn. Rejects with an OperatorError when no place takes it. */
  save(mark: Mark): Promise<void>
  /**
   * Writes down that these crons of an open minute have begun, or that it is told that they will not. Kept until a mark is saved in which
   * the minute is not open any more. Rejects with an OperatorError when no place takes it.
   */
  noteBegun(minute: Minute, crons: readonly number[]): Promise<void>
  /** Ids of all crons that were noted so, by whichever process. What cannot be read is logged, and taken for nothing. Never rejects. */
  begunIn(minute: Minute): Promise<ReadonlySet<number>>
  /**
   * Holds the mark against other processes while `use` reads and moves it; waits its turn. For overlapping ticks: a daemon
   * holds the state directory as a whole. Rejects when `use` does, or with an OperatorError when the turn does not come.
   */
  exclusively<T>(use: () => Promise<T>): Promise<T>
}
