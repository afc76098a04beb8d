import type { Command, Option } from 'commander'
import { createProgram } from '../../src/commands/cli/program.ts'

/** A word that may come next, and what it is for. */
export type Suggestion = { readonly word: string; readonly about: string }

export type SuggestedOption = Suggestion & { readonly value: 'none' | 'file' | 'other' }

/** What may follow once the words of `path` have been typed; empty for `rcron` itself. */
export type CompletedCommand = {
  readonly path: string
  readonly words: readonly Suggestion[]
  readonly options: readonly SuggestedOption[]
}

/** Every command of rcron, those that only hold others among them. */
export async function completedCommands(): Promise<readonly CompletedCommand[]> {
  const { stdin, stdout, stderr } = process
  // Named, so that the commands of definitions have what is below them.
  const program = await createProgram(['cron'], { environment: {}, stdin, stdout, stderr }, async () => {})
  return completed(program, [])
}

function completed(command: Command, path: readonly string[]): readonly CompletedCommand[] {
  const help = command.createHelp()
  const below = command.commands.filter((it) => it.name() !== 'help')
  const here = {
    path: path.join(' '),
    words: below.map((it) => ({ word: it.name(), about: it.summary() })),
    options: help.visibleOptions(command).flatMap(optionOf),
  }
  return [here, ...below.flatMap((it) => completed(it, [...path, it.name()]))]
}

function optionOf({ long, description, flags, required }: Option): readonly SuggestedOption[] {
  if (!long) return []
  const value = required ? (/<(file|path)>/.test(flags) ? 'file' : 'other') : 'none'
  return [{ word: long, about: description, value }]
}

/** As one word of a shell, whatever signs it holds. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
