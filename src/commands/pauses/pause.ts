import { loadSettings, type Settings } from '../../app/settings.ts'
import type { PauseList, PauseOrder } from '../../control/schemas.ts'
import { InvalidInputError } from '../../domain/errors.ts'
import { aboutOption, errorAbout, type Problem } from '../../domain/problem.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import { futureTimeOf, lengthOf } from '../shared/future-time.ts'
import { changePauses, listPauses } from './change-pauses.ts'
import { PAUSE_COLUMNS, pauseCells, printPaused } from './print-pauses.ts'

/** Options of `rcron pause`. */
export type PauseOptions = {
  readonly all?: boolean
  readonly for?: string
  readonly until?: string
  readonly schedule?: string
  readonly tz?: string
  readonly reason?: string
  readonly json?: boolean
}

/** Keeps jobs from being started for a time; lists the pauses where it is told nothing. */
export async function pause(
  context: CommandContext,
  words: readonly string[],
  options: PauseOptions,
): Promise<ExitCode> {
  const settings = await loadSettings(context.environment)
  const { json, ...others } = options
  if (words.length === 0 && Object.keys(others).length === 0) return await list(context, settings, json === true)
  const order = orderOf(words, options, settings)
  const { items, when } = await changePauses(context, settings, { path: '/pauses', order })
  const output = new Output(context)
  if (json === true) output.json({ schema: 'rcron.pause.v1', items })
  else printPaused(output, { items, when })
  return 0
}

async function list(context: CommandContext, settings: Settings, isJson: boolean): Promise<ExitCode> {
  const output = new Output(context)
  const told: PauseList = await listPauses(settings)
  if (isJson) output.json(told)
  else if (told.items.length === 0) output.note('Nothing is paused.')
  else output.table(PAUSE_COLUMNS, told.items.map(pauseCells(told.generated)))
  return 0
}

function orderOf(words: readonly string[], options: PauseOptions, { config }: Settings): PauseOrder {
  const { all = false, schedule, tz = null, reason = '' } = options
  const problems = [...problemsOf(words, options)]
  if (problems.length > 0) throw new InvalidInputError(problems)
  const now = Date.now()
  const lasts = options.for === undefined ? null : lengthOf('--for', options.for)
  const until =
    options.until === undefined ? null : futureTimeOf('--until', options.until, { now, zone: zoneOf(config.timezone) })
  const named = { of: [...words], isAll: all, reason }
  if (schedule === undefined) return { ...named, until: until ?? (lasts === null ? null : now + lasts), window: null }
  return { ...named, until, window: { schedule, minutes: Math.ceil((lasts ?? 0) / 60_000), timezone: tz } }
}

function* problemsOf(words: readonly string[], options: PauseOptions): Generator<Problem> {
  const { all, schedule, tz, reason = '' } = options
  const missing = (flag: string, message: string, hint: string | null = null) =>
    errorAbout(aboutOption(flag), message, hint)
  if (words.length === 0 && all !== true)
    yield missing('rcron pause', 'nothing to pause was given', 'give a job, system:NAME, tag:NAME or --all')
  if (reason.trim() === '') yield missing('--reason', 'missing: whoever finds the pause wants to know what it is for')
  if (schedule === undefined && options.for !== undefined && options.until !== undefined)
    yield missing('--until', 'given beside --for, expected one of them')
  if (schedule !== undefined && options.for === undefined)
    yield missing('--for', 'missing: a window with --schedule is open for a time', 'such as --for 2h')
  if (schedule === undefined && tz !== undefined) yield missing('--tz', 'given without --schedule')
}
