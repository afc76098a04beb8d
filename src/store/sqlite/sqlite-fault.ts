import { OperatorError } from '../../domain/errors.ts'
import { codeOrNull, sqliteCodeOf } from '../../platform/error-code.ts'
import { DatabaseFault, type FaultKind } from '../sql/database-fault.ts'

type Reading = { readonly kind: FaultKind; readonly found: string; readonly hint: string | null }

/** By SQLite's extended result code, else by its primary one (the low byte). */
const BY_CODE: Readonly<Record<number, Reading>> = {
  5: { kind: 'busy', found: 'another process is writing', hint: 'look for a program that keeps the file locked' },
  8: {
    kind: 'read-only',
    found: 'the file is read-only',
    hint: 'give rcron the right to write the file and its directory',
  },
  10: { kind: 'other', found: 'reading or writing failed', hint: 'check the disk' },
  11: { kind: 'other', found: 'the file is damaged', hint: 'put a backup in its place' },
  13: { kind: 'other', found: 'the disk is full', hint: 'make room' },
  14: {
    kind: 'away',
    found: 'the file cannot be opened',
    hint: 'check the path in RCRON_DATABASE_URL, and that its directory exists',
  },
  18: { kind: 'too-long', found: 'a value is too large', hint: 'shorten it' },
  26: { kind: 'other', found: 'the file is not an SQLite database', hint: 'check the path in RCRON_DATABASE_URL' },
  787: {
    kind: 'referenced',
    found: 'another row still uses this one, or the row it refers to does not exist',
    hint: 'remove or edit the crons that use it first',
  },
  // Nothing was written; the next attempt opens the new one.
  1032: { kind: 'busy', found: 'the file was replaced', hint: 'ask again' },
  1555: { kind: 'duplicate', found: 'there already is such a row', hint: 'edit that one, or choose another name' },
  2067: { kind: 'duplicate', found: 'there already is such a row', hint: 'edit that one, or choose another name' },
}

/** SQLITE_ERROR: told apart by their texts, which name tables and columns only. */
const BY_TEXT: readonly (readonly [RegExp, Reading])[] = [
  [/no such table/, { kind: 'missing-table', found: 'a table is missing', hint: 'run "rcron init"' }],
  [/no such column/, { kind: 'missing-column', found: 'a column is missing', hint: 'run "rcron init"' }],
  [/duplicate column name/, { kind: 'present', found: 'the column already exists', hint: null }],
]

/** Tells what an error of node:sqlite, or of opening the file, means. Takes over codes alone. */
export function sqliteFaultOf(error: unknown, where: string): unknown {
  if (error instanceof OperatorError || !(error instanceof Error)) return error
  const errcode = sqliteCodeOf(error)
  if (errcode !== null) {
    const { kind, found, hint } = readingOf(errcode, error.message)
    return new DatabaseFault({ kind, message: `${where}: ${found} [SQLite code ${errcode}]`, hint })
  }
  const code = codeOrNull(error) ?? ''
  if (/^E[A-Z]+$/.test(code)) {
    const hint = 'check the path in RCRON_DATABASE_URL, its directory, and who can write there'
    return new DatabaseFault({ kind: 'away', message: `${where}: the file cannot be opened [${code}]`, hint })
  }
  return error
}

function readingOf(errcode: number, message: string): Reading {
  const byCode = BY_CODE[errcode] ?? BY_CODE[errcode & 0xff]
  const byText = BY_TEXT.find(([pattern]) => pattern.test(message))?.[1]
  return byText ?? byCode ?? { kind: 'other', found: 'the database failed', hint: null }
}
