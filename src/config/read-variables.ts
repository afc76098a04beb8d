import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type About, aboutVariable, errorAbout, type Problem } from '../domain/problem.ts'
import { readSecretFile, SecretFileError } from '../platform/files/secret-file.ts'
import { absolutePath, type PathOrigin } from './values.ts'
import { plainDefault, VARIABLE_NAMES, type Values, type VariableName, variable } from './variables.ts'

/** Variables of the environment, by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Without an error among the problems, `values` has all that `Values` promises. */
export type ReadVariables = { readonly values: Partial<Values>; readonly problems: readonly Problem[] }

/** Finds and judges every variable. One that is set to nothing counts as not set. */
export function readVariables(environment: Environment, origin: PathOrigin): ReadVariables {
  const read = VARIABLE_NAMES.map((name) => readVariable(name, environment, origin))
  const values = Object.fromEntries(read.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])))
  return { values, problems: read.flatMap(({ problems }) => problems) }
}

type OneRead = { readonly name: VariableName; readonly value?: unknown; readonly problems: readonly Problem[] }

function readVariable(name: VariableName, environment: Environment, origin: PathOrigin): OneRead {
  try {
    const found = findText(name, environment, origin)
    const text = found?.text ?? plainDefault(name)
    if (text === undefined) return { name, problems: [] }
    const { value, fault } = variable(name).judge(text)
    if (fault === null) return { name, value, problems: [] }
    return { name, problems: [errorAbout(found?.from ?? aboutVariable(name), fault)] }
  } catch (error) {
    if (error instanceof SourceError) return { name, problems: [errorAbout(error.source, error.message)] }
    throw error
  }
}

/** A text, and what it came from. */
type Found = { readonly text: string; readonly from: About }

class SourceError extends Error {
  override readonly name = 'SourceError'
  readonly source: About

  constructor(source: About, message: string, options?: ErrorOptions) {
    super(message, options)
    this.source = source
  }
}

/** The variable itself, else the file that `<NAME>_FILE` names, else systemd's credential. */
function findText(name: VariableName, environment: Environment, origin: PathOrigin): Found | undefined {
  const direct = environment[name]
  const { credential } = variable(name)
  if (credential === undefined) return direct ? { text: direct, from: aboutVariable(name) } : undefined
  const file = environment[`${name}_FILE`]
  if (direct && file) {
    throw new SourceError(aboutVariable(name), `found a value here and one in ${name}_FILE, expected one of the two`)
  }
  if (direct) return { text: direct, from: aboutVariable(name) }
  if (file) return textFrom(aboutVariable(`${name}_FILE`), absolutePath(file, origin))
  const directory = environment['CREDENTIALS_DIRECTORY']
  const path = directory ? join(directory, credential) : undefined
  if (path === undefined || !existsSync(path)) return undefined
  return textFrom({ kind: 'credential', name: credential }, path)
}

function textFrom(from: About, path: string): Found {
  try {
    return { text: readSecretFile(path), from }
  } catch (error) {
    if (error instanceof SecretFileError) throw new SourceError(from, error.message, { cause: error })
    throw error
  }
}
