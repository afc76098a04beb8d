import type { ExitCode } from '../cli/context.ts'
import type { Output } from '../cli/output.ts'
import type { Noun, Options } from './noun.ts'
import { withoutSecrets } from './print-rows.ts'
import { readColumns } from './read-columns.ts'
import type { VerbParts } from './verbs.ts'

/** Adds one row, or all that the options mean, or none. */
export async function addEntry<R, F>(noun: Noun<R, F>, options: Options, parts: VerbParts): Promise<ExitCode> {
  const { output, editor } = parts
  const rows = await noun.complete(readColumns(noun.columns, options), options, parts, null)
  await parts.judge(await noun.definitions(rows, editor))
  if (options['dryRun'] === true) {
    tellPlanned(noun, rows, { options, output })
    return 0
  }
  const ids = await addRows(noun, rows, { options, parts })
  if (options['json'] === true) output.json(ids.length === 1 ? { id: ids[0] } : { ids })
  else tellAdded(noun, ids, { row: rows[0], output })
  await parts.noteChanges(
    'add',
    ids.map((id, at) => ({ subject: `${noun.name} ${id}`, was: null, became: rows[at] ?? rows[0] })),
  )
  await parts.keepNames()
  await parts.tellTakeUp()
  return 0
}

type Adding = { readonly options: Options; readonly parts: VerbParts }

/** `complete` has seen to it that the required columns are there. */
async function addRows<R, F>(
  noun: Noun<R, F>,
  rows: readonly [Options, ...Options[]],
  { options, parts }: Adding,
): Promise<readonly number[]> {
  const shelf = noun.shelf(parts.editor)
  const writing = rows.length === 1 ? await noun.writing?.(rows[0], options, parts) : null
  return writing
    ? [await shelf.add(writing.first, writing.settle)]
    : await shelf.addAll(rows as unknown as readonly F[])
}

function tellPlanned<R, F>(
  noun: Noun<R, F>,
  rows: readonly [Options, ...Options[]],
  { options, output }: { readonly options: Options; readonly output: Output },
): void {
  const shown = rows.map(withoutSecrets)
  if (options['json'] === true) {
    output.json(shown.length === 1 ? shown[0] : shown)
    return
  }
  const works =
    shown.length === 1 ? `this ${noun.name}; it would work` : `these ${shown.length} ${noun.name}s; they would work`
  output.line(`would add ${works}:`)
  for (const [at, row] of shown.entries()) {
    if (at > 0) output.line()
    output.record(row)
  }
}

function tellAdded<R, F>(
  noun: Noun<R, F>,
  ids: readonly number[],
  { row, output }: { readonly row: Options; readonly output: Output },
): void {
  const further = noun.afterAdding(ids, row)
  if (ids.length === 1) {
    output.line(`added ${noun.name} ${ids[0]}${further === '' ? '' : ` (${further})`}`)
    return
  }
  for (const id of ids) output.line(`added ${noun.name} ${id}`)
  if (further !== '') output.line(further)
}
