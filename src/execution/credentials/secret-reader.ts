import { join } from 'node:path'
import { errorCodeOf, type RegularFile, readRegularFile, stampOf } from './regular-file.ts'
import { SecretFault, type SecretField } from './secret-fault.ts'
import { parsePassphraseSource, parseSecretSource, type SecretSource } from './secret-source.ts'

const MAX_BYTES = 128 * 1024
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const CREDENTIAL_NAME = /^[\w@+=:.-]+$/

/** Where secrets that a row refers to are looked up. Asked at each use, since a reload may change them. */
export type SecretPlaces = {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** What `~` stands for. */
  readonly home: string
  /** systemd's directory of credentials; null where rcron was given none. */
  readonly credentialsDirectory: string | null
  /** Opens a whole value that begins with `sealed:`, or throws. Null: there is no key to open it with. */
  readonly unseal: ((sealed: string) => string) | null
}

/** The text that a column stands for. */
export type Secret = {
  readonly text: string
  /** Named in errors: `the key file /path`, `env:NAME`, `the stored value`. */
  readonly what: string
  /** Where it is a file: for the commands that mend it. */
  readonly path: string | null
  /** Whether it has to be a key: a key file is never sent as a password. */
  readonly mustBeKey: boolean
  /** The rights of the file that others have and should not have; 0 where there is no such trouble. */
  readonly openTo: number
}

/** Finds out what columns stand for. A file is read again only when it has changed. */
export class SecretReader {
  readonly #places: SecretPlaces
  readonly #files = new Map<string, RegularFile>()

  constructor(places: SecretPlaces) {
    this.#places = places
  }

  /** Throws a SecretFault. */
  read(field: SecretField, column: string): Secret {
    if (column === '') throw new SecretFault(field, 'is empty, expected a secret', null)
    const secret = this.#resolve(
      field,
      field === 'password' ? parseSecretSource(column) : parsePassphraseSource(column),
    )
    if (secret.text !== '') return secret
    throw new SecretFault(field, `${secret.what} is empty, expected a secret`, null)
  }

  #resolve(field: SecretField, source: SecretSource): Secret {
    switch (source.kind) {
      case 'inline':
        return inline(source.text, 'the stored value')
      case 'key-file':
        return this.#keyFile(field, source.path)
      case 'env':
        return this.#env(field, source.name)
      case 'file':
        return this.#referredFile(field, source.path)
      case 'credential':
        return this.#credential(field, source.name)
      case 'sealed':
        return this.#sealed(field, source.text)
      default:
        return source satisfies never
    }
  }

  #keyFile(field: SecretField, column: string): Secret {
    const path = this.#expand(column)
    const what = `the key file ${path}`
    const file = this.#file(field, path, what)
    return { text: file.content.toString('utf8'), what, path, mustBeKey: true, openTo: file.mode & 0o077 }
  }

  #env(field: SecretField, name: string): Secret {
    if (!ENV_NAME.test(name)) throw malformed(field, 'env:NAME', 'a name of letters, digits and _')
    const text = this.#places.environment[name]
    if (text !== undefined) return inline(text, `env:${name}`)
    throw new SecretFault(field, `the environment variable ${name} is not set, expected it to hold the secret`, null)
  }

  #referredFile(field: SecretField, column: string): Secret {
    if (!/^(\/|~\/)/.test(column)) throw malformed(field, 'file:/path', 'an absolute path')
    const path = this.#expand(column)
    const what = `the file ${path}`
    const file = this.#file(field, path, what)
    return { ...inline(withoutLastNewline(file), what), path, openTo: file.mode & 0o077 }
  }

  #credential(field: SecretField, name: string): Secret {
    const { credentialsDirectory } = this.#places
    if (!CREDENTIAL_NAME.test(name) || /^\.+$/.test(name)) {
      throw malformed(field, 'credential:NAME', 'the name of a credential of the unit')
    }
    if (credentialsDirectory === null) {
      throw new SecretFault(
        field,
        `credential:${name} cannot be read: CREDENTIALS_DIRECTORY is not set, expected rcron to run as a unit with credentials`,
        `add LoadCredential=${name}:/path/to/secret to the unit`,
      )
    }
    const path = join(credentialsDirectory, name)
    const what = `credential:${name}`
    const hint = `add LoadCredential=${name}:/path/to/secret to the unit, and restart it`
    return { ...inline(withoutLastNewline(this.#file(field, path, what, hint)), what), path }
  }

  #sealed(field: SecretField, sealed: string): Secret {
    const { unseal } = this.#places
    const hint = 'set RCRON_CACHE_KEY to the key it was sealed with, or store the secret anew: rcron auth edit'
    if (unseal === null)
      throw new SecretFault(field, 'is sealed and there is no key, expected the key to open it', hint)
    const text = openedOrUndefined(unseal, sealed)
    if (text !== undefined) return inline(text, 'the sealed value')
    throw new SecretFault(field, 'the sealed value cannot be opened: another key, or damaged', hint)
  }

  #expand(path: string): string {
    return path.startsWith('~/') ? join(this.#places.home, path.slice(2)) : path
  }

  #file(field: SecretField, path: string, what: string, hint: string | null = null): RegularFile {
    const file = this.#readIfChanged(path)
    if (typeof file !== 'string') return file
    this.#files.delete(path)
    throw new SecretFault(
      field,
      `${what} cannot be read (${file}), expected ${EXPECTED_FILE}`,
      hint ?? remedyFor(file, path),
    )
  }

  /** The file, or the code of the error that kept it from being read. */
  #readIfChanged(path: string): RegularFile | string {
    try {
      const kept = this.#files.get(path)
      if (kept !== undefined && kept.stamp === stampOf(path)) return kept
      const file = readRegularFile(path, MAX_BYTES)
      this.#files.set(path, file)
      return file
    } catch (error) {
      return errorCodeOf(error)
    }
  }
}

const EXPECTED_FILE = "a file of at most 128 KiB that rcron's user can read"

function remedyFor(code: string, path: string): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'correct the path, or put the file there'
  if (code === 'EACCES' || code === 'EPERM')
    return `make ${path} and the directories above it readable for rcron's user`
  return 'give the path of a plain file'
}

function inline(text: string, what: string): Secret {
  return { text, what, path: null, mustBeKey: false, openTo: 0 }
}

/** Editors and `echo` end a file with a newline that is not part of the secret. */
function withoutLastNewline({ content }: RegularFile): string {
  return content.toString('utf8').replace(/\r?\n$/, '')
}

/** The error's text is not ours to vouch for, it may hold what it failed on: it is dropped. */
function openedOrUndefined(unseal: (sealed: string) => string, sealed: string): string | undefined {
  try {
    return unseal(sealed)
  } catch {
    return undefined
  }
}

function malformed(field: SecretField, form: string, expected: string): SecretFault {
  return new SecretFault(
    field,
    `begins like a reference (${form}) and is none, expected ${expected}`,
    'a literal password that begins so is stored sealed (--seal), or given through a reference: env:, file: or credential:',
  )
}
