import pLimit from 'p-limit'
import { portOf } from '../../hosts/port-of.ts'
import { HostTest, type HostTestParts } from './host-test.ts'
import type { LoginReport } from './login-report.ts'
import type { PlannedLogin } from './plan-logins.ts'
import { placeOf } from './watch-host-keys.ts'

/** `concurrency`: hosts tried at once. */
export type LoginTestParts = HostTestParts & { readonly concurrency: number }

/** Tries every login: hosts beside each other, the logins of one host one after the other. In the order of `planned`. Never rejects. */
export async function tryLogins(
  planned: readonly PlannedLogin[],
  parts: LoginTestParts,
): Promise<readonly LoginReport[]> {
  const limit = pLimit(parts.concurrency)
  const places = Map.groupBy(planned, ({ system }) => placeOf(system.host, portOf(system, parts.ownName)))
  const reports = new Map<PlannedLogin, LoginReport>()
  await Promise.all(
    [...places.values()].map((logins) =>
      limit(async () => {
        const host = new HostTest(parts)
        for (const login of logins) reports.set(login, await host.try(login))
      }),
    ),
  )
  return planned.flatMap((login) => reports.get(login) ?? [])
}
