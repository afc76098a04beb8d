import { type Minute, MS_PER_MINUTE } from '../domain/minute.ts'
import { isUtc } from '../domain/utc.ts'
import { MINUTES_PER_DAY } from './calendar.ts'

/** Minutes on end with one distance from UTC. */
export type ZonePeriod = {
  readonly from: Minute
  /** The first minute after it. A period may end although the next one has the same offset. */
  readonly to: Minute
  /** Local time minus UTC, in minutes. */
  readonly offset: number
  /** The latest change of the clock up to `from`, if it was at most a day ago. */
  readonly change: ClockChange | null
}

/** A change of a zone's clock. */
export type ClockChange = {
  /** The first minute with the new time. */
  readonly at: Minute
  /** By how many minutes the clock went forward (negative: back). */
  readonly shift: number
}

/** A time zone whose periods are found when they are asked for, and kept. */
export type Zone = {
  readonly name: string
  readonly periodAt: (minute: Minute) => ZonePeriod
}

/** A block and the day before it are shorter than the shortest way there and back of any zone since 1970: 7 days, in Noronha in 2000. */
const BLOCK_MINUTES = 5 * MINUTES_PER_DAY
const MOST_BLOCKS = 4096

export function createZone(name: string): Zone {
  const offsetAt = createOffsetReader(name)
  const blocks = new Map<number, readonly ZonePeriod[]>()
  const blockOf = (index: number): readonly ZonePeriod[] => {
    const known = blocks.get(index)
    if (known !== undefined) return known
    if (blocks.size >= MOST_BLOCKS) blocks.clear()
    const found = periodsOf(offsetAt, index * BLOCK_MINUTES, (index + 1) * BLOCK_MINUTES)
    blocks.set(index, found)
    return found
  }
  const periodAt = (minute: Minute): ZonePeriod => {
    const periods = blockOf(Math.floor(minute / BLOCK_MINUTES))
    const period = periods.find(({ to }) => minute < to)
    if (period === undefined) throw new RangeError(`no period of ${name} holds minute ${minute}`)
    return period
  }
  return { name, periodAt }
}

function periodsOf(offsetAt: OffsetReader, from: number, to: number): readonly ZonePeriod[] {
  const changes = changesWithin(offsetAt, from - MINUTES_PER_DAY, to - 1)
  const before = changes.filter(({ at }) => at <= from).at(-1) ?? null
  const inside = changes.filter(({ at }) => at > from)
  return [before, ...inside].map((change, position) => {
    const start = position === 0 ? from : (change?.at ?? from)
    const end = inside[position]?.at ?? to
    return { from: start as Minute, to: end as Minute, offset: offsetAt(start), change }
  })
}

/** The changes after `from`, up to `to`. */
function changesWithin(offsetAt: OffsetReader, from: number, to: number): readonly ClockChange[] {
  if (offsetAt(from) === offsetAt(to)) return []
  const changes: ClockChange[] = []
  for (let start = from; start < to; start += MINUTES_PER_DAY) {
    const end = Math.min(start + MINUTES_PER_DAY, to)
    if (offsetAt(start) !== offsetAt(end)) changes.push(changeBetween(offsetAt, start, end))
  }
  return changes
}

function changeBetween(offsetAt: OffsetReader, from: number, to: number): ClockChange {
  let [low, high] = [from, to]
  const offset = offsetAt(low)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle) === offset) low = middle
    else high = middle
  }
  return { at: high as Minute, shift: offsetAt(high) - offset }
}

/** Local time minus UTC, in whole minutes, at a minute since the epoch. */
type OffsetReader = (minute: number) => number

/** The offsets that the runtime's time zone data has for an IANA name. */
function createOffsetReader(timezone: string): OffsetReader {
  if (isUtc(timezone)) return () => 0
  let format: Intl.DateTimeFormat | null = null
  return (minute) => {
    // Made when it is asked for the first time: of most zones nothing is.
    format ??= new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' })
    return offsetOf(format.format(minute * MS_PER_MINUTE))
  }
}

/** `1/31/2020, GMT-03:30` → -210. Seconds (before 1973) are dropped. */
function offsetOf(text: string): number {
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(text) ?? []
  const size = Number(hours ?? 0) * 60 + Number(minutes ?? 0)
  return sign === '-' ? -size : size
}
