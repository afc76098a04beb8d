import type { Definitions } from '../../domain/rows.ts'

/** Definitions as they were kept, with the time they were read from the store (epoch milliseconds). */
export type CachedDefinitions = {
  readonly definitions: Definitions
  readonly savedAt: number
}

/** The last good definitions, sealed in one file. */
export interface DefinitionsCache {
  /**
   * Null if there is no file yet. Rejects with an OperatorError when the file is there and cannot be trusted (wrong key, torn,
   * tampered, another database's, an older generation); the file has then been moved aside.
   */
  load(): Promise<CachedDefinitions | null>
  /** Replaces the file atomically; old or new, never torn. Rejects with an OperatorError when it cannot be written. */
  save(cached: CachedDefinitions): Promise<void>
}
