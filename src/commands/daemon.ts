import { composeDaemon } from '../compose-daemon.ts'
import type { CommandContext, ExitCode } from './context.ts'

/** Runs until SIGTERM or SIGINT. Exits with 1 where another daemon has the state directory, with 2 for settings that cannot be used. */
export async function daemon({ environment }: CommandContext): Promise<ExitCode> {
  const composed = await composeDaemon(environment)
  try {
    await composed.daemon.run()
    return 0
  } finally {
    await composed.close()
  }
}
