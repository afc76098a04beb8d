import type { NewCron } from '../../src/store/definitions/definition-editor.ts'
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { LoopbackHost } from './loopback-host.ts'

/** Nobody listens there: the port is one that only root could use, and nobody does. */
const CLOSED_PORT = 9

type Demonstrated = Pick<NewCron, 'cron_name' | 'cron_path' | 'action'> & { readonly on: readonly number[] }

/** Fills the store at `path`: a cron of every action on the three hosts, each due at every minute. Position 0 in `on` is a host that is down. */
export async function seedDemo(
  path: string,
  hosts: readonly LoopbackHost[],
  { user: name, password }: { readonly user: string; readonly password: string },
): Promise<void> {
  const store = createSqliteStore(path)
  await store.applySchema(await store.planSchema())
  const { auths, systems, crons } = store.editor
  const user = await auths.add({ user: name, password })
  const systemIds = [await systems.add({ host: '127.0.0.1', port: CLOSED_PORT, local_port: CLOSED_PORT })]
  for (const { address, port } of hosts) systemIds.push(await systems.add({ host: address, port, local_port: port }))
  for (const { on, ...columns } of DEMONSTRATED) {
    for (const position of on) {
      const host = systemIds[position] ?? 0
      await crons.add({ ...columns, cron_min: '*', host, user, enabled: 1, kill_grace_s: 1 })
    }
  }
  await store.close()
}

export const DEMONSTRATED: readonly Demonstrated[] = [
  { cron_name: 'report', cron_path: 'echo "report written at $(date +%T)"', action: 0, on: [1] },
  { cron_name: 'dump', cron_path: 'echo "dumped on the first host that would have it"', action: 0, on: [0, 2] },
  { cron_name: 'index', cron_path: 'echo "first try fails" >&2; exit 3', action: 1, on: [1, 2, 3] },
  { cron_name: 'rotate', cron_path: 'sleep 1; echo rotated', action: 2, on: [1, 2, 3] },
  { cron_name: 'watch', cron_path: 'echo watching; sleep 3600', action: 3, on: [3] },
]
