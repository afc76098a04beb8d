import { composeDaemon } from '../compose-daemon.ts'
import type { CommandContext, ExitCode } from './context.ts'

/** Runs until SIGTERM or SIGINT. Exits with 1 where another daemon has the state directory or the database, with 2 for settings that cannot be used. */
export async function daemon({ environment }: CommandContext): Promise<ExitCode> {
  const composed = await composeDaemon(environment)
  try {
    await composed.run()
    return 0
  } finally {
    await composed.close()
  }
}
