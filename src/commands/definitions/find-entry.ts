import { InvalidInputError } from '../../domain/errors.ts'
import { aboutWord, errorAbout, type Problem } from '../../domain/problem.ts'
import type { DefinitionEditor, Entry, StoredCron } from '../../store/definitions/definition-editor.ts'
import type { Noun } from './noun.ts'
import { system } from './system.ts'

/** The exit status for a word that means nothing. */
const NOT_FOUND = 4

type Findable<Row> = Pick<Noun<Row, never>, 'name' | 'find'>

/** What one word of a command line means: the row of that id, else every row of that name. */
export type Match<Row> = { readonly reference: string; readonly entries: readonly Entry<Row>[] }

/** What each of `references` means, one row at least. Rejects with an InvalidInputError that names all that mean none. */
export async function findMatches<Row>(
  { name, find }: Findable<Row>,
  editor: DefinitionEditor,
  references: readonly string[],
): Promise<readonly Match<Row>[]> {
  const meant: Match<Row>[] = []
  for (const reference of references) meant.push({ reference, entries: await find(editor, reference) })
  const missing = meant.filter(({ entries }) => entries.length === 0)
  if (missing.length > 0)
    throw new InvalidInputError(
      missing.map(({ reference }) => missingRow(name, reference)),
      NOT_FOUND,
    )
  return meant
}

/** As `findMeant`: all rows that are meant, each once. */
export async function findEntries<Row>(
  noun: Findable<Row>,
  editor: DefinitionEditor,
  references: readonly string[],
): Promise<readonly Entry<Row>[]> {
  return entriesOf(await findMatches(noun, editor, references))
}

export function entriesOf<Row>(meant: readonly Match<Row>[]): readonly Entry<Row>[] {
  return [...new Map(meant.flatMap(({ entries }) => entries.map((entry) => [entry.id, entry]))).values()]
}

/** The one row that `reference` means. Rejects with an InvalidInputError if it means none or several. */
export async function findEntry<Row>(
  noun: Findable<Row>,
  editor: DefinitionEditor,
  reference: string,
): Promise<Entry<Row>> {
  const [first, ...others] = await noun.find(editor, reference)
  if (first === undefined) throw new InvalidInputError([missingRow(noun.name, reference)], NOT_FOUND)
  if (others.length > 0) throw new InvalidInputError([severalRows(noun.name, reference, [first, ...others])])
  return first
}

/** As `findEntry`, with the problem where that rejects. */
export async function seekEntry<Row>(
  { name, find }: Findable<Row>,
  editor: DefinitionEditor,
  reference: string,
): Promise<Entry<Row> | Problem> {
  const found = await find(editor, reference)
  const [first, ...others] = found
  if (first === undefined) return missingRow(name, reference)
  return others.length === 0 ? first : severalRows(name, reference, found)
}

/** The problem of a word that means no row. */
export function missingRow(noun: string, reference: string): Problem {
  return errorAbout(aboutWord(reference, noun), `there is no such ${noun}`, `"rcron ${noun} list" shows them`)
}

function severalRows(noun: string, reference: string, found: readonly Entry<unknown>[]): Problem {
  const ids = found.map(({ id }) => id).join(', ')
  return errorAbout(
    aboutWord(reference, noun),
    `${found.length} ${noun}s have this name: ${ids}`,
    'give one of these ids instead of the name',
  )
}

/** By id or name; or by both name and host, `dump@db1` and `dump@db1:22`, which means those on that system. */
export async function findCrons(editor: DefinitionEditor, reference: string): Promise<readonly Entry<StoredCron>[]> {
  const found = await editor.crons.find(reference)
  const at = reference.lastIndexOf('@')
  if (found.length > 0 || at <= 0) return found
  const name = reference.slice(0, at)
  const systems = await system.find(editor, reference.slice(at + 1))
  const hosts = new Set(systems.map(({ id }) => id))
  const named = await editor.crons.find(name)
  return named.filter((entry) => entry.name === name && entry.row !== null && hosts.has(entry.row.host))
}
