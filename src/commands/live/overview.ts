import { loadSettings, nameOfDatabase, type Settings } from '../../app/settings.ts'
import { OperatorError } from '../../domain/errors.ts'
import { userName } from '../../platform/user-name.ts'
import { installedVersion } from '../../platform/version.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output, styled } from '../cli/output.ts'
import { pauseLine } from '../pauses/print-pauses.ts'
import { askStatus } from './gather-status.ts'

const COMMANDS = [
  ['rcron status', 'how the daemon is, and what it works with'],
  ['rcron ps', 'what runs now'],
  ['rcron cron list', 'every job, with its last run'],
  ['rcron next --for 1h', 'what is due'],
  ['rcron run JOB', 'start a job now'],
  ['rcron --help', 'every command, and the first steps'],
] as const

/** `rcron` alone: in short how it is, and what to type next. */
export async function overview(context: CommandContext): Promise<ExitCode> {
  const output = new Output(context)
  for (const line of await linesOf(context)) output.line(line)
  output.line()
  const width = Math.max(...COMMANDS.map(([command]) => command.length))
  for (const [command, about] of COMMANDS) output.line('  ', styled('bold', command.padEnd(width)), `  ${about}`)
  return 0
}

async function linesOf({ environment }: CommandContext): Promise<readonly string[]> {
  const name = `rcron ${installedVersion()}`
  try {
    const settings = await loadSettings(environment)
    return [`${name}: ${await describeDaemon(settings)}`, placesOf(settings)]
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error
    return [`${name}: ${error.message}`]
  }
}

async function describeDaemon(settings: Settings): Promise<string> {
  const told = await askStatus(settings)
  if (told === null) return 'no daemon is running'
  const { daemon, runs, problems, pauses } = told
  const paused = pauses
    .filter(({ isInForce }) => isInForce)
    .map((pause) => `; paused: ${pauseLine(pause, told.generated)}`)
  const well = problems.length === 0 ? 'well' : problems.join('; ')
  return `the daemon is running (process ${daemon?.pid}), ${runs?.active ?? 0} runs active, ${well}${paused.join('')}`
}

function placesOf({ config }: Settings): string {
  return `user ${userName()}, store ${nameOfDatabase(config.database)}, state in ${config.stateDirectory}`
}
