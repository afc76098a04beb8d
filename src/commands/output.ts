import { describeProblem, type Problem } from '../domain/problem.ts'
import { escapeText } from '../platform/escape-text.ts'
import type { CommandContext } from './context.ts'
import { paint, type Style } from './paint.ts'

/** Prints for a person or, with `--json`, for a script. Whatever came from a row or a host is escaped on its way to a terminal. */
export class Output {
  readonly #context: CommandContext

  constructor(context: CommandContext) {
    this.#context = context
  }

  line(text = ''): void {
    this.#context.stdout.write(`${text}\n`)
  }

  /** Something that is not the answer: progress, a warning, an error. */
  note(text: string): void {
    this.#context.stderr.write(`${text}\n`)
  }

  json(value: unknown): void {
    this.line(JSON.stringify(value, null, this.#context.stdout.isTTY ? 2 : 0))
  }

  /** Coloured where standard output is. */
  style(style: Style, text: string): string {
    return paint(this.#context, 'stdout', style)(text)
  }

  /** Made visible wherever it could move a terminal. */
  escape(text: string): string {
    return escapeText(text)
  }

  /** A warning or an error on standard error, on one line. */
  problem(problem: Problem): void {
    const colour = problem.severity === 'error' ? 'red' : 'yellow'
    const word = paint(this.#context, 'stderr', colour)(`${problem.severity}:`)
    this.note(`${word} ${escapeText(describeProblem(problem))}`)
  }

  /** Columns under their headings; a cell that is null is shown as `-`. */
  table(headings: readonly string[], rows: readonly (readonly unknown[])[]): void {
    const cells = rows.map((row) => row.map(cellText))
    const widths = headings.map((heading, at) => Math.max(heading.length, ...cells.map((row) => row[at]?.length ?? 0)))
    const format = (row: readonly string[]) =>
      row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join('  ')
    this.line(this.style('bold', format(headings)))
    for (const row of cells) this.line(format(row))
  }

  /** One `name: value` a line, in order. */
  record(fields: Readonly<Record<string, unknown>>): void {
    const width = Math.max(...Object.keys(fields).map((name) => name.length))
    for (const [name, value] of Object.entries(fields)) this.line(`${name.padEnd(width)}  ${cellText(value)}`)
  }
}

function cellText(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-'
  return escapeText(String(value))
}
