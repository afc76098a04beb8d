import { isAuthCalled, isSystemCalled } from '../../domain/references/called.ts'
import type { AuthRow, CronRow, Definitions, SystemRow } from '../../domain/rows.ts'

/** Which logins are asked for. */
export type WantedLogins = {
  /** Ids, names, hosts or `host:port`; empty: every system. */
  readonly systems: readonly string[]
  /** Id, name or user of an auth: this one alone, and on systems that are named also where no cron uses it. */
  readonly user: string | null
}

/** One login to try, or why there is none to try on a system. */
export type PlannedLogin =
  | { readonly kind: 'login'; readonly system: SystemRow; readonly auth: AuthRow }
  | { readonly kind: 'unused'; readonly system: SystemRow }

/** The logins to try, and what was named and is not there. */
export type LoginPlan = {
  /** In order of system and auth. */
  readonly logins: readonly PlannedLogin[]
  /** What was named and is not there. */
  readonly missing: readonly { readonly noun: 'system' | 'auth'; readonly reference: string }[]
}

/** Every auth that a cron uses on each wanted system, enabled or not. Pure. */
export function planLogins(definitions: Definitions, wanted: WantedLogins): LoginPlan {
  const { systems, auths } = definitions
  const chosen = wanted.systems.map((reference) => ({
    reference,
    found: referred(systems, reference, isSystemCalled),
  }))
  const users = wanted.user === null ? auths : referred(auths, wanted.user, isAuthCalled)
  const missing = chosen.flatMap(({ reference, found }) =>
    found.length === 0 ? [{ noun: 'system' as const, reference }] : [],
  )
  if (wanted.user !== null && users.length === 0) {
    return { logins: [], missing: [...missing, { noun: 'auth', reference: wanted.user }] }
  }
  const isNamed = chosen.length > 0
  const ids = new Set(chosen.flatMap(({ found }) => found.map(({ id }) => id)))
  const tried = isNamed ? systems.filter(({ id }) => ids.has(id)) : systems
  const usedBy = Map.groupBy(definitions.crons, ({ host }) => host)
  const plan = { users, anyUser: isNamed && wanted.user !== null, onlyUser: wanted.user !== null }
  return { logins: tried.flatMap((system) => loginsOf(system, usedBy.get(system.id) ?? [], plan)), missing }
}

type Plan = { readonly users: readonly AuthRow[]; readonly anyUser: boolean; readonly onlyUser: boolean }

function loginsOf(system: SystemRow, crons: readonly CronRow[], { users, anyUser, onlyUser }: Plan): PlannedLogin[] {
  const used = new Set(crons.map(({ user }) => user))
  const auths = anyUser ? users : users.filter(({ id }) => used.has(id))
  if (auths.length > 0) return auths.map((auth) => ({ kind: 'login', system, auth }))
  return onlyUser ? [] : [{ kind: 'unused', system }]
}

/** The row of that id, else every row that is called so. */
function referred<Row extends { readonly id: number }>(
  rows: readonly Row[],
  reference: string,
  isCalled: (row: Row, word: string) => boolean,
): readonly Row[] {
  const byId = rows.filter(({ id }) => String(id) === reference)
  return byId.length > 0 ? byId : rows.filter((row) => isCalled(row, reference))
}
