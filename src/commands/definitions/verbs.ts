import type { RunLock } from '../../dispatch/locks/run-locks.ts'
import { ExitError, InvalidInputError } from '../../domain/errors.ts'
import type { Problem } from '../../domain/problem.ts'
import type { Entry, SeenRow } from '../../store/definitions/definition-editor.ts'
import { askConfirmation, canAsk } from '../cli/confirm.ts'
import type { ExitCode } from '../cli/context.ts'
import type { Output } from '../cli/output.ts'
import { confirmRemoval } from './confirm-removal.ts'
import { cron } from './cron.ts'
import { describeActiveRun } from './describe-active-run.ts'
import { entriesOf, findEntries, findEntry, findMatches } from './find-entry.ts'
import type { EndsOfJobs } from './list/cron-facts.ts'
import { filterOf } from './list/list-filters.ts'
import { type ChangeParts, type Noun, type Options, problemOfOption, type RowChange } from './noun.ts'
import { envelopeOf, forPeople, printTable, showTable, visibleOf, withoutSecrets } from './print-rows.ts'
import { readColumns } from './read-columns.ts'

/** What every verb needs. */
export type VerbParts = ChangeParts & {
  readonly output: Output
  /** Runs that have a lock file; none where they cannot be read. */
  readonly activeRuns: () => Promise<readonly RunLock[]>
  /** Has a running daemon take up what was changed, and says when it does. */
  readonly tellTakeUp: () => Promise<void>
  /** Writes down who changed what. Never rejects for want of a place to write. */
  readonly noteChanges: (action: string, changes: readonly RowChange[]) => Promise<void>
  /** How the last firings of jobs ended, by the history; none where there is no history. */
  readonly endsOf: EndsOfJobs
  /** Keeps the names that rows have now where shells complete them. Never rejects. */
  readonly keepNames: () => Promise<void>
}

/** Lists the rows whose names are what one of `words` says; all without any. */
export async function listEntries<R, F>(
  noun: Noun<R, F>,
  words: readonly string[],
  options: Options,
  parts: VerbParts,
): Promise<ExitCode> {
  const { output, editor } = parts
  const filter = filterOf(words, null)
  const entries = await noun.shelf(editor).list()
  const listed = entries.filter(({ name, row }) => filter({ name, alias: aliasOf(row) }))
  const shown = await visibleOf(noun, listed, parts)
  if (options['json'] === true) output.json(envelopeOf(noun.name, shown))
  else if (listed.length === 0) tellNothingListed(noun.name, entries, parts)
  else {
    printTable(noun, shown, output)
    for (const { problem } of listed) if (problem !== null) output.problem(problem)
  }
  return 0
}

/** What a system or an auth is called beside its host or user. */
function aliasOf(row: unknown): string | null {
  const name = (row as Options | null)?.['name']
  return typeof name === 'string' ? name : null
}

/** Why a list is empty. */
export function tellNothingListed(
  noun: string,
  entries: readonly unknown[],
  { output }: Pick<VerbParts, 'output'>,
): void {
  if (entries.length === 0) output.note(`There is no ${noun} yet: "rcron ${noun} add" adds one.`)
  else output.note(`None of ${entries.length} ${noun}s is like that: "rcron ${noun} list" shows all.`)
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
      output.record(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, forPeople(name, value)])))
    }
  }
  return 0
}

/** Changes one row; where the noun's names mean all that have them, all of these, in one transaction. */
export async function editEntries<R, F>(
  noun: Noun<R, F>,
  reference: string,
  options: Options,
  parts: VerbParts,
): Promise<ExitCode> {
  const { output, editor } = parts
  const entries = await entriesToEdit(noun, reference, parts)
  const [changes] = await noun.complete(readColumns(noun.columns, options), options, parts, entries[0] ?? null)
  refuseChanges(noun, changes, { reference, entries })
  // A row whose shape does not hold is fixed column by column: it cannot be judged as a whole before it is.
  const sound = entries.flatMap(({ row }) => (row === null ? [] : [{ ...row, ...changes }]))
  if (sound.length > 0) await parts.judge(await noun.definitions(sound, editor))
  const named = `${noun.name} ${entries.map(({ id }) => id).join(', ')}`
  if (options['dryRun'] === true) {
    const works = entries.length > 1 ? 'they would work' : 'it would work'
    output.line(`would change ${named}; ${sound.length < entries.length ? 'check it afterwards' : works}:`)
    output.record(withoutSecrets(changes))
    return 0
  }
  if (entries.length > 1) await confirmChange(noun, entries, { changes, options, parts })
  await noun.shelf(editor).editAll(
    entries.map(({ id }) => id),
    changes as Partial<F>,
    seenOf(entries),
  )
  for (const { id } of entries) output.line(`changed ${noun.name} ${id}: ${Object.keys(changes).join(', ')}`)
  await parts.noteChanges(
    'edit',
    entries.map((entry) => ({ subject: subjectOf(noun.name, entry), was: columnsOf(entry, changes), became: changes })),
  )
  await parts.keepNames()
  await parts.tellTakeUp()
  return 0
}

async function entriesToEdit<R, F>(
  noun: Noun<R, F>,
  reference: string,
  { editor }: VerbParts,
): Promise<readonly Entry<R>[]> {
  return noun.ofOneRow === null ? [await findEntry(noun, editor, reference)] : findEntries(noun, editor, [reference])
}

type Wanted<R> = { readonly reference: string; readonly entries: readonly Entry<R>[] }

function refuseChanges<R, F>(noun: Noun<R, F>, changes: Options, { reference, entries }: Wanted<R>): void {
  if (Object.keys(changes).length === 0) throw new InvalidInputError([nothingGiven(noun.name)])
  const column = entries.length > 1 ? noun.ofOneRow : null
  if (column === null || changes[column] === undefined) return
  const message = `${reference} means ${entries.length} ${noun.name}s, which would all have the same ${column}`
  const ids = entries.map(({ id }) => id).join(', ')
  const hint = `give one of ${ids} instead of the name, or ${reference}@HOST`
  throw new InvalidInputError([problemOfOption(`--${column}`, message, hint)])
}

type Change = { readonly changes: Options; readonly options: Options; readonly parts: VerbParts }

/** Shows all rows of a name before they are changed; where somebody is there, asks. */
async function confirmChange<R, F>(
  noun: Noun<R, F>,
  entries: readonly Entry<R>[],
  { changes, options, parts }: Change,
): Promise<void> {
  const { output, context } = parts
  await showTable(noun, entries, parts)
  output.line(`All ${entries.length} get:`)
  output.record(withoutSecrets(changes))
  if (options['yes'] === true || !canAsk(context) || (await askConfirmation(context, 'Change all of them?'))) return
  throw new ExitError(6, 'cancelled: nothing was changed', null)
}

export async function removeEntries<R, F>(
  noun: Noun<R, F>,
  references: readonly string[],
  options: Options,
  parts: VerbParts,
): Promise<ExitCode> {
  const { output, editor } = parts
  const isDry = options['dryRun'] === true
  // All are looked up before the first is removed: a mistyped name removes nothing.
  const meant = await findMatches(noun, editor, references)
  const entries = entriesOf(meant)
  if (noun.name === 'cron') await tellActiveRuns(entries, 'and its end is reported only in the log', parts)
  if (!isDry && options['yes'] !== true) {
    const show = () => showTable(noun, entries, parts)
    await confirmRemoval(noun.name, meant, { context: parts.context, show })
  }
  if (!isDry) await noun.shelf(editor).removeAll(entries.map(({ id }) => id))
  for (const { id, name } of entries) {
    output.line(`${isDry ? 'would remove' : 'removed'} ${noun.name} ${id} ${JSON.stringify(name)}`)
  }
  if (isDry) return 0
  await parts.noteChanges(
    'remove',
    entries.map((entry) => ({ subject: subjectOf(noun.name, entry), was: { ...entry.row }, became: null })),
  )
  await parts.keepNames()
  await parts.tellTakeUp()
  return 0
}

/** Sets `enabled` of crons, all at once. Where one of them could not run, none is enabled, and all that is wrong is reported. */
export async function enableCrons(references: readonly string[], enabled: 0 | 1, parts: VerbParts): Promise<ExitCode> {
  const { output, editor } = parts
  const entries = await findEntries(cron, editor, references)
  if (enabled === 1) {
    const rows = entries.map(({ id, row }) => ({ id, ...row, enabled }))
    await parts.judge(await cron.definitions(rows, editor))
  } else await tellActiveRuns(entries, 'to its end', parts)
  await editor.crons.editAll(
    entries.map(({ id }) => id),
    { enabled },
    seenOf(entries),
  )
  for (const { id, name } of entries) {
    output.line(`${enabled === 1 ? 'enabled' : 'disabled'} cron ${id} ${JSON.stringify(name)}`)
  }
  await parts.noteChanges(
    enabled === 1 ? 'enable' : 'disable',
    entries.map((entry) => ({
      subject: subjectOf(cron.name, entry),
      was: columnsOf(entry, { enabled }),
      became: { enabled },
    })),
  )
  await parts.tellTakeUp()
  return 0
}

/** `cron 5 "dump"`. */
export function subjectOf(noun: string, { id, name }: Pick<Entry<unknown>, 'id' | 'name'>): string {
  return `${noun} ${id} ${JSON.stringify(name)}`
}

/** As they were when they were looked up: whoever changes one of them meanwhile is not written over. */
function seenOf<R>(entries: readonly Entry<R>[]): readonly SeenRow[] {
  return entries.flatMap(({ id, row }) => (row === null ? [] : [{ ...row, id }]))
}

/** Those columns of a row that are to be changed, as they are. */
function columnsOf({ row }: Entry<unknown>, changes: Options): Options | null {
  if (row === null) return null
  const named = Object.entries(row as Options).filter(([name]) => Object.hasOwn(changes, name))
  return Object.fromEntries(named)
}

/** Names the runs that what is changed does not end. */
async function tellActiveRuns(
  entries: readonly Entry<unknown>[],
  further: string,
  { output, activeRuns }: VerbParts,
): Promise<void> {
  const ids = new Set(entries.map(({ id }) => id))
  for (const lock of await activeRuns()) if (ids.has(lock.cronId)) output.note(describeActiveRun(lock, further))
}

function nothingGiven(noun: string): Problem {
  const command = `rcron ${noun} edit`
  return problemOfOption(command, 'nothing to change was given', `"${command} --help" lists the options`)
}
