import { looksLikeKey } from './key-text.ts'

/** Where the text of a column says that the secret is. */
export type SecretSource =
  /** The text itself: key contents or a password. */
  | { readonly kind: 'inline'; readonly text: string }
  | { readonly kind: 'key-file'; readonly path: string }
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'credential'; readonly name: string }
  | { readonly kind: 'sealed'; readonly text: string }

/** Reads a column: key contents, then a key file, then a reference, then a sealed value, else a literal. */
export function parseSecretSource(column: string): SecretSource {
  if (looksLikeKey(column)) return { kind: 'inline', text: column }
  if (column.startsWith('/') || column.startsWith('~/')) return { kind: 'key-file', path: column }
  return parseReference(column) ?? { kind: 'inline', text: column }
}

/** The same for a passphrase, which is never a key: what looks like a path is a literal. */
export function parsePassphraseSource(column: string): SecretSource {
  return parseReference(column) ?? { kind: 'inline', text: column }
}

/** What the names of variables that a row may name begin with. */
export const SECRET_VARIABLE = 'RCRON_SECRET_'

/** Whether a row may name this variable: rcron's own settings, and what else its environment holds, are nobody's passwords. */
export function isSecretVariable(name: string): boolean {
  return name.startsWith(SECRET_VARIABLE) && name.length > SECRET_VARIABLE.length
}

function parseReference(column: string): SecretSource | undefined {
  const [, scheme, rest = ''] = /^(env|file|credential|sealed):(.*)$/s.exec(column) ?? []
  switch (scheme) {
    case 'env':
    case 'credential':
      return { kind: scheme, name: rest }
    case 'file':
      return { kind: scheme, path: rest }
    case 'sealed':
      return { kind: scheme, text: column }
    default:
      return undefined
  }
}
