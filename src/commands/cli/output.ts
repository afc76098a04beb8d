import { describeReported, type Problem, type ReportedProblem, reportedOf } from '../../domain/problem.ts'
import { escapeBlock, escapeJson, escapeText } from '../../platform/log/escape-text.ts'
import type { CommandContext } from './context.ts'
import { paint, type Style } from './paint.ts'
import { layOut, type TableColumn } from './table.ts'

/** Part of a line: as it is, or with a style. */
export type StyledText = string | { readonly style: Style; readonly text: string }

export function styled(style: Style, text: string): StyledText {
  return { style, text }
}

/**
 * Prints for a person or, with `--json`, for a script. The one way out for text, wherever it came from: what could move a terminal or
 * begin a line of its own is made visible.
 */
export class Output {
  readonly #context: CommandContext

  constructor(context: CommandContext) {
    this.#context = context
  }

  line(...parts: readonly StyledText[]): void {
    this.#print('stdout', parts)
  }

  /** Something that is not the answer: progress, a warning, an error. */
  note(...parts: readonly StyledText[]): void {
    this.#print('stderr', parts)
  }

  /** What a command printed, with the lines that it has; `isRaw`: as it is, whatever it does to a terminal. */
  block(on: 'stdout' | 'stderr', text: string, isRaw = false): void {
    this.#context[on].write(isRaw ? text : escapeBlock(text))
  }

  json(value: unknown): void {
    const { stdout } = this.#context
    stdout.write(`${escapeJson(JSON.stringify(value, null, stdout.isTTY ? 2 : 0))}\n`)
  }

  /** One of several values, each on a line of its own. */
  jsonLine(value: unknown): void {
    this.#context.stdout.write(`${escapeJson(JSON.stringify(value))}\n`)
  }

  /** A warning or an error on standard error, on one line. */
  problem(problem: Problem): void {
    this.reported(reportedOf(problem))
  }

  /** As `problem`, of one whose subject is in words already. */
  reported(problem: ReportedProblem): void {
    const colour = problem.severity === 'error' ? 'red' : 'yellow'
    this.note(styled(colour, `${problem.severity}:`), ` ${describeReported(problem)}`)
  }

  /** Columns under their headings, as many as the line has room for; a cell that is null is shown as `-`. */
  table(columns: readonly (string | TableColumn)[], rows: readonly (readonly unknown[])[]): void {
    const named = columns.map((column) => (typeof column === 'string' ? { heading: column } : column))
    const cells = rows.map((row) => row.map(cellText))
    const [headings = '', ...lines] = layOut(named, cells, this.#width())
    this.line(styled('bold', headings))
    // Their cells are escaped. In one piece: each writing takes longer than a line does to make.
    if (lines.length > 0) this.#context.stdout.write(`${lines.join('\n')}\n`)
  }

  /** One `name: value` a line, in order. */
  record(fields: Readonly<Record<string, unknown>>): void {
    const width = Math.max(...Object.keys(fields).map((name) => name.length))
    for (const [name, value] of Object.entries(fields)) this.line(`${name.padEnd(width)}  ${cellText(value)}`)
  }

  /** Characters of a line; null where nobody sees its end: what is piped on is complete. */
  #width(): number | null {
    const { environment, stdout } = this.#context
    const said = Number(environment['COLUMNS'])
    if (Number.isInteger(said) && said > 0) return said
    return stdout.isTTY === true && stdout.columns > 0 ? stdout.columns : null
  }

  #print(on: 'stdout' | 'stderr', parts: readonly StyledText[]): void {
    const shown = parts.map((part) => {
      if (typeof part === 'string') return escapeText(part)
      return paint(this.#context, on, part.style)(escapeText(part.text))
    })
    this.#context[on].write(`${shown.join('')}\n`)
  }
}

function cellText(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-'
  return escapeText(String(value))
}
