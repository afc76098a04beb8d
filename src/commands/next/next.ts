import { loadSettings } from '../../app/settings.ts'
import { InvalidInputError } from '../../domain/errors.ts'
import { aboutOption, errorAbout, type Problem } from '../../domain/problem.ts'
import { escapeJson } from '../../platform/log/escape-text.ts'
import { parseTime } from '../../schedule/local-time.ts'
import { REBOOT } from '../../schedule/parse/macros.ts'
import { isTimezone, zoneOf } from '../../schedule/timezone.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output, styled } from '../cli/output.ts'
import { loadJudged, withStore } from '../shared/open-store.ts'
import { lineBatches } from './line-batches.ts'
import { answerNext, instantAfterWhich, MOST_TIMES, type NextAnswer } from './next-answer.ts'
import {
  type ChosenQuestions,
  chooseEnabled,
  chooseWanted,
  isExpression,
  type NamedQuestion,
  type QuestionDefaults,
  questionOfExpression,
} from './next-questions.ts'
import { PatientOutput } from './patient-output.ts'

/** Options of `rcron next`. */
export type NextOptions = {
  readonly from?: string
  readonly tz?: string
  readonly count: string
  readonly stdin?: boolean
  readonly json?: boolean
}

type Defaults = QuestionDefaults['defaults']
type Answered = Omit<NamedQuestion['question'], 'from'> & Pick<NamedQuestion, 'name' | 'enabled'> & NextAnswer

/** Prints coming times of schedules or crons. Exits with 2 where one cannot be read. */
export async function next(
  context: CommandContext,
  wanted: readonly string[],
  options: NextOptions,
): Promise<ExitCode> {
  refuseOptions(wanted, options)
  const output = new Output(context)
  const { config, ignored } = await loadSettings(context.environment)
  for (const problem of ignored) output.problem(problem)
  const defaults = { tz: options.tz ?? config.timezone, from: options.from ?? Date.now(), count: Number(options.count) }
  if (options.stdin === true) return await answerLines(context, defaults)
  const { asked, leftOut } = await questionsOf(context, wanted, { defaults, tz: options.tz })
  for (const problem of leftOut) output.problem(problem)
  if (asked.length === 0) output.note(NONE_ENABLED)
  const answers = asked.map(({ name, enabled, question }) => ({
    name,
    enabled,
    ...question,
    from: instantAfterWhich(question),
    ...answerNext(question),
  }))
  if (options.json === true) output.json(answers)
  else for (const answer of answers) print(output, answer)
  return answers.some((answer) => 'error' in answer) ? 2 : 0
}

const NONE_ENABLED = 'There is no enabled cron that can be used: "rcron cron enable" enables one.'

function refuseOptions(wanted: readonly string[], { count, from, tz, stdin }: NextOptions): void {
  const problems: Problem[] = []
  const refuse = (flag: string, message: string) => problems.push(errorAbout(aboutOption(flag), message))
  const isCount = /^\d{1,6}$/.test(count) && Number(count) >= 1 && Number(count) <= MOST_TIMES
  if (!isCount) refuse('--count', `found ${JSON.stringify(count)}, expected a whole number from 1 to ${MOST_TIMES}`)
  if (from !== undefined && parseTime(from, zoneOf('UTC')) === null) {
    refuse('--from', `found ${JSON.stringify(from)}, expected a time such as 2026-03-01T12:00:00+01:00`)
  }
  if (tz !== undefined && !isTimezone(tz)) {
    refuse('--tz', `found ${JSON.stringify(tz)}, expected an IANA name such as Europe/Berlin`)
  }
  if (stdin === true && wanted.length > 0)
    refuse('--stdin', 'found schedules as arguments too, expected only one of the two')
  if (problems.length > 0) throw new InvalidInputError(problems)
}

/** One answer a line, in the order of the questions, as they come. A line that cannot be read is answered too. */
async function answerLines(context: CommandContext, defaults: Defaults): Promise<ExitCode> {
  const { stdin } = context
  const output = new PatientOutput(context.stdout)
  const answer = (line: string) => `${escapeJson(JSON.stringify(answerLine(line, defaults)))}\n`
  for await (const lines of lineBatches(stdin)) {
    const answers = lines.filter((line) => line.trim() !== '').map(answer)
    if (!(await output.write(answers.join('')))) break
  }
  stdin.destroy()
  return 0
}

function answerLine(
  line: string,
  defaults: Defaults,
): { readonly next: readonly string[] } | { readonly error: string } {
  const question = parseLine(line)
  if (question === null || typeof question['expr'] !== 'string') {
    return {
      error: 'expected a JSON object such as {"expr":"0 2 * * *","tz":"UTC","from":"2026-03-01T00:00:00Z","count":3}',
    }
  }
  const answer = answerNext({ ...defaults, ...question, expr: question['expr'] })
  return 'error' in answer ? answer : { next: answer.next }
}

function parseLine(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null) return null
    // What is null is absent.
    return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null))
  } catch {
    return null // Answered as a line that cannot be read.
  }
}

/** The store is asked only where a cron is meant. Rejects with an InvalidInputError for words that mean nothing. */
async function questionsOf(
  context: CommandContext,
  wanted: readonly string[],
  asking: QuestionDefaults,
): Promise<ChosenQuestions> {
  if (wanted.length > 0 && wanted.every(isExpression)) {
    return { asked: wanted.map((expr) => questionOfExpression(expr, asking)), leftOut: [], refused: [] }
  }
  const { definitions, snapshot } = await withStore(context, loadJudged)
  const known = { snapshot, rows: definitions.crons }
  const chosen = wanted.length === 0 ? chooseEnabled(asking, known) : chooseWanted(wanted, asking, known)
  if (chosen.refused.length > 0) throw new InvalidInputError(chosen.refused)
  return chosen
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
