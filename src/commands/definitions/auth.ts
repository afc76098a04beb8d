import type { AuthRow } from '../../domain/rows.ts'
import type { NewAuth } from '../../store/definition-editor.ts'
import { AUTH_COLUMNS } from './auth-columns.ts'
import { type ChangeParts, type Noun, type Options, required } from './noun.ts'
import { askSecret, isReference, readSecret, type SecretColumn, secretOptions } from './secret-input.ts'

/** A user and the secret that opens its systems. */
export const auth: Noun<AuthRow, NewAuth> = {
  name: 'auth',
  columns: AUTH_COLUMNS,
  extraOptions: secretOptions,
  shelf: (editor) => editor.auths,
  find: (editor, reference) => editor.auths.find(reference),
  visible: async (rows) =>
    rows.map(({ id, user, password, passphrase }) => ({
      id,
      user,
      password: describeSecret(password),
      passphrase: passphrase === null ? null : '(hidden)',
    })),
  listed: ['id', 'user', 'password'],
  complete: async (changes, options, parts, old) => {
    const adding = old === null
    if (adding) required('auth', changes, ['user'])
    const secrets: Record<string, unknown> = {}
    const password = await secretFor('password', options, parts)
    if (password !== undefined) secrets['password'] = password
    else if (adding)
      secrets['password'] = await sealedOrPlain(await askSecret('password', parts.context, options), options, parts)
    const passphrase = await secretFor('passphrase', options, parts)
    if (passphrase !== undefined) secrets['passphrase'] = passphrase
    else if (options['passphrase'] === false) secrets['passphrase'] = null
    return { ...changes, ...secrets }
  },
  definitions: async (columns) => ({
    auths: [{ id: 0, passphrase: null, ...columns } as AuthRow],
    systems: [],
    crons: [],
  }),
}

/** Which kind of secret is stored: enough to recognise it, nothing to use. References name places and are shown. */
function describeSecret(password: string): string {
  if (password.startsWith('sealed:')) return '(sealed)'
  if (password.startsWith('-----BEGIN')) return '(private key)'
  if (isReference(password)) return password
  return '(password)'
}

async function secretFor(column: SecretColumn, options: Options, parts: ChangeParts): Promise<string | undefined> {
  const secret = await readSecret(column, options, parts.context)
  if (secret === undefined || options[`${column}Reference`] !== undefined) return secret
  return await sealedOrPlain(secret, options, parts)
}

async function sealedOrPlain(secret: string, options: Options, parts: ChangeParts): Promise<string> {
  return options['seal'] === true ? await parts.seal(secret) : secret
}
