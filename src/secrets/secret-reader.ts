import { join } from 'node:path'
import type { AuthRow } from '../domain/rows.ts'
import { codeOrNameOf } from '../platform/error-code.ts'
import type { BoundedFile } from '../platform/files/bounded-file.ts'
import { RegularFiles } from '../platform/files/regular-file.ts'
import { isBelow, isOneOf, isWrittenBelow, keyRightsFault, ownerFault } from './row-file.ts'
import { SecretFault, type SecretField } from './secret-fault.ts'
import { bindingOf, type OpenedSeal, type SealBinding, type SecretPlaces } from './secret-places.ts'
import {
  isSecretVariable,
  parsePassphraseSource,
  parseSecretSource,
  SECRET_VARIABLE,
  type SecretSource,
} from './secret-source.ts'

const MAX_BYTES = 128 * 1024
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const CREDENTIAL_NAME = /^[\w@+=:.-]+$/

/** The text that a column stands for. */
export type Secret = {
  readonly text: string
  /** Named in errors: `the key file /path`, `env:NAME`, `the stored value`. */
  readonly what: string
  /** Where it is a file: for the commands that fix it. */
  readonly path: string | null
  /** Whether it has to be a key: a key file is never sent as a password. */
  readonly mustBeKey: boolean
  /** What to tell of it although it can be used; null if there is nothing. */
  readonly warning: { readonly message: string; readonly hint: string } | null
}

/** Finds out what columns stand for. A file is read again only when it has changed. */
export class SecretReader {
  readonly #places: SecretPlaces
  readonly #files = new RegularFiles(MAX_BYTES)

  constructor(places: SecretPlaces) {
    this.#places = places
  }

  /** What the `field` of `auth` stands for; `column` is its text. Rejects with a SecretFault. */
  async read(field: SecretField, column: string, auth: AuthRow): Promise<Secret> {
    if (column === '') throw new SecretFault(field, 'is empty, expected a secret', null)
    const source = field === 'password' ? parseSecretSource(column) : parsePassphraseSource(column)
    const secret = await this.#resolve(source, bindingOf(auth, field))
    if (secret.text !== '') return secret
    throw new SecretFault(field, `${secret.what} is empty, expected a secret`, null)
  }

  async #resolve(source: SecretSource, bound: SealBinding): Promise<Secret> {
    const { field } = bound
    switch (source.kind) {
      case 'inline':
        return inline(source.text, 'the stored value')
      case 'key-file':
        return await this.#keyFile(field, source.path)
      case 'env':
        return this.#env(field, source.name)
      case 'file':
        return await this.#referredFile(field, source.path)
      case 'credential':
        return await this.#credential(field, source.name)
      case 'sealed':
        return this.#sealed(source.text, bound)
      default:
        return source satisfies never
    }
  }

  async #keyFile(field: SecretField, column: string): Promise<Secret> {
    const path = this.#expand(column)
    const what = `the key file ${path}`
    const file = await this.#file(field, path, what)
    if (await isOneOf(file, this.#places.own.files)) throw ownSecret(field, what)
    const fault = ownerFault(file, what) ?? keyRightsFault(file, { what, path })
    if (fault !== null) throw new SecretFault(field, fault.message, fault.hint)
    return { ...inline(file.content.toString('utf8'), what), path, mustBeKey: true }
  }

  #env(field: SecretField, name: string): Secret {
    if (!ENV_NAME.test(name)) throw malformed(field, 'env:NAME', 'a name of letters, digits and _')
    if (!isSecretVariable(name)) {
      throw new SecretFault(
        field,
        `env:${name} may not be used, expected a variable whose name begins with ${SECRET_VARIABLE}`,
        `give rcron the secret as ${SECRET_VARIABLE}${name.replace(/^RCRON_/, '')}, and name that`,
      )
    }
    const text = this.#places.environment[name]
    if (text !== undefined) return inline(text, `env:${name}`)
    throw new SecretFault(field, `the environment variable ${name} is not set, expected it to hold the secret`, null)
  }

  async #referredFile(field: SecretField, column: string): Promise<Secret> {
    if (!/^(\/|~\/)/.test(column)) throw malformed(field, 'file:/path', 'an absolute path')
    const path = this.#expand(column)
    const { secretsDirectory, own } = this.#places
    const what = `the file ${path}`
    if (!isWrittenBelow(path, secretsDirectory)) throw elsewhere(field, what, secretsDirectory)
    const file = await this.#file(field, path, what)
    if (!(await isBelow(file, secretsDirectory))) throw elsewhere(field, what, secretsDirectory)
    if (await isOneOf(file, own.files)) throw ownSecret(field, what)
    const fault = ownerFault(file, what)
    if (fault !== null) throw new SecretFault(field, fault.message, fault.hint)
    return { ...inline(withoutLastNewline(file), what), path, warning: openness(file, what) }
  }

  async #credential(field: SecretField, name: string): Promise<Secret> {
    const { credentialsDirectory, own } = this.#places
    if (!CREDENTIAL_NAME.test(name) || /^\.+$/.test(name)) {
      throw malformed(field, 'credential:NAME', 'the name of a credential of the unit')
    }
    const what = `credential:${name}`
    if (own.credentials.includes(name)) throw ownSecret(field, what)
    const load = `LoadCredential=${name}:/path/to/secret`
    if (credentialsDirectory === null) {
      throw new SecretFault(
        field,
        `${what} cannot be read: CREDENTIALS_DIRECTORY is not set, expected rcron to run as a unit with credentials`,
        `add ${load} to the unit`,
      )
    }
    const file = await this.#file(
      field,
      join(credentialsDirectory, name),
      what,
      `add ${load} to the unit, and restart it`,
    )
    if (await isOneOf(file, own.files)) throw ownSecret(field, what)
    return { ...inline(withoutLastNewline(file), what), path: join(credentialsDirectory, name) }
  }

  #sealed(sealed: string, bound: SealBinding): Secret {
    const { field, id } = bound
    const { unseal } = this.#places
    const hint = `set RCRON_CACHE_KEY to the key it was sealed with, or store the secret again: rcron auth edit ${id} --${field}-ask --seal`
    if (unseal === null)
      throw new SecretFault(field, 'is sealed and there is no cache key, expected the key to open it', hint)
    const opened = openedOrUndefined(() => unseal(sealed, bound))
    if (opened === undefined) {
      const message =
        'the sealed value cannot be opened: it was sealed for another auth, user or hosts, or with another key, or is damaged'
      throw new SecretFault(field, message, hint)
    }
    return { ...inline(opened.text, 'the sealed value'), warning: opened.isBound ? null : unbound(id) }
  }

  #expand(path: string): string {
    return path.startsWith('~/') ? join(this.#places.home, path.slice(2)) : path
  }

  async #file(field: SecretField, path: string, what: string, hint: string | null = null): Promise<BoundedFile> {
    try {
      return await this.#files.read(path)
    } catch (error) {
      const code = codeOrNameOf(error)
      const message = `${what} cannot be read (${code}), expected ${EXPECTED_FILE}`
      throw new SecretFault(field, message, hint ?? remedyFor(code))
    }
  }
}

const EXPECTED_FILE = "a file of at most 128 KiB that rcron's user can read"

/** Holds no command: the path may lead to what is no key, and is not rcron's to change. */
function remedyFor(code: string): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'correct the path, or create the file'
  if (code === 'EACCES' || code === 'EPERM') return "give the path of a key that rcron's user owns and can reach"
  return 'give the path of a plain file'
}

function inline(text: string, what: string): Secret {
  return { text, what, path: null, mustBeKey: false, warning: null }
}

/** Editors and `echo` end a file with a newline that is not part of the secret. */
function withoutLastNewline({ content }: BoundedFile): string {
  return content.toString('utf8').replace(/\r?\n$/, '')
}

/** The error's text is not ours to vouch for, it may hold what it failed on: it is dropped. */
function openedOrUndefined(open: () => OpenedSeal): OpenedSeal | undefined {
  try {
    return open()
  } catch {
    return undefined
  }
}

function openness({ mode }: BoundedFile, what: string): Secret['warning'] {
  if ((mode & 0o077) === 0) return null
  const message = `${what} is open to other users of this machine, expected mode 0600 or 0400`
  return { message, hint: "make sure that only rcron's user can read it" }
}

function unbound(id: number): Secret['warning'] {
  return {
    message: 'was sealed by an older rcron, and can be opened in any row that it is copied to',
    hint: `seal it again: rcron auth edit ${id} --seal`,
  }
}

function elsewhere(field: SecretField, what: string, directory: string): SecretFault {
  return new SecretFault(
    field,
    `${what} may not be used, expected one below ${directory}`,
    `put the secret there, or name another directory by RCRON_SECRETS_DIR; a key needs no file: before its path`,
  )
}

function ownSecret(field: SecretField, what: string): SecretFault {
  const hint = 'use a separate secret for the host'
  return new SecretFault(field, `${what} may not be used: it unlocks rcron itself`, hint)
}

function malformed(field: SecretField, form: string, expected: string): SecretFault {
  return new SecretFault(
    field,
    `begins like a reference (${form}) but is not one, expected ${expected}`,
    'store a literal password that begins like this sealed (--seal), or give it by reference: env:, file: or credential:',
  )
}
