import { AUTH_COLUMNS } from '../../domain/columns/auths.ts'
import { unset } from '../../domain/columns/column.ts'
import { type AuthRow, NEW_ROW_ID } from '../../domain/rows.ts'
import type { NewAuth } from '../../store/definitions/definition-editor.ts'
import { optionColumns } from './column.ts'
import { NOTHING_BESIDE, type Noun, required } from './noun.ts'
import { rowShower } from './parse-value.ts'
import { referencesIn, resealed, sealedForNoRow, sealedWriting } from './seal-columns.ts'
import { askSecret, isReference, readSecret, secretOptions } from './secret-input.ts'

const showAuth = rowShower(AUTH_COLUMNS)

/** A user and the secret that opens its systems. */
export const auth: Noun<AuthRow, NewAuth> = {
  name: 'auth',
  columns: optionColumns(AUTH_COLUMNS),
  extraOptions: secretOptions,
  shelf: (editor) => editor.auths,
  find: (editor, reference) => editor.auths.find(reference),
  visible: async (rows) => rows.map((row) => ({ ...showAuth(row), password: describeSecret(row.password) })),
  listed: [
    { heading: 'id' },
    { heading: 'name', leaves: 2 },
    { heading: 'user' },
    { heading: 'password', leaves: 1 },
    { heading: 'hosts', isLong: true },
  ],
  complete: async (changes, options, { context, seal }, old) => {
    if (old === null) required('auth', changes, ['user'])
    const secrets: Record<string, unknown> = {}
    const password = await readSecret('password', options, context)
    if (password !== undefined) secrets['password'] = password
    else if (old === null) secrets['password'] = await askSecret('password', context, options)
    const passphrase = await readSecret('passphrase', options, context)
    if (passphrase !== undefined) secrets['passphrase'] = passphrase
    else if (options['passphrase'] === false) secrets['passphrase'] = null
    const complete = { ...changes, ...secrets }
    const isWanted = options['seal'] === true
    const sealing = { references: referencesIn(options), seal }
    if (old !== null) return [await resealed(complete, old, { ...sealing, isWanted })]
    return [isWanted ? await sealedForNoRow(complete as unknown as NewAuth, sealing) : complete]
  },
  // `complete` has seen to it that the required columns are there.
  writing: async (columns, options, { seal }) =>
    options['seal'] === true ? await sealedWriting(columns as NewAuth, seal) : null,
  ofOneRow: null,
  afterAdding: () => '',
  definitions: async (rows) => ({
    auths: rows.map((columns) => ({ ...unset(AUTH_COLUMNS), id: NEW_ROW_ID, ...columns }) as AuthRow),
    systems: [],
    crons: [],
    beside: NOTHING_BESIDE,
  }),
}

/** Which kind of secret is stored: enough to recognise it, nothing to use. References name places and are shown. */
function describeSecret(password: string): string {
  if (password.startsWith('sealed:')) return '(sealed)'
  if (password.startsWith('-----BEGIN')) return '(private key)'
  if (isReference(password)) return password
  return '(password)'
}
