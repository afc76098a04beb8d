/** The code of whatever was thrown; null where it has none. */
export function codeOrNull(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null
}

/** The code of whatever was thrown, `ENOENT`; where it has none, what it says of itself. */
export function codeOf(error: unknown): string {
  return codeOrNull(error) ?? String(error)
}

/** As `codeOf`, but never the text of an error, which may hold what it failed on: where it has no code, its name. */
export function codeOrNameOf(error: unknown): string {
  return codeOrNull(error) ?? (error instanceof Error ? error.name : 'unknown error')
}

/** SQLite's extended result code; null for an error that is not SQLite's. */
export function sqliteCodeOf(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : null
}

const SQLITE_BUSY = 5

/** Whether another process has the file of a database at that moment. */
export function isSqliteBusy(error: unknown): boolean {
  return ((sqliteCodeOf(error) ?? 0) & 0xff) === SQLITE_BUSY
}
