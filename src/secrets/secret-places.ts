import type { AuthRow } from '../domain/rows.ts'
import type { SecretField } from './secret-fault.ts'

/** Where secrets that a row refers to are looked up. Asked at each use, since a reload may change them. */
export type SecretPlaces = {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** What `~` stands for. */
  readonly home: string
  /** systemd's directory of credentials; null if rcron was given none. */
  readonly credentialsDirectory: string | null
  /** What `file:` names lies below it. */
  readonly secretsDirectory: string
  /** What rcron itself is opened with: no row may name it. */
  readonly own: OwnSecrets
  /** Opens a whole value that begins with `sealed:`, or throws. Null: there is no key to open it with. */
  readonly unseal: ((sealed: string, bound: SealBinding) => OpenedSeal) | null
}

/** Where rcron's own secrets are, which no row may refer to. */
export type OwnSecrets = {
  /** Names of credentials. */
  readonly credentials: readonly string[]
  /** Paths of files. */
  readonly files: readonly string[]
}

/** What a sealed value belongs to: in another row, or after these were changed by anyone but rcron, it does not open. */
export type SealBinding = Pick<AuthRow, 'id' | 'user' | 'hosts'> & { readonly field: SecretField }

/** `isBound`: false for a value that was sealed before seals were bound to anything. */
export type OpenedSeal = { readonly text: string; readonly isBound: boolean }

export function bindingOf({ id, user, hosts }: SealBinding | AuthRow, field: SecretField): SealBinding {
  return { id, user, hosts, field }
}
