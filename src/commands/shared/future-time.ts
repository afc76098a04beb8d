import { InvalidInputError } from '../../domain/errors.ts'
import { minuteOf, startOf } from '../../domain/minute.ts'
import { aboutOption, errorAbout } from '../../domain/problem.ts'
import { formatLocal, parseTime } from '../../schedule/local-time.ts'
import type { Zone } from '../../schedule/zone.ts'
import { secondsIn } from './parse-span.ts'

const EXPECTED = 'expected a time to come: 06:00, "tomorrow 06:00", 2026-03-01 or 2026-03-01T06:00'
const MS_PER_DAY = 86_400_000

type Now = { readonly now: number; readonly zone: Zone }

/** The time to come that an option names, in epoch milliseconds; local times are those of `zone`. Throws an InvalidInputError if it is none. */
export function futureTimeOf(flag: string, text: string, { now, zone }: Now): number {
  const found = futureTime(text.trim(), { now, zone })
  if (found !== null && found > now) return found
  throw new InvalidInputError([errorAbout(aboutOption(flag), `found ${JSON.stringify(text)}, ${EXPECTED}`)])
}

/** For how long, in milliseconds. Throws an InvalidInputError if the text is no length of time. */
export function lengthOf(flag: string, text: string): number {
  const seconds = secondsIn(text)
  if (seconds > 0) return seconds * 1000
  const message = `found ${JSON.stringify(text)}, expected a length of time: 30m, 2h or 1d`
  throw new InvalidInputError([errorAbout(aboutOption(flag), message)])
}

function futureTime(text: string, { now, zone }: Now): number | null {
  const day = /^(today|tomorrow)(?:\s+(\d\d?:\d\d))?$/.exec(text)
  if (day !== null) {
    const [, word, clock = '00:00'] = day
    return onDay(word === 'today' ? now : now + MS_PER_DAY, clock, zone)
  }
  if (/^\d\d?:\d\d$/.test(text)) {
    const today = onDay(now, text, zone)
    return today !== null && today <= now ? onDay(now + MS_PER_DAY, text, zone) : today
  }
  const minute = parseTime(text, zone)
  return minute === null ? null : startOf(minute)
}

/** That time of the clock on the local day on which `at` lies. */
function onDay(at: number, clock: string, zone: Zone): number | null {
  const minute = parseTime(`${formatLocal(minuteOf(at), zone).slice(0, 10)}T${clock.padStart(5, '0')}`, zone)
  return minute === null ? null : startOf(minute)
}
