import { loadEnvironment } from '../app/settings.ts'
import { isPathForPem, VARIABLE_NAMES, type VariableName, variable } from '../config/variables.ts'
import type { CommandContext, ExitCode } from './cli/context.ts'
import { Output, styled } from './cli/output.ts'

/** Options of `rcron settings`. */
export type SettingsOptions = { readonly json?: boolean }

/** Lists the variables. What they are set to is shown as it stands, unjudged; secrets are not shown. */
export async function settings(context: CommandContext, { json }: SettingsOptions): Promise<ExitCode> {
  const output = new Output(context)
  const { environment, warnings } = await loadEnvironment(context.environment)
  for (const problem of warnings) output.problem(problem)
  const listed = VARIABLE_NAMES.map((name) => ({ name, ...explain(name), ...shownValue(name, environment) }))
  if (json === true) output.json(listed)
  else {
    for (const { name, unit, default: byDefault, meaning, value } of listed) {
      output.line(styled('bold', name))
      output.line(`    ${meaning}`)
      output.line(`    Unit: ${unit}. Default: ${byDefault}`)
      if (value !== null) output.line(`    Set to: ${value}`)
    }
  }
  return 0
}

function explain(name: VariableName) {
  const { unit, default: byDefault, meaning, credential = null } = variable(name)
  return { unit, default: byDefault, meaning, credential }
}

type Environment = Readonly<Record<string, string | undefined>>

/** One that is set to nothing counts as not set. The path of a secret is shown: a path is not itself secret. */
function shownValue(name: VariableName, environment: Environment): { readonly value: string | null } {
  const value = environment[name] || null
  const file = environment[`${name}_FILE`]
  if (variable(name).credential === undefined) return { value }
  if (value !== null) return { value: isPathForPem(name, value) ? value : '(a secret)' }
  return { value: file ? `(the contents of ${file})` : null }
}
