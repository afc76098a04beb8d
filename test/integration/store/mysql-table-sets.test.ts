import { deepEqual, match } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { describeProblem } from '../../../src/domain/problem.ts'
import { PreparedStore } from '../../../src/store/definitions/prepared-store.ts'
import { MysqlEngine } from '../../../src/store/mysql/mysql-engine.ts'
import { inMysql } from '../../../src/store/mysql/mysql-schema.ts'
import { RecordingLog } from '../../support/builders.ts'
import { type Mariadb, startMariadb } from '../../support/mariadb.ts'
import { FIRST_RCRON_TABLES } from './first-rcron.ts'
import { optionsOn, storeOn } from './store-on.ts'
import { describeSets } from './table-sets.ts'

describeSets('MariaDB', async () => {
  const server = await startMariadb()
  return {
    open: (sets) => storeOn(server, {}, sets.map(inMysql)),
    engine: (sets) => new MysqlEngine(optionsOn(server), sets.map(inMysql)),
    query: (sql) => server.query(sql),
    end: () => server.stop(),
  }
})

let server: Mariadb
before(async () => {
  server = await startMariadb()
})
after(() => server.stop())

/** A daemon as `user` on the first rcron's tables. */
async function daemonOnFirstTables(user: string, rights: string) {
  await server.query(
    'drop table if exists rcron_crons, rcron_hosts, rcron_auth',
    ...FIRST_RCRON_TABLES,
    "insert into rcron_auth values (1, 'backup', 'x', sha2('x', 256))",
    `create user ${user}@'%' identified by 'r'`,
    `grant ${rights} on rcron.* to ${user}@'%'`,
  )
  const log = new RecordingLog()
  const store = new PreparedStore({ store: storeOn(server, { user, password: 'r' }), isNew: () => false, log })
  return { store, log, [Symbol.asyncDispose]: () => store.close() }
}

test('a daemon with the right to it completes the first rcron’s tables', async () => {
  await using daemon = await daemonOnFirstTables('owner', 'all')
  const { definitions, problems } = await daemon.store.loadDefinitions()
  deepEqual([definitions.auths.length, problems], [1, []])
  deepEqual(daemon.log.of('info'), ['tables of an older version completed'])
})

test('B6: a daemon without it works by defaults, with one warning, and makes no word of it beside', async () => {
  await using daemon = await daemonOnFirstTables('reader', 'select, update')
  const { definitions, problems } = await daemon.store.loadDefinitions()
  deepEqual([definitions.auths.length, daemon.log.entries], [1, []])
  match(problems.map(describeProblem).join('\n'), /^store: the tables lack .*count as not set; run "rcron init" as .*$/)
})
