import { InvalidInputError } from '../domain/errors.ts'
import type { Problem } from '../domain/problem.ts'
import { readDotenvFile } from './dotenv-file.ts'
import type { Environment } from './read-variables.ts'

/** The environment, and what is odd about the file beneath it. */
export type WithDotenv = { readonly environment: Environment; readonly warnings: readonly Problem[] }

/**
 * The environment of the process, and beneath it what the `.env` file at `path` says. No file is fine; throws an
 * InvalidInputError where there is one that cannot be used. Changes nothing but what it returns.
 */
export function withDotenv(environment: Environment, path: string): WithDotenv {
  const { values, problems } = readDotenvFile(path)
  // What the environment says wins: its value is not cut, whatever the file has for it.
  const errors = problems.filter(({ severity, about }) => {
    const isOverridden = about.kind === 'variable' && environment[about.name] !== undefined
    return severity === 'error' && !isOverridden
  })
  if (errors.length > 0) throw new InvalidInputError(errors)
  return {
    environment: { ...values, ...environment },
    warnings: problems.filter(({ severity }) => severity === 'warning'),
  }
}
