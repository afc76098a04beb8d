import type { FiringRow } from '../../domain/history/firing-row.ts'
import { jobKey } from '../../domain/job.ts'
import type { EndCode } from '../../domain/reasons/reasons.ts'

/** Firings that ended alike: of one job, or of several in which the same went wrong. */
export type Fold = {
  readonly code: EndCode
  /** The newest one. */
  readonly last: FiringRow
  readonly jobs: readonly string[]
  readonly hosts: readonly string[]
  /** How many firings, and since when: the end of the first of them. */
  readonly firings: number
  readonly since: number
}

/** From so many jobs on, what they have in common is said once. */
const SEVERAL = 3

/** Pure: `rows`, the newest first, as lines of which none says what another one does. Those with the newest firing come first. */
export function foldTrouble(rows: readonly FiringRow[]): readonly Fold[] {
  const alike = foldsBy(rows, (row) => `${row.code} ${row.exitCode} ${row.signal} ${withoutHost(row)}`)
  return alike
    .flatMap((same) => (jobsOf(same).length >= SEVERAL ? [same] : foldsBy(same, (row) => jobKey(row.job))))
    .map(foldOf)
    .sort((a, b) => b.last.endedAt - a.last.endedAt)
}

function foldsBy(rows: readonly FiringRow[], keyOf: (row: FiringRow) => string): readonly (readonly FiringRow[])[] {
  const folds = new Map<string, FiringRow[]>()
  for (const row of rows) {
    const key = keyOf(row)
    const there = folds.get(key)
    if (there === undefined) folds.set(key, [row])
    else there.push(row)
  }
  return [...folds.values()]
}

/** The same reason, whichever host or run it names. */
function withoutHost({ reason, host }: FiringRow): string {
  const general = (reason ?? '').replace(/\b[0-9a-f]{32}\b/g, 'id').replace(/\d+/g, '#')
  return host === null ? general : general.replaceAll(host.replace(/\d+/g, '#'), 'host')
}

function foldOf(rows: readonly FiringRow[]): Fold {
  const [last] = rows
  if (last === undefined) throw new RangeError('a fold of nothing')
  return {
    code: last.code,
    last,
    jobs: jobsOf(rows),
    hosts: [...new Set(rows.flatMap(({ host }) => host ?? []))],
    firings: rows.reduce((sum, { count }) => sum + count, 0),
    since: Math.min(...rows.map(({ endedAt }) => endedAt)),
  }
}

function jobsOf(rows: readonly FiringRow[]): readonly string[] {
  return [...new Set(rows.map(({ job }) => job.name))]
}
