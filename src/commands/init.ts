import { dirname } from 'node:path'
import { composeStore } from '../app/parts.ts'
import { loadSettings, type Settings } from '../app/settings.ts'
import { refuseForeignPlaces } from '../config/judge-places.ts'
import { OperatorError } from '../domain/errors.ts'
import { reportedOf } from '../domain/problem.ts'
import { codeOf } from '../platform/error-code.ts'
import { makeDirectory } from '../platform/files/make-directory.ts'
import { type AppliedSchema, describeStep, type SchemaStep, type SchemaStore } from '../store/sql/schema-store.ts'
import type { CommandContext, ExitCode } from './cli/context.ts'
import { Output } from './cli/output.ts'

/** Options of `rcron init`. */
export type InitOptions = { readonly dryRun?: boolean; readonly json?: boolean }

/**
 * Makes the tables that are missing and adds the columns that they lack; where the store is a file, makes it and its directory as well.
 * Exits with 1 where the database would not have all of it.
 */
export async function init(context: CommandContext, options: InitOptions): Promise<ExitCode> {
  const settings = await loadSettings(context.environment)
  refuseForeignPlaces(settings.config)
  if (options.dryRun !== true) makeDatabaseDirectory(settings)
  const store = await composeStore(settings.config)
  const output = new Output(context)
  for (const problem of settings.ignored) output.problem(problem)
  try {
    return await completeTables(store, output, options)
  } finally {
    await store.close()
  }
}

function makeDatabaseDirectory({ config: { database, stateDirectory } }: Settings): void {
  if (database.kind !== 'sqlite') return
  const directory = dirname(database.path)
  try {
    makeDirectory(directory)
  } catch (error) {
    const variable = directory === stateDirectory ? 'RCRON_STATE_DIR' : 'RCRON_DATABASE_URL'
    throw new OperatorError(
      `directory ${directory}: cannot be created (${codeOf(error)})`,
      `Create it for rcron's user, or set ${variable} to another one.`,
      { cause: error },
    )
  }
}

async function completeTables(store: SchemaStore, output: Output, options: InitOptions): Promise<ExitCode> {
  const steps = await store.planSchema()
  if (options.dryRun === true) {
    printPlan(output, steps, options)
    return 0
  }
  const { applied, problems } = await store.applySchema(steps)
  printApplied(output, { applied, problems }, options)
  return problems.some(({ severity }) => severity === 'error') ? 1 : 0
}

function printPlan(output: Output, steps: readonly SchemaStep[], { json }: InitOptions): void {
  if (json === true) output.json({ steps: steps.map(printedStep) })
  else if (steps.length === 0) output.line('The tables are complete; there is nothing to do.')
  else for (const step of steps) for (const line of `${sqlOf(step)};`.split('\n')) output.line(line)
}

function printApplied(output: Output, { applied, problems }: AppliedSchema, { json }: InitOptions): void {
  if (json === true) {
    output.json({ applied: applied.map(printedStep), problems: problems.map(reportedOf) })
    return
  }
  for (const step of applied) output.line(`done: ${describeStep(step)}`)
  for (const problem of problems) output.problem(problem)
  if (applied.length === 0 && problems.length === 0) output.line('The tables are complete; there was nothing to do.')
}

function sqlOf({ statements }: SchemaStep): string {
  return statements.join(';\n')
}

/** A step as `--json` prints it. */
function printedStep(step: SchemaStep): { readonly summary: string; readonly sql: string } {
  return { summary: describeStep(step), sql: sqlOf(step) }
}
