import { sql } from 'kysely'
import { type Problem, warningAbout } from '../../domain/problem.ts'
import { DatabaseFault } from './database-fault.ts'
import type { Engine } from './engine.ts'
import type { SchemaAdvice } from './schema-advice.ts'
import { type AppliedSchema, describeStep, type SchemaStep } from './schema-store.ts'
import { isDefinitionTable } from './tables.ts'

type Attempt = { readonly step: SchemaStep; readonly fault: DatabaseFault | null }
type AttemptAt<Kind extends SchemaStep['kind']> = Attempt & { readonly step: Extract<SchemaStep, { kind: Kind }> }

/** Carries out the steps one by one; what another process did meanwhile counts as done. */
export async function applySchema(engine: Engine, steps: readonly SchemaStep[]): Promise<AppliedSchema> {
  const attempts: Attempt[] = []
  for (const step of steps) attempts.push({ step, fault: await attempt(engine, step) })
  return {
    applied: attempts.filter(({ fault }) => fault === null).map(({ step }) => step),
    problems: problemsOf(
      attempts.filter(({ fault }) => fault !== null),
      engine.advice,
    ),
  }
}

/** Null if the step is done; the fault where the store gives no right to it. */
async function attempt(engine: Engine, step: SchemaStep): Promise<DatabaseFault | null> {
  try {
    await engine.writeIdempotent((db) => sql.raw(step.sql).execute(db))
    return null
  } catch (error) {
    if (!(error instanceof DatabaseFault)) throw error
    if (error.kind === 'present') return null
    if (error.kind === 'denied' || error.kind === 'read-only') return error
    throw error
  }
}

function problemsOf(refused: readonly Attempt[], advice: SchemaAdvice): readonly Problem[] {
  const [tables, columns] = [refused.filter(isOfKind('table')), refused.filter(isOfKind('column'))]
  const errors = tables.map(
    ({ step, fault }): Problem => ({
      // Without the others nothing can be defined; without the lease's, another way is found, or none.
      severity: isDefinitionTable(step.table) ? 'error' : 'warning',
      about: { kind: 'store' },
      field: null,
      message: `could not ${describeStep(step)}: ${fault?.message}`,
      hint: fault?.kind === 'read-only' ? fault.hint : advice.forRefusedTable,
    }),
  )
  return columns.length === 0 ? errors : [...errors, columnsProblem(columns, advice)]
}

function isOfKind<Kind extends SchemaStep['kind']>(kind: Kind) {
  return (attempt: Attempt): attempt is AttemptAt<Kind> => attempt.step.kind === kind
}

function columnsProblem(refused: readonly AttemptAt<'column'>[], advice: SchemaAdvice): Problem {
  const names = refused.map(({ step }) => `${step.table}.${step.column}`)
  const fault = refused[0]?.fault
  return warningAbout(
    { kind: 'store' },
    `could not add ${names.join(', ')}, which count as not set: ${fault?.message}`,
    fault?.kind === 'read-only' ? fault.hint : advice.forRefusedColumns,
  )
}
