import { InvalidInputError } from '../../domain/errors.ts'
import { aboutOption, errorAbout } from '../../domain/problem.ts'
import { type TimeFrame, type Toward, timeInWords } from './time-words.ts'

const EXPECTED: Readonly<Record<Toward, string>> = {
  past: 'expected a time that has passed: 12h, "2h ago", 18:00, "yesterday 02:00", 2026-03-01 or 2026-03-01T12:00',
  coming: 'expected a time to come: 2h, "in 2h", 06:00, "tomorrow 06:00", 2026-03-01 or 2026-03-01T12:00',
  any: 'expected a time: 18:00, "yesterday 02:00", "2h ago", "in 2h", 2026-03-01T12:00 or 2026-03-01T12:00:00+01:00',
}

/** The time that an option names, in epoch milliseconds; local times are those of `zone`. Throws an InvalidInputError if it is none. */
export function timeOf(flag: string, text: string, frame: TimeFrame): number {
  const found = timeInWords(text, frame)
  if (found !== null) return found
  throw new InvalidInputError([
    errorAbout(aboutOption(flag), `found ${JSON.stringify(text)}, ${EXPECTED[frame.toward]}`),
  ])
}

/** As `timeOf`, of a time that has passed. */
export function pastTimeOf(flag: string, text: string, frame: Pick<TimeFrame, 'now' | 'zone'>): number {
  return timeOf(flag, text, { ...frame, toward: 'past' })
}
