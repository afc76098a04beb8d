import type { FiringKind } from '../reasons/firing-end.ts'

/** One end of a cron's run, or of a job's firing. */
export type RecentEnd = {
  /** Epoch milliseconds. */
  readonly at: number
  readonly kind: FiringKind
  readonly durationMs: number | null
}

/** What is known of the last ends of one cron or job without its rows: what a list shows. */
export type Rollup = {
  /** The newest last. */
  readonly recent: readonly RecentEnd[]
  /** The last 60, one character each: see `MARKS`. */
  readonly bar: string
  /** How many of the last ones succeeded in a row; below zero: how many did not. At most 100 either way. */
  readonly streak: number
  readonly lastAt: number
  readonly lastKind: FiringKind
  readonly lastSuccessAt: number | null
  /** How long a success usually takes: half of the last ones took no longer, and 95 of 100. Milliseconds. */
  readonly p50Ms: number | null
  readonly p95Ms: number | null
}

/** The character of each kind in a bar. */
export const MARKS: Readonly<Record<FiringKind, string>> = {
  succeeded: '.',
  failed: 'F',
  signaled: 'S',
  'timed-out': 'T',
  killed: 'K',
  unreachable: 'U',
  refused: 'R',
  lost: 'L',
  blocked: 'B',
  skipped: 'O',
  missed: 'M',
  unknown: '?',
}

const KINDS = new Map(Object.entries(MARKS).map(([kind, mark]) => [mark, kind as FiringKind]))

/** So many are kept. */
const MOST = 100
const BAR = 60

/** Ends that are new, and those in whose place some of them come. */
export type ChangedEnds = { readonly added: readonly RecentEnd[]; readonly removed: readonly RecentEnd[] }

/** Pure: what is added put among `before`, in the order of their ends; in whatever order they come the same comes of it. Null where there is none. */
export function rollUp(
  before: Pick<Rollup, 'recent' | 'lastSuccessAt'> | null,
  { added, removed }: ChangedEnds,
): Rollup | null {
  const all = [...without(before?.recent ?? [], removed), ...added].sort(byTime)
  return rollupOf(all.slice(-MOST), lastSuccessOf(all, before?.lastSuccessAt ?? null))
}

/** One of `ends` less for each of `removed` that is among them. */
function without(ends: readonly RecentEnd[], removed: readonly RecentEnd[]): readonly RecentEnd[] {
  return removed.reduce((left, gone) => {
    const at = left.findIndex((end) => byTime(end, gone) === 0)
    return at === -1 ? left : left.toSpliced(at, 1)
  }, ends)
}

function rollupOf(recent: readonly RecentEnd[], lastSuccessAt: number | null): Rollup | null {
  const last = recent.at(-1)
  if (last === undefined) return null
  const bar = recent.slice(-BAR).map(({ kind }) => MARKS[kind])
  const durations = durationsOf(recent)
  return {
    recent,
    bar: bar.join(''),
    streak: streakOf(recent),
    lastAt: last.at,
    lastKind: last.kind,
    lastSuccessAt,
    p50Ms: quantile(durations, 0.5),
    p95Ms: quantile(durations, 0.95),
  }
}

/** As it is stored: of each its mark, the milliseconds since the one before in base 36, and behind a dash how many it took. */
export function packRecent(recent: readonly RecentEnd[]): string {
  let last = 0
  return recent
    .map(({ at, kind, durationMs }) => {
      const since = at - last
      last = at
      return `${MARKS[kind]}${since.toString(36)}${durationMs === null ? '' : `-${durationMs.toString(36)}`}`
    })
    .join('')
}

/** What is none of ours is left out. */
export function unpackRecent(packed: string): readonly RecentEnd[] {
  let at = 0
  return [...packed.matchAll(/([^0-9a-z-])([0-9a-z]+)(?:-([0-9a-z]+))?/g)].flatMap(
    ([, mark = '', since = '', took]) => {
      at += Number.parseInt(since, 36)
      const kind = KINDS.get(mark)
      return kind === undefined ? [] : [{ at, kind, durationMs: took === undefined ? null : Number.parseInt(took, 36) }]
    },
  )
}

function lastSuccessOf(ends: readonly RecentEnd[], before: number | null): number | null {
  const last = ends.findLast(({ kind }) => kind === 'succeeded')?.at ?? null
  return last === null || (before !== null && before > last) ? before : last
}

function streakOf(recent: readonly RecentEnd[]): number {
  const isGood = recent.at(-1)?.kind === 'succeeded'
  const other = recent.findLastIndex(({ kind }) => (kind === 'succeeded') !== isGood)
  const length = recent.length - 1 - other
  return isGood ? length : -length
}

function durationsOf(recent: readonly RecentEnd[]): readonly number[] {
  return recent
    .flatMap(({ kind, durationMs }) => (kind === 'succeeded' && durationMs !== null ? [durationMs] : []))
    .sort((a, b) => a - b)
}

/** The least of `sorted` that so many are no greater than. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null
}

/** Total: two that are equal by it are alike. */
function byTime(a: RecentEnd, b: RecentEnd): number {
  return a.at - b.at || compare(MARKS[a.kind], MARKS[b.kind]) || (a.durationMs ?? -1) - (b.durationMs ?? -1)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
