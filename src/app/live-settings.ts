import type { Config } from '../config/config.ts'
import type { DefinitionOrigins } from '../definitions/definition-origins.ts'
import type { DefinitionStore } from '../store/definitions/definition-store.ts'
import type { SqlStore } from '../store/sql/sql-store.ts'
import type { SqliteThread } from '../store/sqlite/sqlite-thread.ts'
import { composeStore } from './parts.ts'
import { nameOfDatabase, type Settings } from './settings.ts'

/** What stands between a store and those who read its definitions. */
export type LiveSettingsParts = {
  /** Puts something before the store from which definitions are read. */
  readonly readFrom: (store: SqlStore) => DefinitionStore
  readonly origins: DefinitionOrigins
  /** Where a store in a file is written; null: by whoever asks. */
  readonly thread: SqliteThread | null
}

type InForce = { readonly settings: Settings; readonly store: SqlStore; readonly definitions: DefinitionStore }

/** The settings in force and the store that they name, which a reload replaces: whoever uses them asks at each use. */
export class LiveSettings implements AsyncDisposable {
  readonly #parts: LiveSettingsParts
  readonly #started: Config
  #inForce: InForce

  /** Opens the store; nothing is read from it yet. */
  static async open(settings: Settings, parts: LiveSettingsParts): Promise<LiveSettings> {
    return new LiveSettings(await inForce(settings, parts), parts)
  }

  private constructor(first: InForce, parts: LiveSettingsParts) {
    this.#parts = parts
    this.#started = first.settings.config
    this.#inForce = first
  }

  get settings(): Settings {
    return this.#inForce.settings
  }

  get store(): SqlStore {
    return this.#inForce.store
  }

  /** What definitions are read from: the store, or something before it. */
  get definitions(): DefinitionStore {
    return this.#inForce.definitions
  }

  /**
   * Puts `next` in force: the database, secrets, the zone, what the loop waits for. Resolves with the names of changed settings
   * that wait for the next start.
   */
  async replace(next: Settings): Promise<readonly string[]> {
    const replaced = this.#inForce.store
    this.#inForce = await inForce(next, this.#parts)
    await replaced.close()
    const before = builtIn(this.#started)
    return Object.entries(builtIn(next.config))
      .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]))
      .map(([name]) => name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inForce.store.close()
  }
}

async function inForce(settings: Settings, { readFrom, origins, thread }: LiveSettingsParts): Promise<InForce> {
  const store = await composeStore(settings.config, thread)
  return { settings, store, definitions: origins.watch(readFrom(store), nameOfDatabase(settings.config.database)) }
}

/** Settings that a reload cannot replace. Holds a secret: only the names may be reported. */
function builtIn({ cache, ...config }: Config): Readonly<Record<string, unknown>> {
  return {
    stateDirectory: config.stateDirectory,
    lockDirectory: config.lockDirectory,
    'cache.file': cache.file,
    'cache.key': cache.key,
    'cache.keyFile': cache.keyFile,
    hostname: config.hostname,
    hostKeys: config.hostKeys,
    knownHostsFile: config.knownHostsFile,
    limits: config.limits,
    catchUpMinutes: config.catchUpMinutes,
    lostAfterMs: config.lostAfterMs,
    'history.journalBytes': config.history.journalBytes,
    log: config.log,
  }
}
