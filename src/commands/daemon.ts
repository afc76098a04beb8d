import { composeDaemon } from '../app/daemon.ts'
import type { CommandContext, ExitCode } from './cli/context.ts'
import { reportingToLog } from './cli/reporting-to-log.ts'

/** Runs until SIGTERM or SIGINT. Exits with 1 where another daemon has the state directory or the database, with 2 for settings that cannot be used. */
export function daemon(context: CommandContext): Promise<ExitCode> {
  return reportingToLog(context, 1, async () => {
    await using composed = await composeDaemon(context.environment, context.signals)
    await composed.run()
    return 0
  })
}
