import { loadSettings } from '../../app/settings.ts'
import { judgeCronsAlone } from '../../definitions/compile-snapshot.ts'
import { judgePauses } from '../../definitions/judge/pauses/judge-pause.ts'
import { InvalidInputError } from '../../domain/errors.ts'
import { escapeJson } from '../../platform/log/escape-text.ts'
import { parseTime } from '../../schedule/local-time.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import { type OpenStore, withStore } from '../shared/open-store.ts'
import { timeOf } from '../shared/past-time.ts'
import { lineBatches } from './line-batches.ts'
import { answerNext } from './next-answer.ts'
import { countOf, type NextOptions, refuseOptions, spanOf } from './next-options.ts'
import {
  type ChosenQuestions,
  chooseEnabled,
  chooseWanted,
  isExpression,
  type KnownCrons,
  type QuestionDefaults,
  questionOfExpression,
} from './next-questions.ts'
import { PatientOutput } from './patient-output.ts'
import { explainEach, listDue, printJson } from './print-next.ts'

type Defaults = QuestionDefaults['defaults']

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
  const from = fromOf(options, config.timezone)
  const defaults = { tz: options.tz ?? config.timezone, from, count: countOf(options) }
  if (options.stdin === true) return await answerLines(context, defaults)
  const { asked, leftOut } = await questionsOf(context, wanted, { defaults, tz: options.tz })
  for (const problem of leftOut) output.problem(problem)
  if (asked.length === 0) output.note(NONE_ENABLED)
  const within = { from, span: spanOf(options) }
  if (options.json === true) return printJson(output, asked, within)
  const isListed = within.span !== null || (wanted.length === 0 && options.count === undefined)
  const status = isListed ? listDue(output, asked, within) : explainEach(output, asked)
  for (const reason of new Set(asked.flatMap(({ paused }) => paused ?? []))) output.note(`Paused: ${reason}`)
  return status
}

/** What is written out is a local time of each cron's zone, where it names none; words are about one moment. */
function fromOf({ from, tz }: NextOptions, timezone: string): string | number {
  const now = Date.now()
  if (from === undefined) return now
  const zone = zoneOf(tz ?? timezone)
  return parseTime(from, zone) === null ? timeOf('--from', from, { now, zone, toward: 'any' }) : from
}

const NONE_ENABLED = 'There is no enabled cron that can be used: "rcron cron enable" enables one.'

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

/** What is asked of crons does not depend on how they go together. */
async function loadCrons({ settings, store }: OpenStore): Promise<KnownCrons> {
  const { definitions, problems } = await store.loadDefinitions()
  const { timezone } = settings.config
  const judged = judgeCronsAlone({ definitions, problems, defaultTimezone: timezone })
  const { pauses } = judgePauses(definitions.pauses ?? [], timezone)
  return { judged, rows: definitions.crons, pauses }
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
  const known = await withStore(context, loadCrons)
  const chosen = wanted.length === 0 ? chooseEnabled(asking, known) : chooseWanted(wanted, asking, known)
  if (chosen.refused.length > 0)
    throw new InvalidInputError(chosen.refused, chosen.refused.every(({ about }) => about.kind === 'word') ? 4 : 2)
  return chosen
}
