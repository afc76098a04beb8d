import type { Command, Option } from 'commander'
import { createProgram } from '../../src/commands/cli/program.ts'

/** A word that may come next, and what it is for. */
export type Suggestion = { readonly word: string; readonly about: string }

/** What a word may be the name of: the kinds of the file of names. */
export type NameKind = 'cron' | 'host' | 'user'

export type SuggestedOption = Suggestion & { readonly value: 'none' | 'file' | 'other' | NameKind }

/** What may follow once the words of `path` have been typed; empty for `rcron` itself. */
export type CompletedCommand = {
  readonly path: string
  readonly words: readonly Suggestion[]
  readonly options: readonly SuggestedOption[]
  /** Of what names are taken as arguments; null for none. */
  readonly names: NameKind | null
  /** Whether `host:NAME` and `user:NAME` are taken too. */
  readonly isFiltered: boolean
}

/** The kinds of names that a filter takes behind its colon. */
export const FILTERED: readonly NameKind[] = ['host', 'user']

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
  const argument = command.registeredArguments[0]?.name() ?? ''
  const here = {
    path: path.join(' '),
    words: below.map((it) => ({ word: it.name(), about: it.summary() })),
    options: help.visibleOptions(command).flatMap(optionsOf),
    names: kindOf(argument === 'name' ? (path[0] ?? '') : argument),
    isFiltered: argument === 'filter',
  }
  return [here, ...below.flatMap((it) => completed(it, [...path, it.name()]))]
}

/** What help calls a word, by the kind of name that it means. */
function kindOf(called: string): NameKind | null {
  if (/\bcron$|^(?:filter|job|run)$/.test(called)) return 'cron'
  if (called === 'system' || called === 'host') return 'host'
  return called === 'auth' ? 'user' : null
}

/** One for each spelling of it: `--timeout` and `--timeout-s`. */
function optionsOf({ short, long, description, flags, required }: Option): readonly SuggestedOption[] {
  const value = required ? meaningOf(/<([^>]+)>/.exec(flags)?.[1] ?? '') : 'none'
  return [short, long].flatMap((word) => (word?.startsWith('--') ? [{ word, about: description, value }] : []))
}

function meaningOf(called: string): SuggestedOption['value'] {
  return called === 'file' || called === 'path' ? 'file' : (kindOf(called) ?? 'other')
}

/** The ways to the value of an option, as `cron add --host`, by what it is. */
export function valuesByKind(
  commands: readonly CompletedCommand[],
): ReadonlyMap<SuggestedOption['value'], readonly string[]> {
  const all = commands.flatMap(({ path, options }) =>
    options.map(({ word, value }) => ({ value, way: `${path} ${word}` })),
  )
  const byKind = Map.groupBy(
    all.filter(({ value }) => value !== 'none'),
    ({ value }) => value,
  )
  return new Map([...byKind].map(([value, ways]) => [value, ways.map(({ way }) => way)]))
}

/** As one word of a shell, whatever signs it holds. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
