import { InvalidInputError } from '../../domain/errors.ts'
import type { Minute } from '../../domain/minute.ts'
import { aboutOption, errorAbout } from '../../domain/problem.ts'
import { parseTime } from '../../schedule/local-time.ts'
import { zoneOf } from '../../schedule/timezone.ts'

/** The minute that `--at` names, in `timezone` where it says no other. Throws an InvalidInputError if it is no time. */
export function minuteAt(text: string, timezone: string): Minute {
  const minute = parseTime(text, zoneOf(timezone))
  if (minute !== null) return minute
  const message = `found ${JSON.stringify(text)}, expected a time such as 2026-03-01T12:00 or 2026-03-01T12:00:00+01:00`
  throw new InvalidInputError([errorAbout(aboutOption('--at'), message)])
}
