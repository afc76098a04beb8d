import type { Problem } from '../domain/problem.ts'
import type { AuthRow, Definitions, SystemRow } from '../domain/rows.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import { yieldBetween } from '../platform/waiting/yielding.ts'
import type { DefinitionStore, LoadedDefinitions } from '../store/definitions/definition-store.ts'
import type { CachedDefinitions, DefinitionsCache } from './cache/definitions-cache.ts'
import { changeSteps } from './definitions-change.ts'
import { type AgeingDefinitions, Outage } from './outage.ts'
import type { ReportedProblems } from './problem-journal.ts'
import { SecretReview } from './secret-review.ts'
import type { Snapshot } from './snapshot.ts'

/** Where the definitions in use came from, and when they were read from the store (epoch milliseconds). */
export type Provenance = { readonly from: 'store' | 'cache'; readonly readAt: number }

/** Where definitions come from, and how they are judged. */
export type SnapshotSourceParts = {
  readonly clock: Clock
  readonly log: Log
  /** Asked at each use, since a reload may replace the store. */
  readonly store: () => DefinitionStore
  readonly cache: DefinitionsCache
  /** Judges definitions without stalling the event loop. */
  readonly compile: (definitions: Definitions, problems: readonly Problem[]) => Promise<Snapshot>
  /** What is wrong with an auth's secret. Opens its key for the runs to come, which may take a fifth of a second. */
  readonly judgeSecret: (auth: AuthRow) => Promise<readonly Problem[]>
  /** Milliseconds after which definitions are read again, and how often their age is said while that fails. */
  readonly staleAfterMs: () => number
  /** The age from which definitions are not used while the store is away. Milliseconds; null: they always are. */
  readonly maxAgeMs: () => number | null
  /** What earlier processes have said of the definitions, and need not be said again. Absent: nothing. */
  readonly toldProblems?: ReportedProblems
}

const NOTHING: Definitions = { auths: [], systems: [], crons: [] }

/**
 * The definitions in use: from the store, else from the cache, else none yet.
 *
 * A refresh replaces them whole or not at all; the last good ones stay while the store is away. Nothing here rejects.
 */
export class SnapshotSource {
  readonly #parts: SnapshotSourceParts
  readonly #review: SecretReview
  readonly #outage: Outage
  #snapshot: Snapshot | null = null
  #provenance: Provenance | null = null
  #definitions: Definitions = NOTHING
  #systems: ReadonlyMap<number, SystemRow> = new Map()
  #auths: ReadonlyMap<number, AuthRow> = new Map()
  #storeFailing = false
  #refreshing: Promise<boolean> | null = null
  /** Why the cache could not be used when it was last asked: reported once. */
  #cacheFault: string | null = null
  #isCacheJudged = false

  constructor(parts: SnapshotSourceParts) {
    this.#parts = parts
    this.#review = new SecretReview(parts)
    this.#outage = new Outage({ ...parts, maxAgeMs: parts.maxAgeMs })
  }

  /** Null until definitions could be had for the first time, and when they are too old. */
  get snapshot(): Snapshot | null {
    return this.isTooOld ? null : this.#snapshot
  }

  /** The store is away, and what it said last is too long ago. */
  get isTooOld(): boolean {
    return this.#storeFailing && this.#provenance !== null && this.#outage.isTooOld(this.#provenance.readAt)
  }

  /** The rows that `snapshot` was made of. */
  get definitions(): Definitions {
    return this.#definitions
  }

  get provenance(): Provenance | null {
    return this.#provenance
  }

  /** The rows of these ids as they are now; null if one of them is gone. */
  access(systemId: number, authId: number): { readonly system: SystemRow; readonly auth: AuthRow } | null {
    const system = this.#systems.get(systemId)
    const auth = this.#auths.get(authId)
    return system === undefined || auth === undefined ? null : { system, auth }
  }

  /** The row of `auth` as it is now, for a run that was planned by an older one: what was forbidden since then is forbidden to it too. */
  authNow(auth: AuthRow): AuthRow {
    const now = this.#auths.get(auth.id)
    if (now === undefined) return auth
    return now.user === auth.user ? now : { ...auth, hosts: now.hosts }
  }

  /** Whether the store did not answer when it was last asked. */
  get storeFailing(): boolean {
    return this.#storeFailing
  }

  /** Reads the store again; resolves to whether it answered. Calls that overlap share one reading. */
  refresh(): Promise<boolean> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null
    })
    return this.#refreshing
  }

  /** Resolves when what is wrong with the definitions that were read last is reported. */
  reviewed(): Promise<void> {
    return this.#review.told()
  }

  /** As `refresh`, by a reading that begins now: one that is under way may have begun before what it is to find. */
  async reread(): Promise<boolean> {
    if (this.#refreshing !== null) await this.#refreshing
    return await this.refresh()
  }

  async #refresh(): Promise<boolean> {
    const loaded = await this.#readStore()
    if (loaded === null) {
      if (this.#snapshot === null) await this.#fallBackOnCache()
      this.#outage.goesOn(this.#ageing())
      return false
    }
    const readAt = this.#parts.clock.now()
    await this.#use(loaded, { from: 'store', readAt })
    await this.#keep({ definitions: loaded.definitions, savedAt: readAt })
    return true
  }

  async #readStore(): Promise<LoadedDefinitions | null> {
    try {
      const loaded = await this.#parts.store().loadDefinitions()
      if (this.#storeFailing) this.#parts.log.info({}, 'the store answers again')
      this.#storeFailing = false
      this.#outage.end()
      return loaded
    } catch (error) {
      if (!this.#storeFailing) this.#parts.log.error({ err: error }, 'cannot read the store')
      this.#storeFailing = true
      return null
    }
  }

  async #fallBackOnCache(): Promise<void> {
    const cached = await this.#readCache()
    if (cached !== null)
      await this.#use({ definitions: cached.definitions, problems: [] }, { from: 'cache', readAt: cached.savedAt })
  }

  async #readCache(): Promise<CachedDefinitions | null> {
    this.#isCacheJudged = true
    try {
      return await this.#parts.cache.load()
    } catch (error) {
      if (String(error) !== this.#cacheFault) this.#parts.log.error({ err: error }, 'cannot use the cache')
      this.#cacheFault = String(error)
      return null
    }
  }

  async #use({ definitions, problems }: LoadedDefinitions, provenance: Provenance): Promise<void> {
    const snapshot = await this.#parts.compile(definitions, problems)
    const change = await yieldBetween(changeSteps(this.#definitions, definitions))
    const isFirst = this.#snapshot === null
    this.#snapshot = snapshot
    this.#definitions = definitions
    this.#systems = new Map(definitions.systems.map((system) => [system.id, system]))
    this.#auths = new Map(definitions.auths.map((auth) => [auth.id, auth]))
    this.#provenance = provenance
    const counts = { crons: definitions.crons.length, enabled: snapshot.enabled.length, from: provenance.from }
    if (isFirst) this.#parts.log.info(counts, 'definitions read')
    else if (change.added + change.changed + change.removed > 0)
      this.#parts.log.info({ ...counts, ...change }, 'definitions changed')
    this.#review.begin(definitions.auths, snapshot.problems)
  }

  async #keep(cached: CachedDefinitions): Promise<void> {
    // Once, before the first save replaces it: a file that somebody tampered with is reported and kept, though the store answers.
    if (!this.#isCacheJudged) await this.#readCache()
    try {
      await this.#parts.cache.save(cached)
    } catch (error) {
      this.#parts.log.error(
        { err: error },
        'cannot write the cache; a restart without the store would use old definitions',
      )
    }
  }

  #ageing(): AgeingDefinitions | null {
    if (this.#snapshot === null || this.#provenance === null) return null
    return { ...this.#provenance, enabled: this.#snapshot.enabled.length }
  }
}
