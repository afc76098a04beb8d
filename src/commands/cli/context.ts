import type { ReadStream, WriteStream } from 'node:tty'
import type { DaemonSignals } from '../../daemon/daemon-signals.ts'
import { ExitError, InvalidInputError, OperatorError } from '../../domain/errors.ts'
import { describeProblem } from '../../domain/problem.ts'
import { escapeText } from '../../platform/log/escape-text.ts'

/** What a command is given of the process it runs in. */
export type CommandContext = {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly stdin: ReadStream
  readonly stdout: WriteStream
  readonly stderr: WriteStream
  /** Caught from the first moment on, where the process is to be a daemon. */
  readonly signals?: DaemonSignals
}

/** What a command answers with: `EXIT_CODES` says what each means. */
export type ExitCode = number

/** Carries one command out, and keeps its exit status. */
export type Run = (work: () => Promise<ExitCode>) => Promise<void>

/** Carries a command out; what an operator can fix is reported without a stack, a bug with one. Never rejects. */
export async function runCommand(
  context: CommandContext,
  work: () => Promise<ExitCode>,
  isJson = false,
): Promise<ExitCode> {
  try {
    return await work()
  } catch (error) {
    if (isJson) return await failInJson(context, error)
    // Loaded when there is something to say: help needs no settings.
    const { paint } = await import('./paint.ts')
    const red = paint(context, 'stderr', 'red')
    if (error instanceof OperatorError) {
      context.stderr.write(`${red('rcron:')} ${linesOf(error).join('\n')}\n`)
      return statusOf(error)
    }
    context.stderr.write(`${red('rcron: a bug in rcron:')} ${describeBug(error)}\n`)
    return 1
  }
}

function statusOf(error: OperatorError): ExitCode {
  return error instanceof ExitError || error instanceof InvalidInputError ? error.status : 1
}

/** As one object on standard error, for a program that reads what the command says. */
async function failInJson({ stderr }: CommandContext, error: unknown): Promise<ExitCode> {
  const { errorEnvelope } = await import('./error-envelope.ts')
  const status = error instanceof OperatorError ? statusOf(error) : 1
  stderr.write(errorEnvelope(error, status))
  return status
}

/** Each problem on a line of its own, then what to do; what could move a terminal or begin another line is made visible. */
function linesOf(error: OperatorError): readonly string[] {
  const said = error instanceof InvalidInputError ? error.problems.map(describeProblem) : [error.message]
  return [...said, ...(error.hint === null ? [] : [error.hint])].map(escapeText)
}

/** The error on one line, then the places in the code that it came by. */
export function describeBug(error: unknown): string {
  if (!(error instanceof Error)) return escapeText(String(error))
  const places = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line))
  return [`${error.name}: ${error.message}`, ...places.map((line) => line.slice(4))].map(escapeText).join('\n    ')
}
