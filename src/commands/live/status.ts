import { loadSettings } from '../../app/settings.ts'
import type { Status } from '../../control/schemas.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output, styled } from '../cli/output.ts'
import { pauseLine } from '../pauses/print-pauses.ts'
import { askStatus, statusWithout } from './gather-status.ts'
import { describeSpan, shortTime } from './show-times.ts'

const NOT_RUNNING = 3
const DEGRADED = 10

/** Says how the daemon is; without one, what the files and the store tell. Exits with 3 where none runs, with 10 where it is not well. */
export async function status(context: CommandContext, { json }: { readonly json?: boolean }): Promise<ExitCode> {
  const output = new Output(context)
  const settings = await loadSettings(context.environment)
  const told = (await askStatus(settings)) ?? (await statusWithout(settings))
  if (json === true) output.json(told)
  else {
    output.record(fieldsOf(told))
    for (const pause of told.pauses) output.line(styled('yellow', 'paused:'), ` ${pauseLine(pause, told.generated)}`)
    for (const problem of told.problems) output.line(styled('yellow', '!'), ` ${problem}`)
  }
  if (told.daemon === null) return NOT_RUNNING
  return told.problems.length > 0 ? DEGRADED : 0
}

function fieldsOf(told: Status): Readonly<Record<string, unknown>> {
  const now = Date.parse(told.generated)
  return {
    user: told.user,
    store: told.store,
    'state directory': told.stateDirectory,
    daemon: told.daemon === null ? 'not running' : describeDaemon(told.daemon, now),
    'last planned': told.lastPlanned === null ? null : shortTime(told.lastPlanned, now),
    definitions: told.definitions === null ? null : describeDefinitions(told.definitions, now),
    ...(told.runs !== null && { runs: describeRuns(told.runs) }),
  }
}

function describeDaemon({ version, pid, started, isStopping }: NonNullable<Status['daemon']>, now: number): string {
  const up = describeSpan(Math.max(0, now - Date.parse(started)))
  return `${isStopping ? 'stopping' : 'running'}, rcron ${version}, process ${pid}, for ${up} (since ${shortTime(started, now)})`
}

function describeDefinitions(told: NonNullable<Status['definitions']>, now: number): string {
  const { crons, enabled, errors, from, readAt } = told
  const wrong = errors === 0 ? '' : `, ${errors} with errors ("rcron check")`
  return `${enabled} of ${crons} crons enabled${wrong}; read from the ${from} at ${shortTime(readAt, now)}`
}

function describeRuns({ active, waiting, unknown, slots }: NonNullable<Status['runs']>): string {
  const parts = [
    `${active} active`,
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(unknown > 0 ? [`${unknown} out of contact`] : []),
  ]
  return `${parts.join(', ')}; ${slots} slots`
}
