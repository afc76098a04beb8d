/** Which column is at fault. */
export type SecretField = 'password' | 'passphrase'

/** Why a secret cannot be used. Names paths, variables and codes, never what they hold. */
export class SecretFault extends Error {
  override readonly name = 'SecretFault'
  readonly field: SecretField
  /** What to do; null if the message says it. */
  readonly hint: string | null

  constructor(field: SecretField, message: string, hint: string | null) {
    super(message)
    this.field = field
    this.hint = hint
  }
}
