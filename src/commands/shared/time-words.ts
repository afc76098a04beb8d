import { type Minute, MS_PER_MINUTE, minuteOf, startOf } from '../../domain/minute.ts'
import { isTimezone } from '../../domain/timezone-name.ts'
import { formatLocal, parseTime } from '../../schedule/local-time.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import type { Zone } from '../../schedule/zone.ts'
import { secondsIn } from './parse-span.ts'

/** Where a time of the clock alone lies: the last one, the next one, or that of today; a length of time is one only before or after now. */
export type Toward = 'past' | 'coming' | 'any'

/** What words about a time are read against: `now` in epoch milliseconds, and the zone of local times that name none. */
export type TimeFrame = { readonly now: number; readonly zone: Zone; readonly toward: Toward }

/** Noon of a day: a day away from it is the same clock's next day, whatever the clock does in between. */
const NOON = '12:00'
const MS_PER_DAY = 86_400_000

/**
 * The time that words name, in epoch milliseconds; null if they name none. `now`, `12h`, `2h ago`, `in 2h`, `18:00`, `yesterday 02:00`,
 * `mon 06:00`, `2026-03-01`, `2026-03-01 12:00:30+01:00`; local times may be followed by the name of their zone. Of a time that the clock repeats the first
 * pass is meant, of one that it skips the first minute after the gap. Pure.
 */
export function timeInWords(text: string, frame: TimeFrame): number | null {
  const words = text.trim()
  if (words === 'now') return frame.now
  const away = timeAway(words, frame)
  if (away !== null) return away
  const placed = zoneAtEnd(words)
  return localTimeIn(placed?.words ?? words, placed === null ? frame : { ...frame, zone: placed.zone })
}

/** `2h ago`, `in 2h`; `2h` alone on the side of now that is asked for. */
function timeAway(words: string, { now, toward }: TimeFrame): number | null {
  const { into, span = '', ago } = /^(?<into>in\s+)?(?<span>.*?)(?<ago>\s+ago)?$/s.exec(words)?.groups ?? {}
  const ms = secondsIn(span) * 1000
  if (Number.isNaN(ms) || (into !== undefined && ago !== undefined)) return null
  if (into !== undefined) return now + ms
  if (ago !== undefined) return now - ms
  if (toward === 'any') return null
  return toward === 'past' ? now - ms : now + ms
}

/** `02:00 Europe/Berlin`. */
function zoneAtEnd(words: string): { readonly words: string; readonly zone: Zone } | null {
  const { before = '', name = '' } = /^(?<before>.*\S)\s+(?<name>[A-Za-z]\S*)$/s.exec(words)?.groups ?? {}
  return name !== '' && isTimezone(name) ? { words: before, zone: zoneOf(name) } : null
}

const DAYS = { yesterday: -1, today: 0, tomorrow: 1 } as const

/** A time of the clock, as it is printed too: with seconds, and with its distance from UTC. */
const CLOCK = /^(?<hour>\d\d?)(?<rest>:\d\d(?::\d\d)?)(?<offset>Z|[+-]\d\d:\d\d)?$/i

const WEEKDAYS: readonly string[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** `mon 06:00`: of the last seven days, today among them, or of the next ones. */
function onWeekday(words: string, frame: TimeFrame): number | null | undefined {
  const { name, clock } = /^(?<name>sun|mon|tue|wed|thu|fri|sat)\w*\s+(?<clock>\S+)$/i.exec(words)?.groups ?? {}
  if (name === undefined || clock === undefined || frame.toward === 'any') return undefined
  const today = new Date(`${dateAt(frame.now, frame.zone, CLOCK.exec(clock)?.groups?.['offset'])}T${NOON}Z`).getUTCDay()
  const wanted = WEEKDAYS.indexOf(name.toLowerCase())
  const ahead = (wanted - today + 7) % 7
  const isPast = frame.toward === 'past'
  const found = onDay(isPast && ahead > 0 ? ahead - 7 : ahead, clock, frame)
  if (found === null || ahead !== 0 || (isPast ? found <= frame.now : found > frame.now)) return found
  return onDay(isPast ? -7 : 7, clock, frame)
}

function localTimeIn(words: string, frame: TimeFrame): number | null {
  const weekday = onWeekday(words, frame)
  if (weekday !== undefined) return weekday
  const { day, clock } = /^(?<day>yesterday|today|tomorrow)(?:\s+(?<clock>\S+))?$/i.exec(words)?.groups ?? {}
  if (day !== undefined) return onDay(DAYS[day.toLowerCase() as keyof typeof DAYS], clock ?? '00:00', frame)
  if (!CLOCK.test(words)) return instantOf(words, frame.zone)
  const today = onDay(0, words, frame)
  if (today === null || frame.toward === 'any') return today
  if (frame.toward === 'past') return today > frame.now ? onDay(-1, words, frame) : today
  return today <= frame.now ? onDay(1, words, frame) : today
}

/** That time of the clock `days` after the local day on which now lies. */
function onDay(days: number, clock: string, { now, zone }: TimeFrame): number | null {
  const { hour, rest, offset } = CLOCK.exec(clock)?.groups ?? {}
  if (hour === undefined || rest === undefined) return null
  const noon = instantOf(`${dateAt(now, zone, offset)}T${NOON}Z`, zone)
  if (noon === null) return null
  const date = new Date(noon + days * MS_PER_DAY).toISOString().slice(0, 10)
  return instantOf(`${date}T${hour.padStart(2, '0')}${rest}${offset ?? ''}`, zone)
}

/** The day on which `now` lies, in the zone, or at that distance from UTC. */
function dateAt(now: number, zone: Zone, offset: string | undefined): string {
  if (offset === undefined) return formatLocal(minuteOf(now), zone).slice(0, 10)
  const {
    sign,
    hours = '0',
    minutes = '0',
  } = /^(?<sign>[+-])(?<hours>\d\d):(?<minutes>\d\d)$/.exec(offset)?.groups ?? {}
  const distance = (Number(hours) * 60 + Number(minutes)) * MS_PER_MINUTE * (sign === '-' ? -1 : 1)
  return new Date(now + distance).toISOString().slice(0, 10)
}

/** To the second, where one is said. */
function instantOf(text: string, zone: Zone): number | null {
  const minute: Minute | null = parseTime(text, zone)
  if (minute === null) return null
  const [, seconds = '0'] = /[T ]\d\d:\d\d:(\d\d)/.exec(text) ?? []
  return startOf(minute) + Number(seconds) * 1000
}
