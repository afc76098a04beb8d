import { isAsBad } from '../reasons/firing-end.ts'
import type { FiringRow } from './firing-row.ts'
import type { RunRow } from './run-row.ts'

/** What somebody says of a run whose end rcron could not learn. */
export type Resolution = {
  readonly as: 'succeeded' | 'failed'
  readonly reason: string
  /** Who says so. */
  readonly by: string
}

/** A run as it counts from now on. Pure. */
export function resolvedRun(run: RunRow, { as, reason, by }: Resolution): RunRow {
  const code = as === 'succeeded' ? 'RESOLVED_SUCCEEDED' : 'RESOLVED_FAILED'
  return { ...run, kind: as, code, exitCode: null, signal: null, reason: `${by}: ${reason}` }
}

/**
 * Its firing, `runs` being all the runs that are known of it, that one as it counts now; null where that changes nothing of it: a walk that
 * another run has decided. Pure.
 */
export function resolvedFiring(firing: FiringRow, resolved: RunRow, runs: readonly RunRow[]): FiringRow | null {
  const decisive = firing.job.action === 'all' ? worstOf(runs, resolved) : firing.run === resolved.id ? resolved : null
  if (decisive === null) return null
  const { kind, code, reason, exitCode, signal, host, durationMs } = decisive
  return { ...firing, kind, code, reason, exitCode, signal, host, durationMs, run: decisive.id, source: 'resolved' }
}

function worstOf(runs: readonly RunRow[], first: RunRow): RunRow {
  return runs.reduce((worst, run) => (isAsBad(worst.kind, run.kind) ? worst : run), first)
}
