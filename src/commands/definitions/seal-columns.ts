import { AUTH_COLUMNS } from '../../domain/columns/auths.ts'
import { unset } from '../../domain/columns/column.ts'
import { OperatorError } from '../../domain/errors.ts'
import { type AuthRow, NEW_ROW_ID } from '../../domain/rows.ts'
import type { SecretSeal } from '../../secrets/seal-secret.ts'
import { bindingOf } from '../../secrets/secret-places.ts'
import type { Entry, NewAuth } from '../../store/definitions/definition-editor.ts'
import type { ChangeParts, Options, PreparedRow } from './noun.ts'
import { namesPlace, referenceIn, type SecretColumn } from './secret-input.ts'

const COLUMNS: readonly SecretColumn[] = ['password', 'passphrase']

/** Which secrets were given as the names of places, and are stored so. */
export function referencesIn(options: Options): readonly SecretColumn[] {
  return COLUMNS.filter((column) => referenceIn(column, options) !== undefined)
}

type Sealing = { readonly references: readonly SecretColumn[]; readonly seal: ChangeParts['seal'] }

/** A new auth with its secrets sealed for a row without an id yet: what is judged. */
export async function sealedForNoRow(row: NewAuth, { references, seal }: Sealing): Promise<NewAuth> {
  const whole = { ...unset(AUTH_COLUMNS), ...row, id: NEW_ROW_ID }
  const sealer = await seal()
  const sealed = COLUMNS.map((column) => {
    const text = whole[column]
    const isKept = text === null || references.includes(column)
    return [column, isKept ? text : sealer.seal(text, bindingOf(whole, column))]
  })
  return { ...row, ...Object.fromEntries(sealed) }
}

/** How it is written: sealed for its id once there is one, and never without a seal. */
export async function sealedWriting(row: NewAuth, seal: ChangeParts['seal']): Promise<PreparedRow<NewAuth>> {
  const sealer = await seal()
  const unwritten: AuthRow = { ...unset(AUTH_COLUMNS), ...row, id: NEW_ROW_ID }
  const sealed = COLUMNS.filter((column) => unwritten[column]?.startsWith('sealed:') === true)
  const texts = sealed.map((column) => [column, openedOf(sealer, unwritten, column)] as const)
  const settle = (id: number) =>
    Object.fromEntries(
      texts.map(([column, text]) => [column, sealer.seal(text, bindingOf({ ...unwritten, id }, column))]),
    )
  return { first: row, settle }
}

/**
 * `changes` of an auth with what has to be sealed, or sealed again since it is bound to what changes. Rejects with an OperatorError if a
 * sealed value cannot be opened here.
 */
export async function resealed(
  changes: Partial<AuthRow>,
  { row: old }: Entry<AuthRow>,
  { isWanted, references, seal }: Sealing & { readonly isWanted: boolean },
): Promise<Options> {
  if (old === null) {
    if (isWanted)
      throw new OperatorError(
        'the row cannot be read, so nothing can be sealed for it',
        'correct its other columns first',
      )
    return changes
  }
  const now = { ...old, ...changes }
  const isMoved = now.user !== old.user || now.hosts !== old.hosts
  const due = COLUMNS.filter((column) => isDue(column, { changes, old, isWanted, isMoved, references }))
  if (due.length === 0) return changes
  const sealer = await seal()
  const sealed = due.map((column) => {
    const text = changes[column] ?? openedOf(sealer, old, column)
    return [column, sealer.seal(text, bindingOf(now, column))]
  })
  return { ...changes, ...Object.fromEntries(sealed) }
}

type Change = {
  readonly changes: Partial<AuthRow>
  readonly old: AuthRow
  readonly isWanted: boolean
  /** What seals are bound to changes. */
  readonly isMoved: boolean
  readonly references: readonly SecretColumn[]
}

function isDue(column: SecretColumn, { changes, old, isWanted, isMoved, references }: Change): boolean {
  const given = changes[column]
  if (given === null) return false
  if (given !== undefined) return isWanted && !references.includes(column)
  const stored = old[column]
  if (stored === null) return false
  return stored.startsWith('sealed:') ? isWanted || isMoved : isWanted && !namesPlace(column, stored)
}

function openedOf(sealer: SecretSeal, old: AuthRow, column: SecretColumn): string {
  const stored = old[column] ?? ''
  return stored.startsWith('sealed:') ? sealer.unseal(stored, bindingOf(old, column)).text : stored
}
