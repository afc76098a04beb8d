import type { CachedDefinitions } from '../../src/definitions/cache/definitions-cache.ts'
import { SnapshotSource, type SnapshotSourceParts } from '../../src/definitions/snapshot-source.ts'
import { OperatorError } from '../../src/domain/errors.ts'
import type { Definitions } from '../../src/domain/rows.ts'
import type { LoadedDefinitions } from '../../src/store/definitions/definition-store.ts'
import { definitionsOf, snapshotOf } from '../daemon/definitions.ts'
import { aCronRow, RecordingLog } from '../support/builders.ts'
import { HandClock } from '../support/hand-clock.ts'

/** A store that answers with `definitions`, and is away while they are null; `answer` may hold an answer back. */
export class HandStore {
  definitions: Definitions | null = definitionsOf([aCronRow()])
  reads = 0
  answer: () => Promise<void> = async () => undefined

  async loadDefinitions(): Promise<LoadedDefinitions> {
    this.reads += 1
    const { definitions } = this
    await this.answer()
    if (definitions === null) throw new OperatorError('mysql://db/rcron: cannot be reached', null)
    return { definitions, problems: [] }
  }

  async close(): Promise<void> {
    // Nothing is held.
  }
}

/** A cache in memory; `fault` is why it cannot be read, and `full` why it cannot be written. */
export class HandCache {
  kept: CachedDefinitions | null = null
  fault: Error | null = null
  full: Error | null = null

  async load(): Promise<CachedDefinitions | null> {
    if (this.fault !== null) throw this.fault
    return this.kept
  }

  async save(cached: CachedDefinitions): Promise<void> {
    if (this.full !== null) throw this.full
    this.kept = cached
  }
}

/** A source over a store and a cache in the hands of the test. */
export function aSource(overrides: Partial<SnapshotSourceParts> = {}) {
  const clock = new HandClock('2026-03-01T12:00:00Z')
  const log = new RecordingLog()
  const store = new HandStore()
  const cache = new HandCache()
  const source = new SnapshotSource({
    clock,
    log,
    cache,
    store: () => store,
    maxAgeMs: () => null,
    compile: async (definitions, problems) => snapshotOf(definitions, problems),
    judgeSecret: async () => [],
    staleAfterMs: () => 300_000,
    ...overrides,
  })
  return { clock, log, store, cache, source }
}
