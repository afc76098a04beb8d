import { createHmac, randomBytes } from 'node:crypto'
import { OperatorError } from '../../domain/errors.ts'
import { describeProblem, type Problem } from '../../domain/problem.ts'
import type { AuthRow } from '../../domain/rows.ts'
import type { Credential, SecretIdentity } from './credential.ts'
import { looksLikeKey } from './key-text.ts'
import { parsePrivateKey } from './private-key.ts'
import { SecretFault } from './secret-fault.ts'
import { type Secret, type SecretPlaces, SecretReader } from './secret-reader.ts'

const MAX_KEPT = 10_000

/** Turns the secrets of auths into what a login is made with. */
export interface Credentials {
  /**
   * What to log in with. Cheap once it has been called for the same secret: keys are opened once, and a file is read again
   * only when it has changed. Throws an OperatorError that names auth, column and remedy, and holds no secret.
   */
  resolve(auth: AuthRow): Credential
  /** What an operator should mend about an auth: the error that `resolve` would throw, and warnings. */
  judge(auth: AuthRow): readonly Problem[]
}

export function createCredentials(places: SecretPlaces): Credentials {
  return new OpenedCredentials(places)
}

class OpenedCredentials implements Credentials {
  readonly #reader: SecretReader
  /** What each secret and passphrase came to, the oldest first. */
  readonly #opened = new Map<string, Credential | SecretFault>()
  /** Whether a text looks like a key, the oldest first. */
  readonly #sniffed = new Map<string, boolean>()
  readonly #identityKey = randomBytes(32)

  constructor(places: SecretPlaces) {
    this.#reader = new SecretReader(places)
  }

  resolve(auth: AuthRow): Credential {
    const opened = faultOr(() => this.#open(auth, this.#reader.read('password', auth.password)))
    if (!(opened instanceof SecretFault)) return opened
    const problem = problemOf(auth, opened)
    throw new OperatorError(describeProblem({ ...problem, hint: null }), problem.hint)
  }

  judge(auth: AuthRow): readonly Problem[] {
    const secret = faultOr(() => this.#reader.read('password', auth.password))
    if (secret instanceof SecretFault) return [problemOf(auth, secret)]
    const opened = faultOr(() => this.#open(auth, secret))
    const errors = opened instanceof SecretFault ? [problemOf(auth, opened)] : []
    return [...errors, ...warningsOf(auth, secret)]
  }

  #open(auth: AuthRow, secret: Secret): Credential {
    const isKey = secret.mustBeKey || this.#looksLikeKey(secret.text)
    const passphrase = isKey ? this.#passphraseOf(auth) : null
    // A fault names the place, so what is kept belongs to the place too.
    const keptAs = JSON.stringify([isKey, secret.what, passphrase, secret.text])
    const opened =
      this.#opened.get(keptAs) ??
      keep(
        this.#opened,
        keptAs,
        faultOr(() => (isKey ? this.#openKey(secret, passphrase) : this.#asPassword(secret))),
      )
    if (opened instanceof SecretFault) throw opened
    return opened
  }

  #openKey(secret: Secret, passphrase: string | null): Credential {
    const { key, encrypted } = parsePrivateKey(secret.text, passphrase, secret)
    const identity = this.#identify('key', secret.text, passphrase ?? '')
    return { kind: 'key', key, password: encrypted ? null : passphrase, identity }
  }

  #asPassword({ text }: Secret): Credential {
    return { kind: 'password', password: text, identity: this.#identify('password', text) }
  }

  #looksLikeKey(text: string): boolean {
    return this.#sniffed.get(text) ?? keep(this.#sniffed, text, looksLikeKey(text))
  }

  #passphraseOf({ passphrase }: AuthRow): string | null {
    return passphrase === null || passphrase === '' ? null : this.#reader.read('passphrase', passphrase).text
  }

  #identify(...parts: readonly string[]): SecretIdentity {
    return createHmac('sha256', this.#identityKey).update(JSON.stringify(parts)).digest('hex')
  }
}

/** Returns `value`; makes room for it by letting the oldest go. */
function keep<Value>(kept: Map<string, Value>, key: string, value: Value): Value {
  const [oldest] = kept.keys()
  if (kept.size >= MAX_KEPT && oldest !== undefined) kept.delete(oldest)
  kept.set(key, value)
  return value
}

function faultOr<Result>(attempt: () => Result): Result | SecretFault {
  try {
    return attempt()
  } catch (error) {
    if (error instanceof SecretFault) return error
    throw error
  }
}

function subjectOf({ id, user }: AuthRow): string {
  return `auth ${id} (${user})`
}

function problemOf(auth: AuthRow, { field, message, hint }: SecretFault): Problem {
  return { severity: 'error', subject: subjectOf(auth), field, message, hint }
}

function warningsOf(auth: AuthRow, { what, path, openTo }: Secret): readonly Problem[] {
  if (openTo === 0 || path === null) return []
  const message = `${what} is open to other users of this machine, expected mode 0600 or 0400`
  return [{ severity: 'warning', subject: subjectOf(auth), field: 'password', message, hint: `chmod 600 ${path}` }]
}
