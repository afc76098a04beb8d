import { InvalidInputError } from '../../domain/errors.ts'
import { MS_PER_MINUTE, minuteOf, startOf } from '../../domain/minute.ts'
import { aboutOption, errorAbout } from '../../domain/problem.ts'
import { formatLocal, parseTime } from '../../schedule/local-time.ts'
import type { Zone } from '../../schedule/zone.ts'
import { secondsIn } from './parse-span.ts'

const EXPECTED =
  'expected a time that has passed: 12h, "2h ago", 18:00, "yesterday 02:00", 2026-03-01 or 2026-03-01T12:00'
const MS_PER_DAY = 86_400_000

/** The time that an option names, in epoch milliseconds; local times are those of `zone`. Throws an InvalidInputError if it is none. */
export function pastTimeOf(
  flag: string,
  text: string,
  { now, zone }: { readonly now: number; readonly zone: Zone },
): number {
  const found = pastTime(text.trim(), now, zone)
  if (found !== null) return found
  throw new InvalidInputError([errorAbout(aboutOption(flag), `found ${JSON.stringify(text)}, ${EXPECTED}`)])
}

function pastTime(text: string, now: number, zone: Zone): number | null {
  const seconds = secondsIn(text.replace(/\s+ago$/, ''))
  if (!Number.isNaN(seconds)) return now - seconds * 1000
  const day = /^(today|yesterday)(?:\s+(\d\d?:\d\d))?$/.exec(text)
  if (day !== null) {
    const [, word, clock = '00:00'] = day
    return onDay(word === 'today' ? now : now - MS_PER_DAY, clock, zone)
  }
  if (/^\d\d?:\d\d$/.test(text)) {
    const today = onDay(now, text, zone)
    return today !== null && today > now ? onDay(now - MS_PER_DAY, text, zone) : today
  }
  const minute = parseTime(text, zone)
  return minute === null ? null : startOf(minute)
}

/** That time of the clock on the local day on which `at` lies. */
function onDay(at: number, clock: string, zone: Zone): number | null {
  const minute = parseTime(`${formatLocal(minuteOf(at), zone).slice(0, 10)}T${clock.padStart(5, '0')}`, zone)
  return minute === null ? null : minute * MS_PER_MINUTE
}
