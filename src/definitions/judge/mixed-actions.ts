import { ACTIONS, numberOf } from '../../domain/action.ts'
import type { Cron } from '../../domain/cron.ts'
import type { Problem } from '../../domain/problem.ts'

/** A warning for every name that stands in several jobs, since its crons differ in their action. Yields every `stepRows` rows. */
export function* mixedActionSteps(crons: readonly Cron[], stepRows: number): Generator<void, readonly Problem[]> {
  const firsts = new Map<string, Cron>()
  const mixed = new Map<string, Set<number>>()
  for (const [index, cron] of crons.entries()) {
    if (index % stepRows === stepRows - 1) yield
    const first = firsts.get(cron.name)
    if (first === undefined) firsts.set(cron.name, cron)
    else if (first.action !== cron.action) {
      const actions = mixed.get(cron.name) ?? new Set([numberOf(first.action)])
      mixed.set(cron.name, actions.add(numberOf(cron.action)))
    }
  }
  const problems: Problem[] = []
  for (const [name, actions] of mixed) {
    if (problems.length % stepRows === stepRows - 1) yield
    problems.push(describeMix(name, [...actions].sort()))
  }
  return problems
}

function describeMix(name: string, actions: readonly number[]): Problem {
  const listed = actions.map((action) => `${action} (${ACTIONS[action]})`).join(' and ')
  return {
    severity: 'warning',
    about: { kind: 'job', name },
    field: 'action',
    message: `its crons have the actions ${listed}, so they are separate jobs`,
    hint: 'give them the same action, or different names',
  }
}
