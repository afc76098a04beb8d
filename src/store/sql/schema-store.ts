import type { Problem } from '../../domain/problem.ts'
import type { TableSet } from './table-sets.ts'

/** One idempotent change to the tables: a table made, or a column added. */
export type SchemaStep = (
  | { readonly kind: 'table'; readonly table: string }
  | { readonly kind: 'column'; readonly table: string; readonly column: string }
) & {
  /** What the table belongs to. */
  readonly set: SetOfStep
  /** As they are sent, all of them or none. Hold no secret. */
  readonly statements: readonly string[]
}

/** A set of tables, by its name and by what there is not without it. */
type SetOfStep = Pick<TableSet<never>, 'name' | 'off'>

/** What a step does, in words: `create table rcron_auth`, `add column rcron_crons.timezone`. */
export function describeStep(step: SchemaStep): string {
  return step.kind === 'table' ? `create table ${step.table}` : `add column ${step.table}.${step.column}`
}

/** What came of the steps that bring a schema up to date. */
export type AppliedSchema = {
  readonly applied: readonly SchemaStep[]
  /** An error where a table could not be made; one warning for all columns that could not be added. */
  readonly problems: readonly Problem[]
}

/** The tables' shape: what is missing, and making it. */
export interface SchemaStore {
  /** What `applySchema` would do; nothing where the tables are complete. Rejects with a StoreError when the store cannot be asked. */
  planSchema(): Promise<readonly SchemaStep[]>
  /**
   * Carries out `steps` in order. Safe to run twice and beside another process that does the same. A step for which the store gives
   * no right is a problem, not a rejection. Rejects with a StoreError when the store cannot be asked.
   */
  applySchema(steps: readonly SchemaStep[]): Promise<AppliedSchema>
}
