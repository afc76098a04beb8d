import { randomBytes } from 'node:crypto'
import { loadSettings, type Settings } from '../../app/settings.ts'
import { DaemonAbsent } from '../../control/client/control-client.ts'
import type { ResolutionOrder, ResolutionReport } from '../../control/schemas.ts'
import { InvalidInputError } from '../../domain/errors.ts'
import { aboutOption, aboutWord, errorAbout, type Problem } from '../../domain/problem.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import { actorIn, noteAudit } from '../history/note-changes.ts'
import { exitOfFault } from '../shared/exit-of-fault.ts'
import { daemonOf } from './ask-daemon.ts'

/** Options of `rcron resolve`. */
export type ResolveOptions = { readonly as?: string; readonly reason?: string; readonly json?: boolean }

/** Gives a lost run the end that somebody knows of: by the daemon, and without one in the store. */
export async function resolve(context: CommandContext, run: string, options: ResolveOptions): Promise<ExitCode> {
  const order = orderOf(run, options)
  const settings = await loadSettings(context.environment)
  const report = await resolved(context, settings, order)
  const output = new Output(context)
  if (options.json === true) output.json({ schema: 'rcron.resolve.v1', ...report })
  else {
    output.line(
      `run ${report.run} of ${report.job} on ${report.host} was ${report.was.outcome}, is ${report.became.outcome}`,
    )
  }
  return 0
}

function orderOf(run: string, { as, reason = '' }: ResolveOptions): ResolutionOrder {
  const problems: Problem[] = []
  const word = run.toLowerCase()
  if (!/^[0-9a-f]{4,32}$/.test(word))
    problems.push(errorAbout(aboutWord(run, 'run'), 'expected the id of a run, four letters of it at least'))
  if (as !== 'succeeded' && as !== 'failed')
    problems.push(errorAbout(aboutOption('--as'), `found ${JSON.stringify(as ?? null)}, expected succeeded or failed`))
  if (reason.trim() === '') problems.push(errorAbout(aboutOption('--reason'), 'missing: how is that known?'))
  if (problems.length > 0 || (as !== 'succeeded' && as !== 'failed')) throw new InvalidInputError(problems)
  return { run: word, as, reason }
}

async function resolved(
  context: CommandContext,
  settings: Settings,
  order: ResolutionOrder,
): Promise<ResolutionReport> {
  try {
    return await daemonOf(settings).act<ResolutionReport>('/resolutions', order)
  } catch (error) {
    if (!(error instanceof DaemonAbsent)) throw error
    return await exitOfFault(() => resolvedInStore(context, settings, order))
  }
}

async function resolvedInStore(
  context: CommandContext,
  settings: Settings,
  order: ResolutionOrder,
): Promise<ResolutionReport> {
  const [{ resolve: carryOut }, { withStoreOf }, { readNotes }] = await Promise.all([
    import('../../control/act/resolutions.ts'),
    import('../shared/open-store.ts'),
    import('../../app/installation-notes.ts'),
  ])
  const { activeFactsOf } = await import('../../dispatch/locks/lock-of-run.ts')
  const actor = actorIn(settings.environment)
  return await withStoreOf(settings, async ({ store }) => {
    const active = readNotes(settings.config).locks.map(activeFactsOf)
    const resolveRun: (typeof store)['resolveRun'] = (id, resolution) => store.resolveRun(id, resolution)
    const report = await carryOut(order, actor, { active, resolveRun })
    const row = {
      id: randomBytes(16).toString('hex'),
      at: Date.now(),
      actor,
      action: 'resolve',
      subject: `run ${order.run}`,
      was: null,
      became: JSON.stringify(report),
    }
    await noteAudit(store, [row], new Output(context))
    return report
  })
}
