import { composeLastWord } from '../../app/last-line.ts'
import { BUG } from '../../domain/bug.ts'
import { ExitError, InvalidInputError, OperatorError } from '../../domain/errors.ts'
import type { CommandContext, ExitCode } from './context.ts'

/**
 * Carries out the work of a process that logs on `descriptor`: what ends it, an exception that nobody catches among it, is reported there in
 * the format of the log. Where that is text, it is reported as by every command.
 */
export async function reportingToLog(
  { environment }: Pick<CommandContext, 'environment'>,
  descriptor: 1 | 2,
  work: () => Promise<ExitCode>,
): Promise<ExitCode> {
  const say = await composeLastWord(environment, descriptor)
  if (say === null) return await work()
  const crash = (error: unknown) => {
    say({ err: error }, `${BUG}: uncaught exception, exiting`)
    process.exit(1)
  }
  // Before what the process has for itself, which says it as text.
  process.prependListener('uncaughtException', crash)
  try {
    return await work()
  } catch (error) {
    say({ err: error }, error instanceof OperatorError ? 'rcron cannot run' : `${BUG}: uncaught exception, exiting`)
    return error instanceof ExitError || error instanceof InvalidInputError ? error.status : 1
  } finally {
    process.off('uncaughtException', crash)
  }
}
