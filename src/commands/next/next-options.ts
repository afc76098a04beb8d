import { InvalidInputError } from '../../domain/errors.ts'
import { aboutOption, errorAbout, type Problem } from '../../domain/problem.ts'
import { isTimezone } from '../../domain/timezone-name.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import { secondsIn } from '../shared/parse-span.ts'
import { timeInWords } from '../shared/time-words.ts'
import { MOST_TIMES } from './next-answer.ts'

/** Options of `rcron next`. */
export type NextOptions = {
  readonly from?: string
  readonly tz?: string
  readonly count?: string
  /** How far to look: `1h`. */
  readonly for?: string
  readonly stdin?: boolean
  readonly json?: boolean
}

const DEFAULT_COUNT = 5

export function countOf({ count }: NextOptions): number {
  return count === undefined ? DEFAULT_COUNT : Number(count)
}

/** Minutes; null where no time is set. */
export function spanOf({ for: span }: NextOptions): number | null {
  return span === undefined ? null : secondsIn(span) / 60
}

/** Throws an InvalidInputError that names every option which cannot be used. */
export function refuseOptions(wanted: readonly string[], options: NextOptions): void {
  const problems = [...refusedValues(options), ...refusedTogether(wanted, options)]
  if (problems.length > 0) throw new InvalidInputError(problems)
}

function refusedValues(options: NextOptions): readonly Problem[] {
  const { count, from, tz } = options
  const span = spanOf(options)
  const isWrong = {
    '--count': count !== undefined && !isWithinMost(/^\d{1,6}$/.test(count) ? Number(count) : 0),
    '--for': span !== null && !isWithinMost(span),
    '--from': from !== undefined && timeInWords(from, { now: 0, zone: zoneOf('UTC'), toward: 'any' }) === null,
    '--tz': tz !== undefined && !isTimezone(tz),
  }
  const found = { '--count': count, '--for': options.for, '--from': from, '--tz': tz }
  const flags = ['--count', '--for', '--from', '--tz'] as const
  return flags
    .filter((flag) => isWrong[flag])
    .map((flag) => errorAbout(aboutOption(flag), `found ${JSON.stringify(found[flag])}, expected ${EXPECTED[flag]}`))
}

const EXPECTED = {
  '--count': `a whole number from 1 to ${MOST_TIMES}`,
  '--for': 'a time from 1m to 7d, such as 1h',
  '--from': 'a time such as 18:00, "tomorrow 06:00", "in 2h" or 2026-03-01T12:00:00+01:00',
  '--tz': 'an IANA name such as Europe/Berlin',
} as const

function isWithinMost(number: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= MOST_TIMES
}

function refusedTogether(wanted: readonly string[], options: NextOptions): readonly Problem[] {
  const { stdin } = options
  const isFor = options.for !== undefined
  const refused: readonly (readonly [string, boolean, string])[] = [
    ['--for', isFor && options.count !== undefined, '--count'],
    ['--for', isFor && stdin === true, '--stdin'],
    ['--stdin', stdin === true && wanted.length > 0, 'schedules as arguments'],
  ]
  return refused
    .filter(([, isRefused]) => isRefused)
    .map(([flag, , other]) => errorAbout(aboutOption(flag), `found ${other} too, expected only one of the two`))
}
