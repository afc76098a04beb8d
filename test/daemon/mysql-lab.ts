import type { TestContext } from 'node:test'
import { createMysqlStore } from '../../src/store/mysql/mysql-store.ts'
import { aStateDirectory, type DaemonProcess } from '../support/daemon.ts'
import type { Mariadb } from '../support/mariadb.ts'
import { type Sshd, startSshd } from '../support/sshd.ts'
import { aDaemonStarter } from './lab.ts'

const KEY = '5e'.repeat(32)

/** Starts a daemon in a state directory of its own, so that it plans its first minute at once; the cache is shared. */
export type StartOnMysql = (environment?: Readonly<Record<string, string>>) => DaemonProcess

/** A MariaDB with one cron, `job`, on one host; what was in it before is gone, and the host and the daemons when the test has ended. */
export async function aMysqlLab(t: TestContext, mariadb: Mariadb): Promise<StartOnMysql> {
  const start = aDaemonStarter(t)
  const host = await startSshd()
  t.after(() => host.stop())
  await fill(mariadb, host)
  const common = { RCRON_DATABASE_URL: mariadb.url, RCRON_CACHE_KEY: KEY }
  const cache = `${aStateDirectory((clean) => t.after(clean))}/cache`
  return (environment = {}) => {
    const state = aStateDirectory((clean) => t.after(clean))
    const own = { HOME: state, RCRON_STATE_DIR: state, RCRON_CACHE_FILE: cache }
    return start({ environment: { ...common, ...own, ...environment } })
  }
}

async function fill(mariadb: Mariadb, host: Sshd): Promise<void> {
  // What is committed is to be there after a SIGKILL.
  await mariadb.query(
    'set global innodb_flush_log_at_trx_commit = 1',
    'drop table if exists rcron_crons, rcron_auth, rcron_hosts, rcron_lease',
  )
  const { port, user, password, database } = mariadb
  const store = createMysqlStore({ host: '127.0.0.1', port, user, password, database, poolSize: 1, tls: null })
  await store.applySchema(await store.planSchema())
  await store.editor.systems.add({ host: '127.0.0.1', port: host.port, local_port: host.port })
  await store.editor.auths.add({ user: host.user, password: host.clientKey.path })
  await store.editor.crons.add({ cron_name: 'job', cron_path: 'echo ran', enabled: 1, host: 1, user: 1 })
  await store.close()
}
