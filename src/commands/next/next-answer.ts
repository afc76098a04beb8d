import { addMinutes, type Minute, minuteOf } from '../../domain/minute.ts'
import { isTimezone } from '../../domain/timezone-name.ts'
import { countDue } from '../../schedule/count-due.ts'
import { describeSchedule } from '../../schedule/describe-schedule.ts'
import { formatLocal, parseTime } from '../../schedule/local-time.ts'
import { nextMinutes } from '../../schedule/next-minutes.ts'
import { parseExpression } from '../../schedule/parse/parse-expression.ts'
import { zoneOf } from '../../schedule/timezone.ts'

/** The most times that one answer holds: the minutes of a week. */
export const MOST_TIMES = 7 * 24 * 60

/** A schedule whose coming times are asked for. */
export type NextQuestion = {
  readonly expr: string
  /** IANA name. */
  readonly tz: string
  /** ISO 8601, or epoch milliseconds; times strictly after it are reported. */
  readonly from: string | number
  readonly count: number
}

/** The coming times of a schedule, or what is wrong with it. */
export type NextAnswer =
  | {
      /** ISO instants with the zone's offset. Fewer than asked for, where no more come. */
      readonly next: readonly string[]
      /** The schedule in plain words. */
      readonly reading: string
      readonly warnings: readonly string[]
    }
  /** All that is wrong with the question. */
  | { readonly error: string }

/** The coming times of one schedule. Pure; never throws. */
export function answerNext({ expr, tz, from, count }: NextQuestion): NextAnswer {
  const errors: string[] = []
  const after = minuteAfterWhich(from, isTimezone(tz) ? tz : 'UTC')
  if (!isTimezone(tz)) errors.push(`tz is ${JSON.stringify(tz)}, expected an IANA name such as Europe/Berlin`)
  if (after === null) errors.push(`from is ${JSON.stringify(from)}, expected a time such as 2026-03-01T12:00:00+01:00`)
  if (!Number.isInteger(count) || count < 1 || count > MOST_TIMES) {
    errors.push(`count is ${JSON.stringify(count)}, expected a whole number from 1 to ${MOST_TIMES}`)
  }
  const { schedule, findings } = parseExpression(expr)
  const texts = findings.map(({ field, message, hint }) =>
    [field ? `${field}: ` : '', message, hint ? `; ${hint}` : ''].join(''),
  )
  if (schedule === null) errors.push(...texts)
  if (schedule === null || after === null || errors.length > 0) return { error: errors.join('\n') }
  const zone = zoneOf(tz)
  const minutes = nextMinutes(schedule, zone, after, count)
  return {
    next: minutes.map((minute) => formatLocal(minute, zone)),
    reading: describeSchedule(schedule),
    warnings: texts,
  }
}

/** `from` as an instant with the zone's offset; null if it is no time, or the zone none. */
export function instantAfterWhich({ from, tz }: Pick<NextQuestion, 'from' | 'tz'>): string | null {
  const after = isTimezone(tz) ? minuteAfterWhich(from, tz) : null
  return after === null ? null : formatLocal(after, zoneOf(tz))
}

/** How often a question's schedule is due in the `span` minutes after its time; null where it cannot be read. */
export function timesWithin({ expr, tz, from }: NextQuestion, span: number): number | null {
  const { schedule } = parseExpression(expr)
  const after = isTimezone(tz) ? minuteAfterWhich(from, tz) : null
  if (schedule === null || after === null) return null
  return countDue(schedule, zoneOf(tz), addMinutes(after, 1), addMinutes(after, span)).count
}

/** The minute that `from` means in a zone; null if it is no time. */
export function minuteAfterWhich(from: unknown, tz: string): Minute | null {
  if (typeof from === 'number') return Number.isFinite(from) ? minuteOf(from) : null
  return typeof from === 'string' ? parseTime(from, zoneOf(tz)) : null
}
