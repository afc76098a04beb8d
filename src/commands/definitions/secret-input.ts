import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { type Command, Option } from 'commander'
import { OWN_CREDENTIALS } from '../../config/variables.ts'
import { ExitError, InvalidInputError, OperatorError } from '../../domain/errors.ts'
import { aboutOption, errorAbout } from '../../domain/problem.ts'
import { codeOrNameOf } from '../../platform/error-code.ts'
import {
  isSecretVariable,
  parsePassphraseSource,
  parseSecretSource,
  SECRET_VARIABLE,
} from '../../secrets/secret-source.ts'
import type { CommandContext } from '../cli/context.ts'

/** The columns of an auth that hold secrets. */
export type SecretColumn = 'password' | 'passphrase'

/** What was asked for on the command line; the secret itself never stands there. */
export type SecretOptions = { readonly [option: string]: unknown }

/** Whether the value of a password names where it is kept, and is not itself a secret. */
export function isReference(password: string): boolean {
  return namesPlace('password', password)
}

/** The same of either column, as its value will be read once it is stored. */
export function namesPlace(column: SecretColumn, value: string): boolean {
  const { kind } = column === 'password' ? parseSecretSource(value) : parsePassphraseSource(value)
  return kind !== 'inline' && kind !== 'sealed'
}

/** What the values of `--password-reference` and `--passphrase-reference` may look like. */
const PLACES: Readonly<Record<SecretColumn, string>> = {
  password: '/key/file, ~/key/file, env:RCRON_SECRET_NAME, file:/path, credential:NAME',
  passphrase: 'file:/path, env:RCRON_SECRET_NAME, credential:NAME; a path alone is file:',
}

/** The place that the options name for a secret; undefined where they name none. Throws an InvalidInputError where `--key` holds a key itself. */
export function referenceIn(column: SecretColumn, options: SecretOptions): string | undefined {
  const [reference, key] = [options[`${column}Reference`], options['key']]
  if (typeof reference === 'string') return reference
  if (column === 'passphrase' || typeof key !== 'string') return undefined
  if (key.includes('\n') || key.includes('-----BEGIN')) throw refuseArgument(column, '--key')
  // The daemon works elsewhere; what begins with ~ it finds in its own home.
  return key === '' || key.startsWith('~/') ? key : resolve(key)
}

/** What its column in the database takes. */
const MAX_BYTES = 65_535

const WAYS = ['Ask', 'File', 'Stdin', 'Reference'] as const

/** Adds the ways in which a secret may be given. */
export function secretOptions(command: Command): Command {
  const ways = [...waysOf('password', 'password or private key'), ...waysOf('passphrase', 'passphrase of the key')]
  for (const way of ways) command.addOption(way)
  return command
    .addOption(
      new Option('--key <file>', 'log in by the private key in this file, which is read at each login').conflicts(
        WAYS.map((way) => `password${way}`),
      ),
    )
    .addOption(
      new Option('--no-passphrase', 'remove the stored passphrase').conflicts(WAYS.map((way) => `passphrase${way}`)),
    )
    .option('--seal', "store the secrets sealed under rcron's cache key; alone, seals what is stored")
}

/** At most one of them may be given; and standard input holds one secret only. */
function waysOf(column: SecretColumn, what: string): readonly Option[] {
  const ways = WAYS.map((way) => `${column}${way}`)
  const others = (own: string) => [
    ...ways.filter((way) => way !== own),
    ...(own === 'passwordStdin' ? ['passphraseStdin'] : []),
  ]
  const way = (flags: string, help: string, own: string) => new Option(flags, help).conflicts(others(own))
  return [
    way(`--${column}-ask`, `ask for the ${what} on the terminal`, `${column}Ask`),
    way(`--${column}-file <path>`, `read the ${what} from this file`, `${column}File`),
    way(`--${column}-stdin`, `read the ${what} from standard input`, `${column}Stdin`),
    way(`--${column}-reference <where>`, `store a reference to it: ${PLACES[column]}`, `${column}Reference`),
    // Known only to be refused: as an unknown option it would be quoted with its value.
    new Option(`--${column} [value]`).hideHelp(),
  ]
}

/**
 * The secret that the options name, to be stored as it is or sealed; undefined if they name none. Rejects with an OperatorError for
 * a file that cannot be read, an empty secret, one that would be taken for a reference, or a reference that is not one.
 */
export async function readSecret(
  column: SecretColumn,
  options: SecretOptions,
  context: CommandContext,
): Promise<string | undefined> {
  if (options[column] === true || typeof options[column] === 'string') throw refuseArgument(column)
  const file = options[`${column}File`]
  const reference = referenceIn(column, options)
  if (typeof file === 'string') return storable(column, await readFile(column, file), options)
  if (options[`${column}Stdin`] === true) return storable(column, await readSome(column, context.stdin), options)
  if (options[`${column}Ask`] === true) return await askSecret(column, context, options)
  if (reference !== undefined) return checkedReference(column, reference)
  return undefined
}

/**
 * Asks for the secret on the terminal, without showing it. Rejects with an OperatorError if nobody is there to be asked, and as
 * `readSecret` does.
 */
export async function askSecret(
  column: SecretColumn,
  context: CommandContext,
  options: SecretOptions = {},
): Promise<string> {
  if (!context.stdin.isTTY) {
    throw refuse(
      column,
      'is needed, but standard input is not a terminal',
      `give --${column}-file, --${column}-stdin or --${column}-reference`,
    )
  }
  const { password: ask, isCancel } = await import('@clack/prompts')
  const answer = await ask({ message: `The ${column} (not shown):`, input: context.stdin, output: context.stderr })
  if (isCancel(answer)) throw new ExitError(6, 'cancelled: nothing was changed', null)
  return storable(column, answer ?? '', options, `--${column}-ask --seal`)
}

/** A pipe as well, as the shell's `<(…)` gives one. */
async function readFile(column: SecretColumn, path: string): Promise<string> {
  try {
    return await readSome(column, createReadStream(path, { end: MAX_BYTES }))
  } catch (error) {
    if (error instanceof OperatorError) throw error
    throw new OperatorError(`the ${column} cannot be read from ${path}: ${codeOrNameOf(error)}`, null, { cause: error })
  }
}

async function readSome(column: SecretColumn, stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const piece of stream) {
    const chunk = Buffer.from(piece)
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > MAX_BYTES) throw refuse(column, `is longer than ${MAX_BYTES} bytes, expected a secret`, null)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * Private keys keep their last line end; of anything else one line end at the end is not part of the secret. Refuses one that would be
 * read as a reference once it is stored: it would not be used, and be shown as references are. Sealed, it is read as it is.
 */
function storable(column: SecretColumn, value: string, options: SecretOptions, sealing = '--seal as well'): string {
  const secret = value.includes('PRIVATE KEY-----') ? value : value.replace(/\r?\n$/, '')
  if (secret === '') throw refuse(column, 'is empty, expected a secret', null)
  if (options['seal'] === true || !namesPlace(column, secret)) return secret
  throw refuse(
    column,
    'begins like a reference, and would be read as the place where the secret is kept',
    `give ${sealing} to store it sealed; if it is meant as a place, use --${column}-reference`,
  )
}

/** A path is a key file for a password; for a passphrase it is read as one only behind `file:`. */
function checkedReference(column: SecretColumn, given: string): string {
  const reference = column === 'passphrase' && /^~?\//.test(given) ? `file:${given}` : given
  if (namesPlace(column, reference)) return allowedReference(column, reference)
  throw refuse(
    `--${column}-reference`,
    `is not a reference to a secret, expected one of ${PLACES[column]}`,
    `give the secret itself with --${column}-file or --${column}-stdin`,
  )
}

/** What no rcron would follow, wherever it runs. */
function allowedReference(column: SecretColumn, reference: string): string {
  const [, scheme, name = ''] = /^(env|credential):(.*)$/s.exec(reference) ?? []
  if (scheme === 'env' && !isSecretVariable(name)) {
    const hint = `give rcron the secret in such a variable, and store env:${SECRET_VARIABLE}NAME`
    throw refuse(`--${column}-reference`, `env: expects a variable whose name begins with ${SECRET_VARIABLE}`, hint)
  }
  if (scheme === 'credential' && OWN_CREDENTIALS.includes(name)) {
    const hint = 'load another credential for the host'
    throw refuse(`--${column}-reference`, `${reference} unlocks rcron itself`, hint)
  }
  return reference
}

function refuseArgument(column: SecretColumn, flag = `--${column}`): InvalidInputError {
  return refuse(
    flag,
    'every user of this machine can read a secret on a command line, and the shell history keeps it',
    `give --${column}-ask, --${column}-file, --${column}-stdin or --${column}-reference`,
  )
}

function refuse(flag: string, message: string, hint: string | null): InvalidInputError {
  return new InvalidInputError([errorAbout(aboutOption(flag), message, hint)])
}
