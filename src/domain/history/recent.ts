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
  /** The same as it is stored. */
  readonly packed: string
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
  paused: 'P',
  unknown: '?',
}

const KINDS = new Map(Object.entries(MARKS).map(([kind, mark]) => [mark, kind as FiringKind]))

/** So many are kept. */
const MOST = 100
const BAR = 60

/** Ends that are new, and those in whose place some of them come. */
export type ChangedEnds = { readonly added: readonly RecentEnd[]; readonly removed: readonly RecentEnd[] }

/** A roll-up as far as another one is made from it. */
export type RollupBefore = Pick<Rollup, 'recent' | 'packed' | 'lastSuccessAt'>

/**
 * Pure: what is added put among `before`, in the order of their ends; in whatever order they come the same comes of it. Null where there is none.
 * What was paused is not among them: it would push out what tells how a job fares.
 */
export function rollUp(before: RollupBefore | null, changed: ChangedEnds): Rollup | null {
  const [added, removed] = [changed.added.filter(counts), changed.removed.filter(counts)]
  const kept = before === null ? [] : without(before.recent, removed)
  const all = inOrder([...kept, ...added])
  const recent = all.length > MOST ? all.slice(-MOST) : all
  const isNext = before !== null && kept === before.recent && added.length === 1 && all.at(-1) === added[0]
  const packed = isNext ? packedWith(before, recent) : packRecent(recent)
  return rollupOf(recent, packed, lastSuccessOf(all, before?.lastSuccessAt ?? null))
}

function counts({ kind }: RecentEnd): boolean {
  return kind !== 'paused'
}

/** Most often they are. */
function inOrder(ends: RecentEnd[]): readonly RecentEnd[] {
  for (let at = ends.length - 1; at > 0; at--) {
    const [one, next] = [ends[at - 1], ends[at]]
    if (one !== undefined && next !== undefined && byTime(one, next) > 0) return ends.sort(byTime)
  }
  return ends
}

/** One of `ends` less for each of `removed` that is among them. */
function without(ends: readonly RecentEnd[], removed: readonly RecentEnd[]): readonly RecentEnd[] {
  return removed.reduce((left, gone) => {
    const at = left.findIndex((end) => byTime(end, gone) === 0)
    return at === -1 ? left : left.toSpliced(at, 1)
  }, ends)
}

function rollupOf(recent: readonly RecentEnd[], packed: string, lastSuccessAt: number | null): Rollup | null {
  const last = recent.at(-1)
  if (last === undefined) return null
  const bar = recent.slice(-BAR).map(({ kind }) => MARKS[kind])
  const durations = durationsOf(recent)
  return {
    recent,
    packed,
    bar: bar.join(''),
    streak: streakOf(recent),
    lastAt: last.at,
    lastKind: last.kind,
    lastSuccessAt,
    p50Ms: quantile(durations, 0.5),
    p95Ms: quantile(durations, 0.95),
  }
}

/**
 * As it is stored, the newest first: of each its mark, by how many milliseconds it was earlier than the one before it, in base 36, and
 * behind a dash how many it took. The time of the newest is known from elsewhere.
 */
function packRecent(recent: readonly RecentEnd[]): string {
  let packed = ''
  recent.forEach((end, at) => {
    packed = packedBefore(packed, end.at - (recent[at - 1]?.at ?? end.at), end)
  })
  return packed
}

/** One end more, which is the newest, and the oldest less where there would be too many. */
function packedWith({ recent: before, packed }: RollupBefore, recent: readonly RecentEnd[]): string {
  const [last, newest] = [before.at(-1), recent.at(-1)]
  if (last === undefined || newest === undefined) return packRecent(recent)
  const kept = before.length < MOST ? packed : packed.slice(0, lastMarkIn(packed))
  return packedBefore(kept, newest.at - last.at, newest)
}

/** The end that was the newest has 0 behind its mark, in whose place comes by how much it is earlier than the new one. */
function packedBefore(packed: string, sinceMs: number, { kind, durationMs }: RecentEnd): string {
  const took = durationMs === null ? '' : `-${durationMs.toString(36)}`
  const older = packed === '' ? '' : `${packed.slice(0, 1)}${sinceMs.toString(36)}${packed.slice(2)}`
  return `${MARKS[kind]}0${took}${older}`
}

function lastMarkIn(packed: string): number {
  let at = packed.length - 1
  while (at > 0 && isOfNumber(packed.charCodeAt(at))) at--
  return at
}

const [ZERO, NINE, A, Z, DASH] = [48, 57, 97, 122, 45]

/** Digits of base 36, and the dash between two numbers. */
function isOfNumber(code: number): boolean {
  return (code >= ZERO && code <= NINE) || (code >= A && code <= Z) || code === DASH
}

/** The ends of which the newest was at `lastAt`, the oldest first. What is none of ours is left out. */
export function unpackRecent(packed: string, lastAt: number): readonly RecentEnd[] {
  const ends: RecentEnd[] = []
  let [at, place] = [lastAt, 0]
  while (place < packed.length) {
    let to = place + 1
    while (to < packed.length && isOfNumber(packed.charCodeAt(to))) to++
    const kind = KINDS.get(packed.charAt(place))
    const dash = packed.indexOf('-', place)
    const isTimed = dash !== -1 && dash < to
    at -= numberIn(packed, place + 1, isTimed ? dash : to)
    if (kind !== undefined) ends.push({ at, kind, durationMs: isTimed ? numberIn(packed, dash + 1, to) : null })
    place = to
  }
  return ends.reverse()
}

function numberIn(packed: string, from: number, to: number): number {
  let number = 0
  for (let at = from; at < to; at++) {
    const code = packed.charCodeAt(at)
    number = number * 36 + (code <= NINE ? code - ZERO : code - A + 10)
  }
  return number
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

function durationsOf(recent: readonly RecentEnd[]): Float64Array {
  const durations = new Float64Array(recent.length)
  let count = 0
  for (const { kind, durationMs } of recent) {
    if (kind !== 'succeeded' || durationMs === null) continue
    durations[count] = durationMs
    count += 1
  }
  return durations.subarray(0, count).sort()
}

/** The least of `sorted` that so many are no greater than. */
function quantile(sorted: Float64Array, share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null
}

/** Total: two that are equal by it are alike. */
function byTime(a: RecentEnd, b: RecentEnd): number {
  return a.at - b.at || compare(MARKS[a.kind], MARKS[b.kind]) || (a.durationMs ?? -1) - (b.durationMs ?? -1)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
