import type { ReadStream, WriteStream } from 'node:tty'
import { InvalidInputError, OperatorError } from '../domain/errors.ts'
import { escapeText } from '../platform/escape-text.ts'

/** What a command is given of the process it runs in. */
export type CommandContext = {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly stdin: ReadStream
  readonly stdout: WriteStream
  readonly stderr: WriteStream
}

/** What every command answers with: 0 done, 1 an operation or a run failed, 2 the input cannot be used. */
export type ExitCode = 0 | 1 | 2

/** Carries a command out; what an operator can mend is told without a stack, a bug with one. Never rejects. */
export async function runCommand(context: CommandContext, work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work()
  } catch (error) {
    const red = await redOn(context)
    if (error instanceof OperatorError) {
      context.stderr.write(`${red('rcron:')} ${escapeLines(error.message)}\n`)
      if (error.hint !== null) context.stderr.write(`${escapeLines(error.hint)}\n`)
      return error instanceof InvalidInputError ? 2 : 1
    }
    context.stderr.write(`${red('rcron: a bug in rcron:')} ${error instanceof Error ? error.stack : String(error)}\n`)
    return 1
  }
}

/** Loaded when there is something to say: help needs no settings. */
async function redOn(context: CommandContext): Promise<(text: string) => string> {
  const { paint } = await import('./paint.ts')
  return paint(context, 'stderr', 'red')
}

/** Problems stand on lines of their own; anything else that could move a terminal is made visible. */
function escapeLines(message: string): string {
  return message.split('\n').map(escapeText).join('\n')
}
