import { PasswordKept } from './mysql-password.ts'

/** What came is no answer to what was asked. The connection is of no use any more. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer'
  readonly fatal = true
}

/** Why `result` is no answer to a statement; null if it is one. Rows are demanded of whatever reads: to have none is an answer of its own. */
export function answerFault(statement: string, error: unknown, result: unknown): unknown {
  if (error) return faultOfDriver(error)
  return /^\s*(select|show)\b/i.test(statement) && !Array.isArray(result) ? new UnreadableAnswer() : null
}

/** The driver names by a code what the server or the system says, and marks a broken connection; else it did not understand what came. */
export function faultOfDriver(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof PasswordKept) return error
  return 'code' in error || 'errno' in error || 'fatal' in error ? error : new UnreadableAnswer()
}
