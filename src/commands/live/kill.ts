import type { ControlClient } from '../../control/client/control-client.ts'
import type { KillReport, LiveRun, RunList } from '../../control/schemas.ts'
import { ExitError, InvalidInputError } from '../../domain/errors.ts'
import { aboutOption, errorAbout } from '../../domain/problem.ts'
import { askConfirmation, canAsk } from '../cli/confirm.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output, styled } from '../cli/output.ts'
import { withDaemon } from './ask-daemon.ts'
import { cellsOf, RUN_COLUMNS, runsOf } from './ps.ts'
import { shortIds } from './short-ids.ts'
import { describeSpan } from './show-times.ts'

/** Options of `rcron kill`. */
export type KillOptions = { readonly yes?: boolean; readonly json?: boolean }

const NOT_CONFIRMED = 7

/** Ends active runs, and says of each whether it is dead. Exits with 7 where that is not confirmed of one. */
export async function kill(context: CommandContext, words: readonly string[], options: KillOptions): Promise<ExitCode> {
  return await withDaemon(context, async (daemon) => {
    const list = await meantBy(daemon, words)
    await confirmKill(context, list, options)
    const report = await daemon.act<KillReport>('/kills', { runs: list.items.map(({ run }) => run) })
    print(new Output(context), report, options)
    return report.items.every(({ isConfirmed }) => isConfirmed) ? 0 : NOT_CONFIRMED
  })
}

/** All that the words mean; a word that means nothing ends it before anything is done. */
async function meantBy(daemon: ControlClient, words: readonly string[]): Promise<RunList> {
  const [first, ...others] = await Promise.all(words.map((word) => daemon.look<RunList>(runsOf(word))))
  if (first === undefined) throw new Error('commander asks for one word at least')
  const runs = new Map([first, ...others].flatMap(({ items }) => items.map((run): [string, LiveRun] => [run.run, run])))
  return { ...first, items: [...runs.values()] }
}

async function confirmKill(context: CommandContext, list: RunList, { yes }: KillOptions): Promise<void> {
  if (yes === true) return
  if (!canAsk(context)) throw new InvalidInputError([UNCONFIRMED])
  const output = new Output(context)
  output.table(RUN_COLUMNS, cellsOf(list))
  const question = list.items.length === 1 ? 'Kill this run?' : `Kill these ${list.items.length} runs?`
  if (await askConfirmation(context, question)) return
  throw new ExitError(6, 'cancelled: nothing was killed', null)
}

const UNCONFIRMED = errorAbout(aboutOption('--yes'), 'missing, and nobody is there to be asked', 'nothing was killed')

function print(output: Output, report: KillReport, { json }: KillOptions): void {
  if (json === true) {
    output.json({ schema: 'rcron.kill.v1', ...report })
    return
  }
  const short = shortIds(report.items.map(({ run }) => run))
  for (const { run, job, host, isConfirmed, reason, outcome, tookMs } of report.items) {
    const named = `run ${short(run)}${job === '' ? '' : ` of ${job}`}${host === null ? '' : ` on ${host}`}`
    if (isConfirmed) {
      const end = outcome === null ? '' : `, ${outcome}`
      output.line(styled('green', 'dead:'), ` ${named}, confirmed after ${describeSpan(tookMs)}${end}`)
    } else {
      output.line(styled('red', 'not confirmed:'), ` ${named}: ${reason}`)
      output.note(`It stays active, and nothing is started in its place. Try again: rcron kill ${short(run)}`)
    }
  }
}
