import type { Definitions } from './rows.ts'

/** By what people call the rows of a store; each name once. */
export type DefinitionNames = {
  readonly crons: readonly string[]
  readonly hosts: readonly string[]
  readonly users: readonly string[]
}

/** More help nobody who types a name. */
export const MOST_NAMES = 5_000

/** The names of `definitions`, of each kind the first ones. */
export function namesOf({ crons, systems, auths }: Definitions): DefinitionNames {
  return {
    crons: firstOf(crons, ({ cron_name }) => [cron_name]),
    hosts: firstOf(systems, ({ host, name }) => [host, name]),
    users: firstOf(auths, ({ user, name }) => [user, name]),
  }
}

function firstOf<Row>(rows: readonly Row[], namesOfRow: (row: Row) => readonly (string | null)[]): readonly string[] {
  const names = new Set<string>()
  for (const row of rows) {
    if (names.size >= MOST_NAMES) break
    for (const name of namesOfRow(row)) if (name !== null) names.add(name)
  }
  return [...names].slice(0, MOST_NAMES)
}
