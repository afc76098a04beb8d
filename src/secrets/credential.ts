import type { ParsedKey } from 'ssh2'

/** What a login is made with. Holds secrets: never logged, never printed. */
export type Credential = KeyCredential | PasswordCredential

/** A login by a private key. */
export type KeyCredential = {
  readonly kind: 'key'
  /** A private key that has been tried: it signs, and its signature verifies. */
  readonly key: ParsedKey
  /** The passphrase where the key needed none: for a host that asks for a password after the key. Null: there is none. */
  readonly password: string | null
  readonly identity: SecretIdentity
}

/** A login by a password. */
export type PasswordCredential = {
  readonly kind: 'password'
  /** Also the answer to a keyboard-interactive prompt. */
  readonly password: string
  readonly identity: SecretIdentity
}

/**
 * Equal for equal secrets, different after a rotation, and of no use to anyone else: a keyed hash whose key lives in this
 * process. For telling pooled connections apart.
 */
export type SecretIdentity = string
