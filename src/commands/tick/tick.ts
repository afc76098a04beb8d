import { composeTick, type Tick } from '../../app/tick.ts'
import type { Snapshot } from '../../definitions/snapshot.ts'
import { type FiringResult, hasSucceeded } from '../../dispatch/firing-result.ts'
import { BUG } from '../../domain/bug.ts'
import { ExitError, InvalidInputError, OperatorError } from '../../domain/errors.ts'
import type { Firing } from '../../domain/job.ts'
import { describeMinute } from '../../domain/minute.ts'
import { describeOutcome } from '../../domain/outcome.ts'
import { aboutOption, aboutWord, errorAbout, type Problem } from '../../domain/problem.ts'
import { askConfirmation, canAsk } from '../cli/confirm.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import { reportingToLog } from '../cli/reporting-to-log.ts'
import { dryRun } from './dry-run.ts'
import { firingsByHand } from './firings-by-hand.ts'
import { minuteAt } from './minute-at.ts'

/** Options of `rcron tick`. */
export type TickOptions = {
  readonly at?: string
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly rows?: boolean
  readonly json?: boolean
}

/**
 * Plans and runs one minute and waits for its runs; by hand, of the jobs that `wanted` names, or of all. Exits with 0 if every firing
 * succeeded, else with 1.
 */
export async function tick(
  context: CommandContext,
  wanted: readonly string[],
  options: TickOptions,
): Promise<ExitCode> {
  if (options.at === undefined && wanted.length > 0) throw new InvalidInputError([namedWithoutTime(wanted)])
  if (options.rows === true && options.dryRun !== true) throw new InvalidInputError([ROWS_OF_A_RUN])
  if (options.dryRun === true) return await dryRun(context, wanted, options)
  return await reportingToLog(context, 2, () => tickNow(context, wanted, options))
}

async function tickNow(context: CommandContext, wanted: readonly string[], options: TickOptions): Promise<ExitCode> {
  const isWatched = context.stderr.isTTY === true
  await using ticking = await composeTick(context.environment, { isByHand: options.at !== undefined, isWatched })
  const at = options.at === undefined ? null : minuteAt(options.at, ticking.timezone, Date.now())
  const snapshot = await definitionsOf(ticking)
  const byHand = at === null ? null : firingsByHand(snapshot, at, wanted)
  if (byHand !== null && byHand.length > 1 && options.yes !== true) await confirmStart(context, byHand)
  await ticking.dispatcher.adopt()
  const results = byHand === null ? await ticking.planNow(snapshot) : await fireByHand(ticking, byHand)
  report(context, results, options.json === true)
  // What an earlier tick has left may have ended, and its firing not.
  await ticking.dispatcher.probed()
  await ticking.recorded()
  return results.every(hasSucceeded) ? 0 : 1
}

async function definitionsOf({ source }: Tick): Promise<Snapshot> {
  await source.refresh()
  if (source.snapshot !== null) return source.snapshot
  if (source.isTooOld)
    throw new OperatorError(
      'the store cannot be read, and the definitions in the cache are older than RCRON_CACHE_MAX_AGE_HOURS',
      'The log above says why the store does not answer.',
    )
  throw new OperatorError(
    'there are no definitions: cannot read the store or a cache',
    'The log above says why; for a new installation run "rcron init".',
  )
}

function fireByHand({ dispatcher }: Tick, firings: readonly Firing[]): Promise<readonly FiringResult[]> {
  return Promise.all(firings.map((firing) => dispatcher.fire(firing, 'manual').result))
}

/** Where somebody is there to be asked, several jobs are started only after a yes. */
async function confirmStart(context: CommandContext, firings: readonly Firing[]): Promise<void> {
  if (!canAsk(context)) return
  const output = new Output(context)
  for (const { job, crons } of firings) {
    const hosts = crons.map(({ system }) => system.host).join(', ')
    output.note(`${job.name} (${job.action}) on ${hosts}`)
  }
  if (await askConfirmation(context, `Start these ${firings.length} jobs now?`)) return
  throw new ExitError(6, 'cancelled: nothing was started', 'Name jobs after the time: rcron tick --at TIME JOB')
}

const ROWS_OF_A_RUN = errorAbout(aboutOption('--rows'), 'found without --dry-run, expected only together with it')

function namedWithoutTime([first = '']: readonly string[]): Problem {
  const message = 'crons can only be named together with --at'
  const hint = 'without it a tick runs everything that is due now'
  return errorAbout(aboutWord(first), message, hint)
}

/** Where nobody watches, nothing is said of nothing: a local crontab would mail it, minute by minute. */
function report(context: CommandContext, results: readonly FiringResult[], json: boolean): void {
  const output = new Output(context)
  const rows = results.flatMap(({ firing, outcomes }) =>
    outcomes.map(({ cron, run, outcome }) => ({
      minute: describeMinute(firing.minute),
      job: firing.job.name,
      cron: cron.id,
      host: cron.system.host,
      user: cron.auth.user,
      run,
      outcome: outcome?.kind ?? null,
      description: outcome === null ? `${BUG}: its end is not known` : describeOutcome(outcome),
    })),
  )
  if (json) output.json(rows)
  else if (rows.length > 0) {
    const headings = ['minute', 'job', 'cron', 'host', 'user', 'description'] as const
    output.table(
      headings,
      rows.map((row) => headings.map((heading) => row[heading])),
    )
  } else if (context.stderr.isTTY) output.note('Nothing was due.')
}
