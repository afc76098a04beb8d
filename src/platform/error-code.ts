/** The code of whatever was thrown, `ENOENT`; where it has none, what it says of itself. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
