import { sql } from 'kysely'
import { type Problem, warningAbout } from '../../domain/problem.ts'
import { DatabaseFault } from './database-fault.ts'
import type { Engine } from './engine.ts'
import type { SchemaAdvice } from './schema-advice.ts'
import { type AppliedSchema, describeStep, type SchemaStep } from './schema-store.ts'
import { DEFINITIONS } from './table-sets.ts'

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
    await carryOut(engine, step)
    return null
  } catch (error) {
    if (!(error instanceof DatabaseFault)) throw error
    if (error.kind === 'present') return null
    if (error.kind === 'denied' || error.kind === 'read-only') return error
    throw error
  }
}

/** Where there are several, what another process did is in all of them: each of the two is one transaction. */
async function carryOut(engine: Engine, { statements }: SchemaStep): Promise<void> {
  const [first = '', ...others] = statements
  if (others.length === 0) await engine.writeIdempotent((db) => sql.raw(first).execute(db))
  else
    await engine.writeOnce(async (db) => {
      for (const statement of statements) await sql.raw(statement).execute(db)
    })
}

function problemsOf(refused: readonly Attempt[], advice: SchemaAdvice): readonly Problem[] {
  const [tables, columns] = [refused.filter(isOfKind('table')), refused.filter(isOfKind('column'))]
  const errors = tables.map(
    ({ step, fault }): Problem => ({
      // Without these nothing can be defined; without others a feature is off, or has another way.
      severity: step.set.name === DEFINITIONS ? 'error' : 'warning',
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
