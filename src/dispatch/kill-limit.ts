import type { SystemRow } from '../domain/rows.ts'
import type { AdoptedRun } from '../execution/executor.ts'

/** What a login takes at most where its system does not say. */
const LOGIN_MS = 20_000

/** From the end of the grace to the answer: the rounds of the kill itself. */
const ROUNDS_MS = 10_000

/** How long a run that is confirmed dead may take to be reported as ended. */
export const SETTLE_MS = 10_000

/** How long the answer to a kill may take, with a login before it; `system` is null if it is not known. Milliseconds. */
export function killLimitMs(killGraceMs: number, system: Pick<SystemRow, 'login_timeout_s'> | null): number {
  const seconds = system?.login_timeout_s ?? null
  return (seconds === null ? LOGIN_MS : seconds * 1000) + killGraceMs + ROUNDS_MS
}

export function killLimitOf({ killGraceMs, access }: Pick<AdoptedRun, 'killGraceMs' | 'access'>): number {
  return killLimitMs(killGraceMs, access()?.system ?? null)
}
