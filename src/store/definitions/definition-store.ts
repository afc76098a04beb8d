import type { Problem } from '../../domain/problem.ts'
import type { Definitions } from '../../domain/rows.ts'

/** Rows whose shape holds, and a problem for each one left out. */
export type LoadedDefinitions = {
  readonly definitions: Definitions
  readonly problems: readonly Problem[]
}

/** Where definitions are kept. */
export interface DefinitionStore {
  /**
   * Reads all definitions. An empty store is an answer. Reads in pages and yields to the event loop between them.
   * Rejects with a StoreError within the store's deadlines when the store cannot be asked.
   */
  loadDefinitions(): Promise<LoadedDefinitions>
  /** Releases connections. Safe to call twice; never rejects. */
  close(): Promise<void>
}
