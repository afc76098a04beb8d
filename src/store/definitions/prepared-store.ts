import { describeProblem } from '../../domain/problem.ts'
import type { Log } from '../../platform/log/log.ts'
import type { SchemaStore } from '../sql/schema-store.ts'
import { isDefinitionTable, TABLE_NAMES } from '../sql/tables.ts'
import type { DefinitionStore, LoadedDefinitions } from './definition-store.ts'

/** The store that is prepared, and when its tables may be made. */
export type PreparedStoreParts = {
  readonly store: DefinitionStore & SchemaStore
  /** Whether nothing was ever read from this database, as far as is known. */
  readonly isNew: () => boolean
  readonly log: Log
}

/**
 * A store whose tables are made when it is first asked and has none of them. Where some are there, or definitions were had before, tables
 * were lost: those are not made again, since empty ones would pass for an answer, and good definitions be given up for it.
 */
export class PreparedStore implements DefinitionStore {
  readonly #parts: PreparedStoreParts
  #isPrepared = false

  constructor(parts: PreparedStoreParts) {
    this.#parts = parts
  }

  async loadDefinitions(): Promise<LoadedDefinitions> {
    if (!this.#isPrepared) await this.#prepare()
    this.#isPrepared = true
    return await this.#parts.store.loadDefinitions()
  }

  close(): Promise<void> {
    return this.#parts.store.close()
  }

  async #prepare(): Promise<void> {
    const { store, isNew, log } = this.#parts
    if (!isNew()) return
    const steps = await store.planSchema()
    const tables = steps.filter(({ kind, table }) => kind === 'table' && isDefinitionTable(table))
    if (tables.length < TABLE_NAMES.length) return
    const { applied, problems } = await store.applySchema(tables)
    if (applied.length > 0) log.info({ tables: applied.length }, 'tables created in an empty database')
    for (const problem of problems) log.error({ problem: describeProblem(problem) }, 'cannot create a table')
  }
}
