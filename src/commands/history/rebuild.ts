import { keptFrom } from '../../history/history-sweeper.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import { withStore } from '../shared/open-store.ts'

/** Makes what lists and counts are read from again, from the rows of the history; beside a daemon too. */
export async function rebuild(context: CommandContext): Promise<ExitCode> {
  return await withStore<ExitCode>(context, async ({ settings, store }) => {
    const output = new Output(context)
    const before = keptFrom(Date.now(), settings.config.history.days)
    await store.rebuildHistory(before, (done) => output.line(done))
    return 0
  })
}
