import { composeCredentials, composeSeal } from '../../app/parts.ts'
import type { AuthRow } from '../../domain/rows.ts'
import type { Credentials } from '../../secrets/credentials.ts'
import type { OpenStore } from './open-store.ts'

/** What opens the secrets of `auths`. The cache key is asked for only where one of them is sealed; rejects as `composeSeal` does. */
export async function credentialsFor({ settings, log }: OpenStore, auths: readonly AuthRow[]): Promise<Credentials> {
  const isSealed = (text: string | null) => text?.startsWith('sealed:') === true
  const needsKey = auths.some(({ password, passphrase }) => isSealed(password) || isSealed(passphrase))
  return composeCredentials({ settings }, needsKey ? await composeSeal(settings.config, log) : null)
}
