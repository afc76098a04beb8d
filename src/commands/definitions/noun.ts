import type { Command } from 'commander'
import type { Config } from '../../config/config.ts'
import { InvalidInputError } from '../../domain/errors.ts'
import { aboutOption, errorAbout, type Problem, type RowKind } from '../../domain/problem.ts'
import type { Definitions } from '../../domain/rows.ts'
import type { SecretSeal } from '../../secrets/seal-secret.ts'
import type { DefinitionEditor, Entry, Shelf } from '../../store/definitions/definition-editor.ts'
import type { CommandContext } from '../cli/context.ts'
import type { TableColumn } from '../cli/table.ts'
import { type Column, optionFlag } from './column.ts'

/** Options as commander hands them on. */
export type Options = Readonly<Record<string, unknown>>

/** What a change is judged and completed with. */
export type ChangeParts = {
  readonly context: CommandContext
  readonly editor: DefinitionEditor
  readonly settings: Pick<Config, 'knownHostsFile' | 'hostname' | 'timezone'>
  /** What seals secrets under the cache key. Rejects with an OperatorError if there is none. */
  readonly seal: () => Promise<SecretSeal>
  /** Rejects with an InvalidInputError that names everything that keeps a row from working. */
  readonly judge: (judged: JudgedDefinitions) => Promise<void>
}

/** What a command has changed of one row: the columns before and after; null where there was, or is, no row. */
export type RowChange = { readonly subject: string; readonly was: Options | null; readonly became: Options | null }

/** Rows that are judged together. */
export type JudgedDefinitions = Definitions & {
  readonly beside: RelatedRows
}

/** The ids of rows that are there to be compared with: what is wrong with them is no matter of the change. */
export type RelatedRows = Readonly<Record<RowKind, ReadonlySet<number>>>

export const NOTHING_BESIDE: RelatedRows = { auth: new Set(), system: new Set(), cron: new Set() }

/** What is written of a row before its id is known, and what follows from that. */
export type PreparedRow<Fields> = { readonly first: Fields; readonly settle: (id: number) => Partial<Fields> }

/** What `rcron auth`, `rcron system` and `rcron cron` have of their own; the verbs are the same for all. */
export type Noun<Row, Fields> = {
  readonly name: RowKind
  readonly columns: readonly Column[]
  /** Options beside those of the columns. */
  readonly extraOptions: (command: Command, verb: 'add' | 'edit') => Command
  readonly shelf: (editor: DefinitionEditor) => Shelf<Row, Fields>
  /** The row whose id is `reference`, else every row that people call so, in order of id. Empty if there is none. */
  readonly find: (editor: DefinitionEditor, reference: string) => Promise<readonly Entry<Row>[]>
  /** What of each row may be seen, in the order in which it is shown; no secret. */
  readonly visible: (rows: readonly Row[], editor: DefinitionEditor) => Promise<readonly Options[]>
  /** Which of the visible fields a list of rows shows, each under its own name. */
  readonly listed: readonly TableColumn[]
  /**
   * `changes` with the columns that the options set beyond `columns`; asks for what is missing. Several where one command adds several rows;
   * of a change (`old`) always one. Rejects with an OperatorError.
   */
  readonly complete: (
    changes: Options,
    options: Options,
    parts: ChangeParts,
    old: Entry<Row> | null,
  ) => Promise<readonly [Options, ...Options[]]>
  /** How a complete new row is written; null if it is written as it is. */
  readonly writing?: (columns: Options, options: Options, parts: ChangeParts) => Promise<PreparedRow<Fields> | null>
  /** The rows that are to be written, beside those that they refer to or belong with: what is judged before. */
  readonly definitions: (rows: readonly Options[], editor: DefinitionEditor) => Promise<JudgedDefinitions>
  /** The column in which the rows of one name differ by nature, where a change by name is of all of them; null if one is wanted. */
  readonly ofOneRow: string | null
  /** What is said of the new rows beside their ids; empty where there is nothing to say. */
  readonly afterAdding: (ids: readonly number[], row: Options) => string
}

/** Rejects with an InvalidInputError that names each of `names` that `columns` lacks. */
export function required(noun: string, columns: Options, names: readonly string[]): void {
  const problems = missing(noun, columns, names)
  if (problems.length > 0) throw new InvalidInputError(problems)
}

/** A problem for each of `names` that `columns` lacks. */
export function missing(noun: string, columns: Options, names: readonly string[]): readonly Problem[] {
  const absent = names.filter((name) => columns[name] === undefined)
  return absent.map((name) => problemOfOption(optionFlag({ name }), `missing; a new ${noun} needs it`))
}

/** What is wrong with an option, or with its absence. */
export function problemOfOption(flag: string, message: string, hint: string | null = null): Problem {
  return errorAbout(aboutOption(flag), message, hint)
}
