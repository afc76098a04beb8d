import { config as readDotenv } from 'dotenv'
import { InvalidInputError } from '../domain/errors.ts'
import type { Environment } from './read-variables.ts'

/**
 * The environment of the process, and beneath it what the `.env` file at `path` says. No file is fine; throws an
 * InvalidInputError where there is one that cannot be read. Changes nothing but what it returns.
 */
export function withDotenv(environment: Environment, path: string): Environment {
  const fromFile: Record<string, string> = {}
  const { error } = readDotenv({ path, processEnv: fromFile, quiet: true })
  if (error !== undefined && codeOf(error) !== 'ENOENT') {
    const message = `cannot be read (${codeOf(error)}), expected a file that user id ${process.getuid?.()} may read, or none`
    throw new InvalidInputError([{ severity: 'error', subject: path, field: null, message, hint: null }])
  }
  return { ...fromFile, ...environment }
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.message
}
