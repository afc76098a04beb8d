import { deepEqual, equal, match } from 'node:assert/strict'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { createMysqlStore } from '../../src/store/mysql/mysql-store.ts'
import type { SqlStore } from '../../src/store/sql/sql-store.ts'
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { aDaemonStarter, aFakeClock } from '../daemon/lab.ts'
import { aStateDirectory } from '../support/daemon.ts'
import { type Mariadb, startMariadb } from '../support/mariadb.ts'
import { type Sshd, startSshd } from '../support/sshd.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { until } from '../support/wait-until.ts'
import { aBundle } from './a-bundle.ts'

// An upgrade of the package replaces the files under whatever runs.

let mariadb: Mariadb
let host: Sshd
before(async () => {
  mariadb = await startMariadb()
  host = await startSshd()
  const { port, user, password, database } = mariadb
  const mysql = { host: '127.0.0.1', port, user, password, database, poolSize: 1, tls: null }
  await fill(createMysqlStore(mysql), ['echo ran'])
})
after(async () => {
  await mariadb.stop()
  await host.stop()
})

async function fill(store: SqlStore, commands: readonly string[]): Promise<void> {
  await store.applySchema(await store.planSchema())
  if (commands.length === 0) return await store.close()
  await store.editor.systems.add({ host: '127.0.0.1', port: host.port, local_port: host.port })
  await store.editor.auths.add({ user: host.user, password: host.clientKey.path })
  for (const [at, cron_path] of commands.entries())
    await store.editor.crons.add({ cron_name: `job ${at}`, cron_path, cron_min: '*', enabled: 1, host: 1, user: 1 })
  await store.close()
}

/** One that is gone, as a whole, from then on. */
function aPassingBundle(t: TestContext) {
  const bundle = aBundle((clean) => t.after(clean))
  return { ...bundle, remove: () => rmSync(dirname(bundle.main), { recursive: true }) }
}

test('a tick whose files are gone before its first run makes the run, and says what came of it', async (t) => {
  const proxy = await startTcpProxy({ port: mariadb.port })
  t.after(() => proxy.close())
  const bundle = aPassingBundle(t)

  proxy.freeze('to-client')
  const through = mariadb.url.replace(`:${mariadb.port}/`, `:${proxy.port}/`)
  const ticking = bundle.rcron(['tick', '--at', new Date().toISOString(), '--yes'], { RCRON_DATABASE_URL: through })
  await until('it asks for its definitions', () => proxy.accepted > 0, 30_000)
  bundle.remove()
  proxy.thaw()
  const { code, stdout, stderr } = await ticking
  match(stdout + stderr, /job 0 .*succeeded/)
  equal(code, 0)
})

test('a daemon whose files are gone makes its first run, reloads, moves to a MariaDB, outlives its outage, and kills a run as it stops', async (t) => {
  const { main, remove } = aPassingBundle(t)
  const state = aStateDirectory((clean) => t.after(clean))
  const use = (url: string) => writeFileSync(join(state, '.env'), `RCRON_DATABASE_URL=${url}\n`, { mode: 0o600 })
  const sqlite = join(state, 'definitions.db')
  use(`sqlite:${sqlite}`)
  await fill(createSqliteStore(sqlite), [])
  const clock = aFakeClock({ state }, 5_000)
  const own = { HOME: state, RCRON_STATE_DIR: state, RCRON_STOP_RUNS: 'kill', RCRON_DRAIN_SECONDS: '0' }
  const daemon = aDaemonStarter(t)({ main, environment: { ...own, ...clock.environment } })
  await daemon.tells(/READY=1/)
  remove()

  await fill(createSqliteStore(sqlite), ['echo ran', 'echo begun > "$HOME/begun"; sleep 600'])
  await daemon.reload()
  clock.move(60_000)
  await daemon.ended('job 0', 'succeeded', 60_000)
  await until('the other has begun', () => existsSync(join(host.home, 'begun')), 60_000)

  use(mariadb.url)
  await daemon.reload()
  deepEqual(daemon.logged('cannot use the new settings; keeping the old ones'), [])
  await daemon.said('definitions changed', 2, 60_000)
  await mariadb.kill()
  daemon.signal('SIGHUP')
  await daemon.said('store unavailable; using the last good definitions', 1, 60_000)

  equal(await daemon.stop(), 0)
  await daemon.ended('job 1', 'killed')
  equal(daemon.logged('rcron has stopped').length, 1)
  deepEqual(
    daemon.output.split('\n').filter((line) => /a bug|Cannot find module|ENOENT/.test(line)),
    [],
  )
})
