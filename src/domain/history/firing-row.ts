import type { FiringTrigger, Job } from '../job.ts'
import type { Minute } from '../minute.ts'
import { type FiringKind, isAsBad } from '../reasons/firing-end.ts'
import type { EndCode } from '../reasons/reasons.ts'
import type { RunId } from '../run.ts'

/** From what the row of a firing may be made, the better one last. */
export const FIRING_SOURCES = ['missed', 'run', 'whole', 'resolved'] as const

/**
 * From what the row of a firing was made: from a report that its minute was not begun, from one of its runs, where the process that began
 * it has gone, from the whole of it, or with what somebody said of a run that was lost.
 */
export type FiringSource = (typeof FIRING_SOURCES)[number]

/** What history keeps of one firing, or of several that were missed in a row. Times in epoch milliseconds. */
export type FiringRow = {
  readonly id: string
  readonly job: Job
  /** The last one, where it stands for several. */
  readonly minute: Minute
  readonly first: Minute
  /** For how many firings it stands. */
  readonly count: number
  /** Null if that is not known any more. */
  readonly how: FiringTrigger | null
  /** Who asked for it; null if nobody did, or that is not known. */
  readonly actor: string | null
  /** Null if it was not begun, or not by the process that tells its end. */
  readonly firedAt: number | null
  readonly endedAt: number
  readonly kind: FiringKind
  readonly code: EndCode
  readonly reason: string | null
  /** The run that decided it, and its host; null if none did. */
  readonly run: RunId | null
  readonly host: string | null
  readonly exitCode: number | null
  readonly signal: string | null
  /** How many of its crons were tried, and of how many; null if that is not known any more. */
  readonly tried: number | null
  readonly of: number | null
  /** Of the run that decided it. */
  readonly durationMs: number | null
  readonly source: FiringSource
}

/**
 * What is kept where a firing is told of more than once: by the process that began it, and by those that saw its runs end after it had
 * gone. In whatever order and however often they come, the same is kept.
 */
export function mergeFirings(a: FiringRow, b: FiringRow): FiringRow {
  const [kept, other] = isBetter(a, b) ? [a, b] : [b, a]
  return {
    ...kept,
    how: earliestTold(kept, other),
    actor: kept.actor ?? other.actor,
    firedAt: kept.firedAt ?? other.firedAt,
  }
}

/** A total order. */
function isBetter(a: FiringRow, b: FiringRow): boolean {
  const bySource = FIRING_SOURCES.indexOf(a.source) - FIRING_SOURCES.indexOf(b.source)
  if (bySource !== 0) return bySource > 0
  if (a.job.action === 'all' && a.source === 'run' && a.kind !== b.kind) return isAsBad(a.kind, b.kind)
  if (a.endedAt !== b.endedAt) return a.endedAt > b.endedAt
  return JSON.stringify(tieBreak(a)) >= JSON.stringify(tieBreak(b))
}

function tieBreak({ run, code, count, durationMs, tried, reason }: FiringRow) {
  return [run ?? '', code, count, durationMs, tried, reason]
}

/** What an earlier process had begun goes on as a catch-up: the better word is how it was begun. */
function earliestTold(a: FiringRow, b: FiringRow): FiringTrigger | null {
  const told = [a.how, b.how]
  return (['manual', 'schedule', 'catch-up'] as const).find((how) => told.includes(how)) ?? null
}
