import type { ControlClient } from '../../control/client/control-client.ts'
import type { FiringAnswer, RunList } from '../../control/schemas.ts'
import { ExitError } from '../../domain/errors.ts'
import { askConfirmation, canAsk } from '../cli/confirm.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import { withDaemon } from './ask-daemon.ts'
import { statusOfFiring } from './firing-status.ts'
import { printOutcomes, printStart } from './print-firing.ts'
import { runsOf } from './ps.ts'
import { waitForFiring } from './wait-for-firing.ts'

/** Options of `rcron run`. */
export type RunOptions = {
  readonly host?: string
  readonly wait?: boolean
  readonly force?: boolean
  readonly yes?: boolean
  readonly json?: boolean
}

/**
 * Starts a job now, inside the daemon; on a terminal it follows what its runs print. Exits with 6 where it is not started, and with the job's
 * own status where that is waited for.
 */
export async function run(context: CommandContext, job: string, options: RunOptions): Promise<ExitCode> {
  return await withDaemon(context, async (daemon) => {
    const begin = () => start(context, daemon, { job, options })
    const isFollowed = context.stdout.isTTY === true && options.json !== true
    const answer = isFollowed
      ? await (await import('./follow/follow-firing.ts')).followFiring(context, daemon, begin)
      : await startAndWait(context, daemon, { begin, options })
    return options.wait === true || answer.state === 'ended' ? statusOfFiring(answer) : 0
  })
}

type Begun = { readonly begin: () => Promise<FiringAnswer>; readonly options: RunOptions }

async function startAndWait(
  context: CommandContext,
  daemon: ControlClient,
  { begin, options }: Begun,
): Promise<FiringAnswer> {
  const output = new Output(context)
  const started = await begin()
  if (options.json !== true) printStart(output, started)
  const isWaitedFor = options.wait === true && started.state === 'active'
  const answer = isWaitedFor ? await waitForFiring(context, daemon, started) : started
  if (options.json === true) output.json({ schema: 'rcron.run.v1', ...answer })
  else if (isWaitedFor) printOutcomes(output, answer)
  return answer
}

type Order = { readonly job: string; readonly options: RunOptions }

async function start(context: CommandContext, daemon: ControlClient, order: Order): Promise<FiringAnswer> {
  const { job, options } = order
  const { host, force = false, yes = false } = options
  if (!force && !yes) await confirmClobber(context, daemon, job)
  return await daemon.act<FiringAnswer>('/firings', { job, isForced: force, ...(host !== undefined && { host }) })
}

/** A job of that action ends what is active of it first: on a terminal, only after a yes. */
async function confirmClobber(context: CommandContext, daemon: ControlClient, job: string): Promise<void> {
  if (!canAsk(context)) return
  const active = await activeOf(daemon, job)
  const doomed = active.find(({ action, state }) => action === 'clobber' && state !== 'waiting')
  if (doomed === undefined) return
  const named = `A run of ${doomed.job} is active on ${doomed.host ?? 'a host'} (${doomed.run})`
  new Output(context).note(`${named}: action clobber kills it first.`)
  if (await askConfirmation(context, 'Kill it and start a new one?')) return
  throw new ExitError(6, 'cancelled: nothing was started, and nothing killed', null)
}

/** None where nothing of it is active, or there is no such job: that is said by what follows. */
async function activeOf(daemon: ControlClient, job: string): Promise<RunList['items']> {
  try {
    return (await daemon.look<RunList>(runsOf(job))).items
  } catch (error) {
    if (error instanceof ExitError && error.status === 4) return []
    throw error
  }
}
