import { createHmac, randomBytes } from 'node:crypto'
import { OperatorError } from '../domain/errors.ts'
import { matchesHost, parseHostPatterns } from '../domain/host-patterns.ts'
import { type About, describeAbout, describeProblem, type Problem } from '../domain/problem.ts'
import type { AuthRow } from '../domain/rows.ts'
import { keepNewest } from '../platform/bounded-map.ts'
import type { Credential, SecretIdentity } from './credential.ts'
import { looksLikeKey } from './key-text.ts'
import type { KnownSecrets } from './known-secrets.ts'
import { parsePrivateKey } from './private-key.ts'
import { SecretFault } from './secret-fault.ts'
import type { SecretPlaces } from './secret-places.ts'
import { type Secret, SecretReader } from './secret-reader.ts'

const MAX_KEPT = 10_000

/** Turns the secrets of auths into what a login is made with. */
export interface Credentials {
  /**
   * What to log in to `host` with: refused where the auth's `hosts` do not have it. Cheap once it has been called for the same secret:
   * keys are opened once, and a file is read again only when it has changed. Rejects with an OperatorError that names auth, column and
   * remedy, and holds no secret.
   */
  resolve(auth: AuthRow, host: string): Promise<Credential>
  /** What an operator should fix about an auth: the error that `resolve` would reject with on any host, and warnings. Never rejects. */
  judge(auth: AuthRow): Promise<readonly Problem[]>
  /** What would make an auth safer: for those who ask. Never rejects. */
  advise(auth: AuthRow): Promise<readonly Problem[]>
}

/** `known` is told of every secret that is opened. */
export function createCredentials(places: SecretPlaces, known?: Pick<KnownSecrets, 'note'>): Credentials {
  return new OpenedCredentials(places, known)
}

class OpenedCredentials implements Credentials {
  readonly #reader: SecretReader
  readonly #known: Pick<KnownSecrets, 'note'> | undefined
  /** What each secret and passphrase came to, the oldest first. */
  readonly #opened = new Map<string, Credential | SecretFault>()
  /** Whether a text looks like a key, the oldest first. */
  readonly #sniffed = new Map<string, boolean>()
  readonly #identityKey = randomBytes(32)

  constructor(places: SecretPlaces, known?: Pick<KnownSecrets, 'note'>) {
    this.#known = known
    this.#reader = new SecretReader(places)
  }

  async resolve(auth: AuthRow, host: string): Promise<Credential> {
    refuseOtherHosts(auth, host)
    const opened = await faultOr(async () => (await this.#open(auth)).credential)
    if (!(opened instanceof SecretFault)) return opened
    const problem = problemOf(auth, opened)
    throw new OperatorError(describeProblem({ ...problem, hint: null }), problem.hint)
  }

  async judge(auth: AuthRow): Promise<readonly Problem[]> {
    const opened = await faultOr(() => this.#open(auth))
    if (opened instanceof SecretFault) return [problemOf(auth, opened)]
    return [...warningOf(auth, 'password', opened.secret), ...warningOf(auth, 'passphrase', opened.passphrase)]
  }

  async advise(auth: AuthRow): Promise<readonly Problem[]> {
    if (auth.hosts !== null) return []
    const opened = await faultOr(() => this.#open(auth))
    if (opened instanceof SecretFault || opened.credential.password === null) return []
    const message = 'is not set: anyone who can write crons can have this password sent to any host'
    const hint = `name the hosts it is meant for: rcron auth edit ${auth.id} --hosts "db1.example.com, *.web.example.com"`
    return [{ severity: 'warning', about: aboutAuth(auth), field: 'hosts', message, hint }]
  }

  async #open(auth: AuthRow): Promise<Opened> {
    const secret = await this.#reader.read('password', auth.password, auth)
    const isKey = secret.mustBeKey || this.#looksLikeKey(secret.text)
    const passphrase = isKey ? await this.#passphraseOf(auth) : null
    // A fault names the place, so what is kept belongs to the place too.
    const keptAs = JSON.stringify([isKey, secret.what, passphrase?.text ?? null, secret.text])
    const credential =
      this.#opened.get(keptAs) ??
      keepNewest(this.#opened, keptAs, this.#credentialOf(secret, isKey, passphrase), MAX_KEPT)
    if (credential instanceof SecretFault) throw credential
    return { credential, secret, passphrase }
  }

  #credentialOf(secret: Secret, isKey: boolean, passphrase: Secret | null): Credential | SecretFault {
    this.#known?.note(secret.text)
    if (passphrase !== null) this.#known?.note(passphrase.text)
    try {
      return isKey ? this.#openKey(secret, passphrase?.text ?? null) : this.#asPassword(secret)
    } catch (error) {
      if (error instanceof SecretFault) return error
      throw error
    }
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
    return this.#sniffed.get(text) ?? keepNewest(this.#sniffed, text, looksLikeKey(text), MAX_KEPT)
  }

  async #passphraseOf(auth: AuthRow): Promise<Secret | null> {
    const { passphrase } = auth
    return passphrase === null || passphrase === '' ? null : await this.#reader.read('passphrase', passphrase, auth)
  }

  #identify(...parts: readonly string[]): SecretIdentity {
    return createHmac('sha256', this.#identityKey).update(JSON.stringify(parts)).digest('hex')
  }
}

type Opened = { readonly credential: Credential; readonly secret: Secret; readonly passphrase: Secret | null }

/** Throws an OperatorError if the secret, whatever it is, may not be used on `host`. */
function refuseOtherHosts({ id, user, hosts }: AuthRow, host: string): void {
  if (hosts === null || matchesHost(parseHostPatterns(hosts), host)) return
  throw new OperatorError(
    `${describeAbout(aboutAuth({ id, user }))}, hosts: may not be used on ${host}`,
    `if it is meant for that host, add it: rcron auth edit ${id} --hosts`,
  )
}

async function faultOr<Result>(attempt: () => Promise<Result>): Promise<Result | SecretFault> {
  try {
    return await attempt()
  } catch (error) {
    if (error instanceof SecretFault) return error
    throw error
  }
}

function aboutAuth({ id, user }: Pick<AuthRow, 'id' | 'user'>): About {
  return { kind: 'auth', id, name: user }
}

function problemOf(auth: AuthRow, { field, message, hint }: SecretFault): Problem {
  return { severity: 'error', about: aboutAuth(auth), field, message, hint }
}

function warningOf(auth: AuthRow, field: SecretFault['field'], secret: Secret | null): readonly Problem[] {
  if (secret === null || secret.warning === null) return []
  return [{ severity: 'warning', about: aboutAuth(auth), field, ...secret.warning }]
}
