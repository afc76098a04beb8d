import type { Minute } from '../../domain/minute.ts'
import { addMinutes } from '../../domain/minute.ts'
import { nextMinutes } from '../../schedule/next-minutes.ts'
import { parseExpression } from '../../schedule/parse/parse-expression.ts'
import type { Schedule } from '../../schedule/schedule.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import type { TableColumn } from '../cli/table.ts'
import { describeTime, describeWait } from '../shared/describe-time.ts'
import { severalOf } from '../shared/several-of.ts'
import { minuteAfterWhich, type NextQuestion, timesWithin } from './next-answer.ts'
import type { NamedQuestion } from './next-questions.ts'

/** Columns of a list with a line for each job; `times` only where a span says within what. */
export const DUE_COLUMNS: readonly TableColumn[] = [
  { heading: 'next' },
  { heading: 'in', leaves: 3 },
  { heading: 'job' },
  { heading: 'times', leaves: 4 },
  { heading: 'hosts', leaves: 2 },
  { heading: 'schedule', leaves: 1 },
]

/** What is asked of every schedule: what is due after `from`, which may be a time of its own zone, within `span` minutes if that is not null. */
export type Span = { readonly from: NextQuestion['from']; readonly span: number | null }

/**
 * The cells of each job that is due, by time; those never due again come last where no span is set. The questions' schedules and zones can be
 * read. Pure.
 */
export function dueLines(asked: readonly NamedQuestion[], within: Span): readonly (readonly unknown[])[] {
  const due = new DueTimes(within)
  const jobs = [...Map.groupBy(asked, ({ job, enabled }) => JSON.stringify([job.key, enabled])).values()]
  const lines = jobs.map((questions) => lineOf(questions, due))
  const wanted = within.span === null ? lines : lines.filter(({ next }) => next !== null)
  return wanted
    .sort((one, other) => (one.next ?? Number.MAX_SAFE_INTEGER) - (other.next ?? Number.MAX_SAFE_INTEGER))
    .map((line) => cellsOf(line, within))
}

type Line = { readonly questions: readonly NamedQuestion[]; readonly next: Minute | null; readonly times: number }

/** Its earliest question stands first. */
function lineOf(questions: readonly NamedQuestion[], due: DueTimes): Line {
  const found = questions.map((question) => ({ question, next: due.first(question) }))
  const sorted = found.sort((one, other) => (one.next ?? Infinity) - (other.next ?? Infinity))
  const next = sorted[0]?.next ?? null
  return { questions: sorted.map(({ question }) => question), next, times: next === null ? 0 : due.count(questions) }
}

function cellsOf({ questions, next, times }: Line, { from, span }: Span): readonly unknown[] {
  const [first] = questions
  const distinct = (partOf: (question: NamedQuestion) => string | null) =>
    severalOf([...new Set(questions.map(partOf))])
  return [
    next === null || first === undefined ? null : describeTime(next, first.question.tz),
    next === null || first === undefined ? null : describeWait(afterOf(first, from), next),
    `${first?.job.name}${first?.enabled === false ? ', disabled' : ''}${pausedPart(questions)}`,
    ...(span === null ? [] : [times]),
    distinct(({ job }) => job.host),
    distinct(({ question }) => question.expr),
  ]
}

function pausedPart(questions: readonly NamedQuestion[]): string {
  const paused = questions.filter((question) => question.paused !== null).length
  if (paused === 0) return ''
  return paused === questions.length ? ', paused' : `, paused ${paused}/${questions.length}`
}

/** Most crons share their schedule with others: each is looked at once. */
class DueTimes {
  readonly #within: Span
  readonly #schedules = new Map<string, Schedule | null>()
  readonly #firsts = new Map<string, Minute | null>()

  constructor(within: Span) {
    this.#within = within
  }

  first(question: NamedQuestion): Minute | null {
    const key = keyOf(question)
    const known = this.#firsts.get(key)
    if (known !== undefined) return known
    const schedule = this.#scheduleOf(question)
    const { from, span } = this.#within
    const after = afterOf(question, from)
    const [found = null] = schedule === null ? [] : nextMinutes(schedule, zoneOf(question.question.tz), after, 1)
    const first = found !== null && span !== null && found > addMinutes(after, span) ? null : found
    this.#firsts.set(key, first)
    return first
  }

  /** In how many minutes of the span one of them is due: crons of one minute are one firing. */
  count(questions: readonly NamedQuestion[]): number {
    const { span } = this.#within
    if (span === null) return 0
    const distinct = [...new Map(questions.map((question) => [keyOf(question), question])).values()]
    const counts = distinct.map((question) => ({ question, count: this.#countOf(question, span) }))
    if (counts.length === 1) return counts[0]?.count ?? 0
    return new Set(counts.flatMap(({ question, count }) => this.#minutes(question, count))).size
  }

  #countOf({ question }: NamedQuestion, span: number): number {
    return timesWithin({ ...question, from: this.#within.from }, span) ?? 0
  }

  #minutes(question: NamedQuestion, count: number): readonly Minute[] {
    const schedule = this.#scheduleOf(question)
    return schedule === null
      ? []
      : nextMinutes(schedule, zoneOf(question.question.tz), afterOf(question, this.#within.from), count)
  }

  #scheduleOf({ question: { expr } }: NamedQuestion): Schedule | null {
    const known = this.#schedules.get(expr)
    if (known !== undefined) return known
    const { schedule } = parseExpression(expr)
    this.#schedules.set(expr, schedule)
    return schedule
  }
}

function afterOf({ question: { tz } }: NamedQuestion, from: Span['from']): Minute {
  return minuteAfterWhich(from, tz) ?? (0 as Minute)
}

function keyOf({ question: { expr, tz } }: NamedQuestion): string {
  return JSON.stringify([expr, tz])
}
