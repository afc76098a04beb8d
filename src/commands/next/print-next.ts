import { REBOOT } from '../../schedule/parse/macros.ts'
import { parseExpression } from '../../schedule/parse/parse-expression.ts'
import type { ExitCode } from '../cli/context.ts'
import { type Output, styled } from '../cli/output.ts'
import { DUE_COLUMNS, dueLines, type Span } from './due-lines.ts'
import { answerNext, instantAfterWhich, type NextAnswer, timesWithin } from './next-answer.ts'
import type { NamedQuestion } from './next-questions.ts'

type Answered = Omit<NamedQuestion['question'], 'from'> &
  Pick<NamedQuestion, 'name' | 'enabled'> & { readonly paused?: string } & { readonly from: string | null } & NextAnswer

/** Of each that is asked its coming times; with a span those within it, of what is due then. */
export function printJson(output: Output, asked: readonly NamedQuestion[], { span }: Span): ExitCode {
  const answers = asked.flatMap((it) => answerWithin(it, span) ?? [])
  output.json(answers)
  return statusOf(answers)
}

/** A schedule or cron after the other, each with its coming times, in plain words. */
export function explainEach(output: Output, asked: readonly NamedQuestion[]): ExitCode {
  const answers = asked.map(answerOf)
  for (const answer of answers) print(output, answer)
  return statusOf(answers)
}

/** A line for each job, by time; what cannot be read is explained beneath. */
export function listDue(output: Output, asked: readonly NamedQuestion[], within: Span): ExitCode {
  // Crons that cannot be read are left out before.
  const [read, unread] = [asked.filter(isReadable), asked.filter((it) => !isReadable(it)).map(answerOf)]
  const lines = dueLines(read, within)
  if (lines.length > 0) {
    const columns = DUE_COLUMNS.filter(({ heading }) => heading !== 'times' || within.span !== null)
    output.table(columns, lines)
  } else if (read.length > 0) output.note('Nothing is due in that time.')
  for (const answer of unread) print(output, answer)
  return statusOf(unread)
}

function isReadable({ question: { expr }, job }: NamedQuestion): boolean {
  return job.host !== null || parseExpression(expr).schedule !== null
}

/** Null where it is not due within `span` minutes. */
function answerWithin(asked: NamedQuestion, span: number | null): Answered | null {
  if (span === null) return answerOf(asked)
  const count = timesWithin(asked.question, span)
  if (count === 0) return null
  return answerOf({ ...asked, question: { ...asked.question, count: count ?? 1 } })
}

function answerOf({ name, enabled, paused, question }: NamedQuestion): Answered {
  return {
    name,
    enabled,
    ...(paused !== null && { paused }),
    ...question,
    from: instantAfterWhich(question),
    ...answerNext(question),
  }
}

function print(output: Output, answer: Answered): void {
  const name = answer.enabled ? answer.name : `${answer.name}, disabled`
  const title = answer.name === answer.expr ? answer.expr : `${name}  ${answer.expr}`
  output.line(styled('bold', title), '  ', styled('dim', `(${answer.tz})`))
  if ('error' in answer) {
    for (const line of answer.error.split('\n')) output.line('  ', styled('red', line))
    return
  }
  output.line(`  ${answer.reading}`)
  for (const warning of answer.warnings) output.line('  ', styled('yellow', `warning: ${warning}`))
  for (const time of answer.next) output.line(`  ${time}`)
  if (answer.next.length === 0) output.line(answer.expr.trim() === REBOOT ? '  at no time of the clock' : '  never')
}

function statusOf(answers: readonly Answered[]): ExitCode {
  return answers.some((answer) => 'error' in answer) ? 2 : 0
}
