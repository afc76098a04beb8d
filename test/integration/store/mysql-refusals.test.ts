import { deepEqual, equal, match } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { describeProblem } from '../../../src/domain/problem.ts'
import type { MysqlStoreOptions } from '../../../src/store/mysql/mysql-options.ts'
import type { SqlStore } from '../../../src/store/sql/sql-store.ts'
import { StoreError } from '../../../src/store/sql/store-error.ts'
import { type Mariadb, startMariadb } from '../../support/mariadb.ts'
import { storeOn } from './store-on.ts'

let server: Mariadb
before(async () => {
  server = await startMariadb()
  const store = storeOn(server)
  await store.applySchema(await store.planSchema())
  await store.editor.systems.add({ host: 'db1.example' })
  await store.close()
})
after(() => server.stop())

type Row = {
  readonly what: string
  readonly options?: Partial<MysqlStoreOptions>
  readonly prepare?: readonly string[]
  readonly undo?: readonly string[]
  readonly ask?: (store: SqlStore) => Promise<unknown>
  readonly says: RegExp
}

/** B6, and other answers that mean no. */
const rows: readonly Row[] = [
  {
    what: 'a wrong password',
    options: { password: 'no' },
    says: /access denied \[ER_ACCESS_DENIED_ERROR, errno 1045, SQLSTATE 28000\] check user/,
  },
  {
    what: 'an unknown database',
    options: { database: 'nowhere' },
    says: /access to the database denied \[ER_DBACCESS_DENIED_ERROR/,
  },
  { what: 'an unknown host', options: { host: 'nowhere.invalid' }, says: /the host name is unknown \[ENOTFOUND/ },
  {
    what: 'a table that is missing',
    prepare: ['rename table rcron_crons to elsewhere'],
    undo: ['rename table elsewhere to rcron_crons'],
    says: /table rcron_crons is missing.*run "rcron init"/,
  },
  {
    what: 'a column of the first rcron that is missing',
    prepare: ['alter table rcron_hosts change local_port other_port int not null default 22'],
    undo: ['alter table rcron_hosts change other_port local_port int not null default 22'],
    says: /table rcron_hosts lacks local_port/,
  },
  {
    what: 'a table that is missing when a run is written back',
    prepare: ['rename table rcron_crons to elsewhere'],
    undo: ['rename table elsewhere to rcron_crons'],
    ask: (store) => store.recordRun({ cronId: 1, lastRun: 0, durationMs: null, errors: null }),
    says: /a table is missing \[ER_NO_SUCH_TABLE, errno 1146/,
  },
  {
    what: 'a read-only server, on writing',
    prepare: ['set global read_only = 1'],
    undo: ['set global read_only = 0'],
    ask: (store) => store.editor.systems.edit(1, { port: 23 }),
    says: /the server is read-only \[ER_OPTION_PREVENTS_STATEMENT, errno 1290/,
  },
]
for (const {
  what,
  options = {},
  prepare = [],
  undo = [],
  ask = (store: SqlStore) => store.loadDefinitions(),
  says,
} of rows) {
  test(`B6: ${what} is told in one line with its code and what to do, and without a secret`, async (t) => {
    t.after(() => server.query(...undo))
    await server.query(...prepare)
    const store = storeOn(server, options)
    t.after(() => store.close())
    const error = await ask(store).then(
      () => null,
      (reason: unknown) => reason,
    )
    if (!(error instanceof StoreError)) throw error ?? new Error('it did not fail')
    match(`${error.message} ${error.hint}`, says)
    equal(/p@ss|update `|select `|\n/.test(`${error.message} ${error.hint} ${JSON.stringify(error)}`), false)
  })
}

test('B6: a read-only server is read', async (t) => {
  t.after(() => server.query('set global read_only = 0'))
  await server.query('set global read_only = 1')
  const store = storeOn(server)
  t.after(() => store.close())
  equal((await store.loadDefinitions()).definitions.systems.length, 1)
  deepEqual(await store.applySchema(await store.planSchema()), { applied: [], problems: [] })
})

test('init names what stands in its way: the right to REFERENCES, a read-only server', async (t) => {
  await server.query(
    'create database fresh',
    "create user maker@'%' identified by 'm'",
    "grant select, create, alter, index on fresh.* to maker@'%'",
  )
  t.after(() => server.query('set global read_only = 0', 'drop database fresh', "drop user maker@'%'"))
  const init = async () => {
    const store = storeOn(server, { user: 'maker', password: 'm', database: 'fresh' })
    const { problems } = await store.applySchema(await store.planSchema()).finally(() => store.close())
    return problems.map(describeProblem).join('\n')
  }
  await server.query('set global read_only = 1')
  match(await init(), /could not create table rcron_crons: .*read-only.*a server that accepts writes/)
  await server.query('set global read_only = 0')
  const [row] = await server.query('select version() as version')
  // MariaDB asks for no such right.
  const says = /MariaDB/.test(String(row?.['version']))
    ? /^$/
    : /could not create table rcron_crons: .*\(REFERENCES\).*rights to CREATE and REFERENCES/
  match(await init(), says)
})

test('B6: a user who may read two tables hears which one is hidden', async (t) => {
  await server.query(
    "create user half@'%' identified by 'h'",
    "grant select on rcron.rcron_auth to half@'%'",
    "grant select on rcron.rcron_hosts to half@'%'",
  )
  const store = storeOn(server, { user: 'half', password: 'h' })
  t.after(() => store.close())
  const error = await store.loadDefinitions().then(
    () => null,
    (reason: unknown) => reason,
  )
  match(String(error), /table rcron_crons is missing, or hidden from this user/)
})
