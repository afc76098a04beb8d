import { BUG } from '../../domain/bug.ts'
import { InvalidInputError, OperatorError } from '../../domain/errors.ts'
import { reportedOf } from '../../domain/problem.ts'
import { escapeJson } from '../../platform/log/escape-text.ts'

/** What names a failure to programs, by the exit status that the command ends with. */
const CODES: Readonly<Record<number, string>> = {
  1: 'FAILED',
  2: 'INVALID',
  3: 'NOT_RUNNING',
  4: 'NOT_FOUND',
  5: 'FORBIDDEN',
  6: 'REFUSED',
  7: 'NOT_CONFIRMED',
  8: 'GOES_ON',
}

/** What a command says with --json where it fails: a line of JSON. Bad input has all of its problems in `problems`. */
export function errorEnvelope(error: unknown, status: number): string {
  const code = error instanceof OperatorError ? (CODES[status] ?? 'FAILED') : 'BUG'
  const message = error instanceof OperatorError ? error.message : `${BUG}: ${String(error)}`
  const hint = error instanceof OperatorError ? error.hint : null
  const problems = error instanceof InvalidInputError ? { problems: error.problems.map(reportedOf) } : {}
  return `${escapeJson(JSON.stringify({ error: { code, message, hint, ...problems } }))}\n`
}
