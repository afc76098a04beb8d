import { InvalidInputError } from '../../domain/errors.ts'
import type { Problem } from '../../domain/problem.ts'
import type { Entry, StoredCron } from '../../store/definition-editor.ts'
import type { ExitCode } from '../context.ts'
import type { Output } from '../output.ts'
import { type Column, optionFlag, optionKey } from './column.ts'
import { confirmRemoval } from './confirm-removal.ts'
import { cron } from './cron.ts'
import { entriesOf, findEntries, findEntry, findMeant } from './find-entry.ts'
import type { ChangeParts, Noun, Options } from './noun.ts'

/** What every verb needs. */
export type VerbParts = ChangeParts & { readonly output: Output }

export async function listEntries<R, F>(noun: Noun<R, F>, options: Options, parts: VerbParts): Promise<ExitCode> {
  const { output, editor } = parts
  const entries = await noun.shelf(editor).list()
  const shown = await visibleOf(noun, entries, parts)
  if (options['json'] === true) output.json(shown)
  else if (entries.length === 0) output.note(`There is no ${noun.name} yet: "rcron ${noun.name} add" makes one.`)
  else {
    printTable(noun, shown, output)
    for (const { problem } of entries) if (problem !== null) output.problem(problem)
  }
  return 0
}

export async function showEntries<R, F>(
  noun: Noun<R, F>,
  references: readonly string[],
  options: Options,
  parts: VerbParts,
): Promise<ExitCode> {
  const { output, editor } = parts
  const entries = await findEntries(noun, editor, references)
  const shown = await visibleOf(noun, entries, parts)
  if (options['json'] === true) output.json(shown)
  else {
    for (const [at, fields] of shown.entries()) {
      if (at > 0) output.line()
      output.record(fields)
    }
  }
  return 0
}

export async function addEntry<R, F>(noun: Noun<R, F>, options: Options, parts: VerbParts): Promise<ExitCode> {
  const { output, editor } = parts
  const row = await noun.complete(changesOf(noun.columns, options), options, parts, null)
  await parts.judge(await noun.definitions(row, editor))
  if (options['dryRun'] === true) {
    output.line(`would add this ${noun.name}; it would work:`)
    output.record(withoutSecrets(row))
    return 0
  }
  // `complete` has seen to it that the required columns are there.
  const writing = await noun.writing?.(row, options, parts)
  const shelf = noun.shelf(editor)
  const id = writing ? await shelf.add(writing.first, writing.settle) : await shelf.add(row as F)
  if (options['json'] === true) output.json({ id })
  else output.line(`added ${noun.name} ${id}`)
  return 0
}

export async function editEntry<R, F>(
  noun: Noun<R, F>,
  reference: string,
  options: Options,
  parts: VerbParts,
): Promise<ExitCode> {
  const { output, editor } = parts
  const shelf = noun.shelf(editor)
  const entry = await findEntry(noun, editor, reference)
  const changes = await noun.complete(changesOf(noun.columns, options), options, parts, entry)
  if (Object.keys(changes).length === 0) {
    throw new InvalidInputError([nothingGiven(noun.name)])
  }
  // A row whose shape does not hold is mended column by column: it cannot be judged as a whole before it is.
  if (entry.row !== null) await parts.judge(await noun.definitions({ ...entry.row, ...changes }, editor))
  if (options['dryRun'] === true) {
    output.line(
      `would change ${noun.name} ${entry.id}; ${entry.row === null ? 'check it afterwards' : 'it would work'}:`,
    )
    output.record(withoutSecrets(changes))
    return 0
  }
  await shelf.edit(entry.id, changes as Partial<F>)
  output.line(`changed ${noun.name} ${entry.id}: ${Object.keys(changes).join(', ')}`)
  return 0
}

export async function removeEntries<R, F>(
  noun: Noun<R, F>,
  references: readonly string[],
  options: Options,
  parts: VerbParts,
): Promise<ExitCode> {
  const { output, editor } = parts
  const shelf = noun.shelf(editor)
  // All are looked up before the first is removed: a mistyped name removes nothing.
  const meant = await findMeant(noun, editor, references)
  const entries = entriesOf(meant)
  const several = meant.filter((it) => it.entries.length > 1)
  if (several.length > 0 && options['dryRun'] !== true && options['yes'] !== true) {
    const show = async () => printTable(noun, await visibleOf(noun, entries, parts), output)
    await confirmRemoval(noun.name, several, { context: parts.context, show })
  }
  for (const { id, name } of entries) {
    if (options['dryRun'] !== true) await shelf.remove(id)
    output.line(`${options['dryRun'] === true ? 'would remove' : 'removed'} ${noun.name} ${id} ${JSON.stringify(name)}`)
  }
  return 0
}

/** Sets `enabled` of crons. Where one of them could not run, none is enabled, and all that is wrong is told. */
export async function enableCrons(references: readonly string[], enabled: 0 | 1, parts: VerbParts): Promise<ExitCode> {
  const { output, editor } = parts
  const entries = await findEntries(cron, editor, references)
  if (enabled === 1) await judgeAll(entries, parts)
  for (const { id, name } of entries) {
    await editor.crons.edit(id, { enabled })
    output.line(`${enabled === 1 ? 'enabled' : 'disabled'} cron ${id} ${JSON.stringify(name)}`)
  }
  return 0
}

async function judgeAll(entries: readonly Entry<StoredCron>[], { judge, editor }: VerbParts): Promise<void> {
  const problems: Problem[] = []
  for (const { row } of entries) {
    try {
      await judge(await cron.definitions({ ...row, enabled: 1 }, editor))
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error
      problems.push(...error.problems)
    }
  }
  if (problems.length > 0) throw new InvalidInputError(problems)
}

function printTable<R, F>({ listed }: Noun<R, F>, shown: readonly Options[], output: Output): void {
  output.table(
    listed,
    shown.map((fields) => listed.map((name) => fields[name])),
  )
}

function nothingGiven(noun: string): Problem {
  const subject = `rcron ${noun} edit`
  const hint = `"${subject} --help" lists the options`
  return { severity: 'error', subject, field: null, message: 'nothing to change was given', hint }
}

/** The columns that options set, parsed; every bad one is reported at once. */
function changesOf(columns: readonly Column[], options: Options): Options {
  const changes: Record<string, unknown> = {}
  const problems: Problem[] = []
  for (const column of columns) {
    const given = options[optionKey(column)]
    if (typeof given !== 'string') continue
    try {
      changes[column.name] = column.parse(given)
    } catch (error) {
      const expected = error instanceof Error ? error.message : String(error)
      const message = `found ${JSON.stringify(given)}, ${expected}`
      problems.push({ severity: 'error', subject: optionFlag(column), field: null, message, hint: null })
    }
  }
  if (problems.length > 0) throw new InvalidInputError(problems)
  return changes
}

/** What may be seen of each entry, in the same order; of one whose shape does not hold, what is wrong with it. */
async function visibleOf<R, F>(
  noun: Noun<R, F>,
  entries: readonly Entry<R>[],
  { editor }: VerbParts,
): Promise<readonly Options[]> {
  const sound = entries.flatMap(({ id, row }) => (row === null ? [] : [{ id, row }]))
  const fields = await noun.visible(
    sound.map(({ row }) => row),
    editor,
  )
  const byId = new Map(sound.map(({ id }, at) => [id, fields[at] ?? {}]))
  return entries.map(({ id, name, problem }) => byId.get(id) ?? { id, name, problem: problem?.message ?? null })
}

function withoutSecrets(row: Options): Options {
  const hidden = Object.entries(row).map(([name, value]) =>
    (name === 'password' || name === 'passphrase') && value !== null ? [name, '(given)'] : [name, value],
  )
  return Object.fromEntries(hidden)
}
