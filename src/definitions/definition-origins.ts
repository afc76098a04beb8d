import type { Definitions } from '../domain/rows.ts'
import type { DefinitionStore } from '../store/definitions/definition-store.ts'

/**
 * Remembers which database definitions were read from: by the time they are kept, a reload may have put another one in force, and
 * they must not pass for that one's.
 */
export class DefinitionOrigins {
  readonly #names = new WeakMap<Definitions, string>()

  /** `store`, whose definitions will be known as those of the database `name`. */
  watch(store: DefinitionStore, name: string): DefinitionStore {
    return {
      loadDefinitions: async () => {
        const loaded = await store.loadDefinitions()
        this.#names.set(loaded.definitions, name)
        return loaded
      },
      close: () => store.close(),
    }
  }

  /** Undefined for definitions that came from no store that is watched. */
  of(definitions: Definitions): string | undefined {
    return this.#names.get(definitions)
  }
}
