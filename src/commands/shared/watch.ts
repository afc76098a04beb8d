import { setTimeout as sleep } from 'node:timers/promises'
import type { WriteStream } from 'node:tty'
import { InvalidInputError } from '../../domain/errors.ts'
import { aboutOption, errorAbout } from '../../domain/problem.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'

const EVERY_MS = 2_000

/** To the first place of the terminal; to the end of a line, and of the terminal, what stood there before goes. */
const [HOME, CLEAR_LINE, CLEAR_REST] = ['\u001b[H', '\u001b[K', '\u001b[J'] as const

/**
 * Has a command print, every two seconds and in the same place, until it is interrupted. Rejects with an InvalidInputError where standard output
 * is no terminal, or something else is to read it.
 */
export async function watching(
  context: CommandContext,
  { json }: { readonly json?: boolean },
  print: (context: CommandContext) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (context.stdout.isTTY !== true)
    throw refusal('standard output is not a terminal, where lines could be drawn again')
  if (json === true) throw refusal('found --json too, expected only one of the two')
  context.stdout.write(`${HOME}${CLEAR_REST}`)
  for (;;) {
    const screen = new Screen(context.stdout)
    await print(screen.contextOf(context))
    context.stdout.write(redrawn(screen.text, context.stdout.rows))
    await sleep(EVERY_MS)
  }
}

function refusal(message: string): InvalidInputError {
  return new InvalidInputError([
    errorAbout(aboutOption('--watch'), message, 'leave out --watch, and ask again when you want to know'),
  ])
}

/** What draws `text` over what stood there before, its first lines where there are more than fit; `rows`: 0 if that is not known. Pure. */
export function redrawn(text: string, rows: number): string {
  const lines = text.split('\n').slice(0, -1)
  const shown =
    rows < 3 || lines.length < rows ? lines : [...lines.slice(0, rows - 2), `… ${lines.length - rows + 2} more lines`]
  return `${HOME}${shown.map((line) => `${line}${CLEAR_LINE}\n`).join('')}${CLEAR_REST}`
}

/** Gathers what a command writes, notes among it, as for the terminal that it will stand on. */
class Screen {
  text = ''
  readonly #stream: WriteStream

  constructor(terminal: WriteStream) {
    const write = (text: string) => {
      this.text += text
      return true
    }
    this.#stream = Object.create(terminal, { write: { value: write } }) as WriteStream
  }

  /** Standard input is made when somebody reads it: no copy. */
  contextOf(context: CommandContext): CommandContext {
    const stream = { value: this.#stream }
    return Object.create(context, { stdout: stream, stderr: stream }) as CommandContext
  }
}
