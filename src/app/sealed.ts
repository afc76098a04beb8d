import type { Config } from '../config/config.ts'
import type { DefinitionsCache } from '../definitions/cache/definitions-cache.ts'
import { SealedDefinitionsCache } from '../definitions/cache/sealed-definitions-cache.ts'
import type { DefinitionOrigins } from '../definitions/definition-origins.ts'
import { OperatorError } from '../domain/errors.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import { obtainCacheKey } from '../secrets/cache-key.ts'
import type { KnownSecrets } from '../secrets/known-secrets.ts'
import { createSecretSeal, type SecretSeal } from '../secrets/seal-secret.ts'
import type { LiveSettings } from './live-settings.ts'
import { nameOfDatabase } from './settings.ts'

type SealedParts = {
  readonly live: LiveSettings
  readonly clock: Clock
  readonly log: Log
  readonly origins: DefinitionOrigins
  readonly known: KnownSecrets
}

type Sealed = { readonly cache: DefinitionsCache; readonly seal: SecretSeal | null }

/** Without a key there is no cache and no sealed secret, and everything else continues. */
export async function composeSealed(
  { cache: { file, ...source } }: Config,
  { live, clock, log, origins, known }: SealedParts,
): Promise<Sealed> {
  try {
    const hexKey = await obtainCacheKey(source, log)
    known.note(hexKey)
    const cache = new SealedDefinitionsCache({
      path: file,
      clock,
      hexKey,
      get database() {
        return nameOfDatabase(live.settings.config.database)
      },
      databaseOf: (definitions) => origins.of(definitions),
    })
    return { cache, seal: createSecretSeal(hexKey) }
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error
    log.error({ err: error }, 'no cache key: definitions are not cached and sealed secrets cannot be opened')
    return { cache: { load: async () => null, save: async () => undefined }, seal: null }
  }
}
