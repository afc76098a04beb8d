import { join } from 'node:path'
import { type Action, numberOf } from '../../src/domain/action.ts'
import type { NewCron } from '../../src/store/definitions/definition-editor.ts'
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { ChaosHost } from './chaos-host.ts'

const COMMAND = join(import.meta.dirname, 'command.sh')

/** A job of a chaos run: due at every minute, on so many of the hosts. */
export type ChaosJob = {
  readonly name: string
  readonly action: Action
  readonly hosts: number
  /** Its command lives for less than so many tenths of a second. */
  readonly longest: number
  readonly more?: Pick<Partial<NewCron>, 'timeout_s' | 'kill_grace_s' | 'own_connection' | 'keep_output'>
}

/** All actions, with commands that end before the next minute and such that do not. */
export const JOBS: readonly ChaosJob[] = [
  { name: 'failover-short', action: 'failover', hosts: 3, longest: 15 },
  { name: 'failover-long', action: 'failover', hosts: 4, longest: 90 },
  { name: 'failover-late', action: 'failover', hosts: 3, longest: 60, more: { timeout_s: 3, kill_grace_s: 1 } },
  { name: 'shuffle-short', action: 'shuffle', hosts: 4, longest: 10, more: { keep_output: 1 } },
  { name: 'shuffle-long', action: 'shuffle', hosts: 3, longest: 70, more: { own_connection: 1 } },
  { name: 'all-short', action: 'all', hosts: 4, longest: 12 },
  { name: 'all-long', action: 'all', hosts: 4, longest: 80, more: { keep_output: 1 } },
  { name: 'all-late', action: 'all', hosts: 2, longest: 60, more: { timeout_s: 2, kill_grace_s: 1 } },
  { name: 'clobber-short', action: 'clobber', hosts: 2, longest: 30, more: { kill_grace_s: 1 } },
  { name: 'clobber-long', action: 'clobber', hosts: 3, longest: 150, more: { kill_grace_s: 2 } },
  { name: 'clobber-late', action: 'clobber', hosts: 2, longest: 120, more: { timeout_s: 4, kill_grace_s: 1 } },
]

/** Fills a new store with the hosts and a cron for every host of each job. */
export async function defineJobs(database: string, hosts: readonly ChaosHost[], journal: string): Promise<void> {
  const store = createSqliteStore(database)
  await store.applySchema(await store.planSchema())
  for (const { port, sshd } of hosts) {
    await store.editor.systems.add({ host: '127.0.0.1', port, local_port: port })
    await store.editor.auths.add({ user: sshd.user, password: sshd.clientKey.path })
  }
  for (const [index, { name, action, hosts: count, longest, more }] of JOBS.entries()) {
    for (let turn = 0; turn < count; turn++) {
      // Not every job begins at the same host.
      const host = ((index + turn) % hosts.length) + 1
      await store.editor.crons.add({
        cron_name: name,
        cron_path: `exec ${COMMAND} ${journal} ${name} ${longest}`,
        action: numberOf(action),
        enabled: 1,
        host,
        user: host,
        ...more,
      })
    }
  }
  await store.close()
}
