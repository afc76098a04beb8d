import { join } from 'node:path'
import type { Config, DatabaseConfig } from '../config/config.ts'
import { loadConfig } from '../config/load-config.ts'
import { thisMachine } from '../config/machine.ts'
import type { Environment } from '../config/read-variables.ts'
import { type WithDotenv, withDotenv } from '../config/with-dotenv.ts'
import { describeProblem, type Problem } from '../domain/problem.ts'
import type { Log } from '../platform/log/log.ts'

/** What the process was started with, judged. */
export type Settings = {
  readonly config: Config
  /** The environment with what `.env` adds to it: where secrets that rows refer to are looked up. */
  readonly environment: Environment
  readonly home: string
  /** Why `.env` was ignored, where it was. */
  readonly ignored: readonly Problem[]
}

/** The environment of the process, and beneath it what `.env` of the working directory says. Nothing of it is judged. */
export async function loadEnvironment(processEnvironment: Environment): Promise<WithDotenv> {
  return withDotenv(processEnvironment, join((await thisMachine(processEnvironment)).workingDirectory, '.env'))
}

/** Reads the environment and `.env` of the working directory. Rejects with an InvalidInputError that names every problem. */
export async function loadSettings(processEnvironment: Environment): Promise<Settings> {
  const machine = await thisMachine(processEnvironment)
  const { environment, warnings: ignored } = withDotenv(processEnvironment, join(machine.workingDirectory, '.env'))
  const config = loadConfig(environment, machine)
  return {
    config: { ...config, warnings: [...ignored, ...config.warnings] },
    environment,
    home: machine.home,
    ignored,
  }
}

/** Which database definitions came from: another one's cache is not taken for this one's. */
export function nameOfDatabase(database: DatabaseConfig): string {
  if (database.kind === 'sqlite') return `sqlite:${database.path}`
  return `mysql://${database.host}:${database.port}/${database.database}`
}

/** Logs warnings about settings that are valid but questionable. */
export function logWarnings({ warnings }: Pick<Config, 'warnings'>, log: Log): void {
  for (const warning of warnings) log.warn({ problem: describeProblem(warning) }, 'questionable setting')
}
