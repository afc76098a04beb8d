import type { FiringKind } from '../reasons/firing-end.ts'

/** One end of a cron's run, or of a job's firing. */
export type RecentEnd = {
  /** Epoch milliseconds. */
  readonly at: number
  /** The row's, or the beginning of it. */
  readonly id: string
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
  skipped: 'o',
  missed: 'M',
  unknown: '?',
}

const KINDS = new Map(Object.entries(MARKS).map(([kind, mark]) => [mark, kind as FiringKind]))

/** So many are kept. */
const MOST = 100
const BAR = 60
/** Enough of an id to tell the ends of one cron or job apart. */
const ID_DIGITS = 12

/**
 * Pure: `ends` put among `before`, in the order of their ends. An end that is there already takes the place of what was said of it, so that
 * writing the same once more changes nothing, and in whatever order they come the same comes of it. Null where there is none.
 */
export function rollUp(before: Pick<Rollup, 'recent' | 'lastSuccessAt'> | null, ends: readonly RecentEnd[]) {
  const byId = new Map((before?.recent ?? []).map((end) => [end.id, end]))
  for (const end of ends) byId.set(shortId(end.id), { ...end, id: shortId(end.id) })
  const all = [...byId.values()].sort(byTime)
  return rollupOf(all.slice(-MOST), lastSuccessOf(all, before?.lastSuccessAt ?? null))
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

/** As it is stored: `<end, base 36> <id> <mark><milliseconds, base 36>`, one after the other. */
export function packRecent(recent: readonly RecentEnd[]): string {
  return recent
    .map(({ at, id, kind, durationMs }) => `${at.toString(36)} ${id} ${MARKS[kind]}${durationMs?.toString(36) ?? ''}`)
    .join(',')
}

/** What is none of ours is left out. */
export function unpackRecent(packed: string): readonly RecentEnd[] {
  return packed.split(',').flatMap((text) => {
    const [at = '', id = '', rest = ''] = text.split(' ')
    const kind = KINDS.get(rest.slice(0, 1))
    const [time, took] = [Number.parseInt(at, 36), Number.parseInt(rest.slice(1), 36)]
    return kind === undefined || Number.isNaN(time)
      ? []
      : [{ at: time, id, kind, durationMs: Number.isNaN(took) ? null : took }]
  })
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

function shortId(id: string): string {
  return id.slice(0, ID_DIGITS)
}

function byTime(a: RecentEnd, b: RecentEnd): number {
  return a.at - b.at || (a.id < b.id ? -1 : Number(a.id > b.id))
}
