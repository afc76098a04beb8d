import { describeProblem } from '../../domain/problem.ts'
import type { Log } from '../../platform/log/log.ts'
import { describeStep, type SchemaStep, type SchemaStore } from '../sql/schema-store.ts'
import { StoreError } from '../sql/store-error.ts'
import { DEFINITIONS } from '../sql/table-sets.ts'
import { DEFINITION_TABLES } from '../sql/tables.ts'
import type { DefinitionStore, LoadedDefinitions } from './definition-store.ts'

/** The store that is prepared, and when its tables may be made. */
export type PreparedStoreParts = {
  readonly store: DefinitionStore & SchemaStore
  /** Whether nothing was ever read from this database, as far as is known. */
  readonly isNew: () => boolean
  readonly log: Log
}

/**
 * A store whose tables are made when it is first asked and has none of them, and completed where an older version made them. Where some are
 * there, or definitions were had before, tables were lost: those are not made anew, since empty ones would pass for an answer, and good
 * definitions be given up for it.
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
    const steps = await this.#parts.store.planSchema()
    const missing = steps.filter(isDefinitionTable)
    if (missing.length === 0) await this.#complete(steps.filter(isOwn))
    else if (missing.length === DEFINITION_TABLES.length && this.#parts.isNew()) {
      await this.#make(steps.filter((step) => step.kind === 'table' && (isDefinitionTable(step) || isOwn(step))))
    }
  }

  async #make(tables: readonly SchemaStep[]): Promise<void> {
    const { store, log } = this.#parts
    const { applied, problems } = await store.applySchema(tables)
    if (applied.length > 0) log.info({ tables: applied.length }, 'tables created in an empty database')
    for (const problem of problems) {
      const fields = { problem: describeProblem(problem) }
      if (problem.severity === 'error') log.error(fields, 'cannot create a table')
      else log.warn(fields, 'cannot create a table')
    }
  }

  /** Definitions can be read without: what the store gives no right to is warned of by the reading, and what fails is left for the next start. */
  async #complete(steps: readonly SchemaStep[]): Promise<void> {
    if (steps.length === 0) return
    const { store, log } = this.#parts
    const done: SchemaStep[] = []
    try {
      for (const step of steps) done.push(...(await store.applySchema([step])).applied)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      log.warn({ err: error }, 'cannot complete the tables of an older version; the next start tries again')
    }
    if (done.length > 0) log.info({ steps: done.map(describeStep) }, 'tables of an older version completed')
  }
}

function isDefinitionTable({ kind, set }: SchemaStep): boolean {
  return kind === 'table' && set.name === DEFINITIONS
}

/** Not the table of a set that somebody else sees to. */
function isOwn({ kind, set }: SchemaStep): boolean {
  return set.off !== null || (kind === 'column' && set.name === DEFINITIONS)
}
