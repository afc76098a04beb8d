import { AUTH_COLUMNS } from '../../domain/columns/auths.ts'
import type { Column } from '../../domain/columns/column.ts'
import { RECORD_COLUMNS } from '../../domain/columns/crons.ts'
import type { DefinitionEditor, Entry } from '../../store/definitions/definition-editor.ts'
import type { Output } from '../cli/output.ts'
import type { Noun, Options } from './noun.ts'

type Showing = { readonly output: Output; readonly editor: DefinitionEditor }

/** What may be seen of each entry, in the same order; of one whose shape does not hold, what is wrong with it. */
export async function visibleOf<R, F>(
  noun: Noun<R, F>,
  entries: readonly Entry<R>[],
  { editor }: Showing,
): Promise<readonly Options[]> {
  const sound = entries.flatMap(({ id, row }) => (row === null ? [] : [{ id, row }]))
  const fields = await noun.visible(
    sound.map(({ row }) => row),
    editor,
  )
  const byId = new Map(sound.map(({ id }, at) => [id, fields[at] ?? {}]))
  return entries.map(({ id, name, problem }) => byId.get(id) ?? { id, name, problem: problem?.message ?? null })
}

/** A list as JSON: what it is of, and when it was made. */
export function envelopeOf(noun: string, items: readonly Options[]) {
  return { schema: `rcron.${noun}s.v1`, generated: new Date().toISOString(), items }
}

export function printTable<R, F>({ listed }: Noun<R, F>, shown: readonly Options[], output: Output): void {
  output.table(
    listed,
    shown.map((fields) =>
      listed.map(({ heading }) => calledIn(fields, heading) ?? forPeople(heading, fields[heading])),
    ),
  )
}

/** Who has a name is listed by it. */
function calledIn(fields: Options, heading: string): unknown {
  return fields[`${heading}_name`]
}

/** As a person reads it: a time says its zone. */
export function forPeople(name: string, value: unknown): unknown {
  const column: Column | undefined = Object.hasOwn(RECORD_COLUMNS, name)
    ? RECORD_COLUMNS[name as keyof typeof RECORD_COLUMNS]
    : undefined
  return column?.kind === 'moment' && typeof value === 'string' ? `${value}Z` : value
}

/** The same as `listEntries` prints, of `entries` alone. */
export async function showTable<R, F>(noun: Noun<R, F>, entries: readonly Entry<R>[], parts: Showing): Promise<void> {
  printTable(noun, await visibleOf(noun, entries, parts), parts.output)
}

const SECRET = new Set(
  Object.entries<Column>(AUTH_COLUMNS).flatMap(([name, { secret }]) => (secret === true ? [name] : [])),
)

export function withoutSecrets(row: Options): Options {
  const hidden = Object.entries(row).map(([name, value]) =>
    SECRET.has(name) && value !== null ? [name, '(given)'] : [name, value],
  )
  return Object.fromEntries(hidden)
}
