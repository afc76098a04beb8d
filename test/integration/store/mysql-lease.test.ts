import { deepEqual, equal, match, notEqual } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, beforeEach, type TestContext, test } from 'node:test'
import { createMysqlLeaseTable } from '../../../src/store/mysql/mysql-lease-table.ts'
import type { LeaseRow, LeaseTable } from '../../../src/store/sql/lease-table.ts'
import { type Mariadb, startMariadb } from '../../support/mariadb.ts'
import { FLAVOUR } from '../../support/server-flavour.ts'
import { until } from '../../support/wait-until.ts'

const NAME = `rcron.${createHash('sha1').update('rcron').digest('hex')}`
/** The server ends a silent session after 30 s. */
const FREE_MS = 100_000

let server: Mariadb
before(async () => {
  server = await startMariadb()
  for (const user of ['plain', 'other', 'reader']) {
    await server.query(`create user ${user}@'%' identified by 'p'`, `grant select, update on rcron.* to ${user}@'%'`)
  }
})
after(() => server.stop())
beforeEach(() => server.query('drop table if exists rcron_lease'))

/** The lease as an account sees it that may not make its table; as the database's owner where `user` is rcron. */
function tableOf(
  t: TestContext,
  user: string,
  { port, database }: Pick<Mariadb, 'port' | 'database'> = server,
): LeaseTable {
  const password = user === server.user ? server.password : 'p'
  const table = createMysqlLeaseTable({ host: '127.0.0.1', port, user, password, database, poolSize: 1, tls: null })
  t.after(() => table.close())
  return table
}

function rowOf(name: string): LeaseRow {
  return { incarnation: name.repeat(32), installation: 'i'.repeat(32), host: 'cron1', pid: 7, bootId: null, beat: '1' }
}

async function held(t: TestContext, user: string): Promise<LeaseTable> {
  const table = tableOf(t, user)
  equal(await table.read(), null)
  await table.put(rowOf('a'), null)
  equal((await table.read())?.incarnation, 'a'.repeat(32))
  return table
}

async function holder(): Promise<unknown> {
  return (await server.query(`select is_used_lock('${NAME}') as id`))[0]?.['id']
}

test('without the right to make the table, a lock named after the database is held, told with how to have the row', async (t) => {
  const table = await held(t, 'plain')
  notEqual(await holder(), null)
  match(String(table.weakness?.message), /may not do this to the table \(CREATE\)/)
  match(
    String(table.weakness?.hint),
    /CREATE on rcron_lease.*create the table by hand.*create table if not exists rcron_lease \(/,
  )
  await table.remove(rowOf('a'))
  deepEqual([await holder(), await table.read()], [null, null])
})

test('another one cannot take it, sees the holder live by each beat, and names it as far as its account may see', async (t) => {
  const first = await held(t, 'plain')
  for (const [user, says] of [
    ['plain', /^user plain at 127\.0\.0\.1:\d+ \(connection \d+\)$/],
    ['other', /^connection \d+ of an account that this one may not see$/],
  ] as const) {
    const second = tableOf(t, user)
    const seen = await second.read()
    match(String(seen?.host), says)
    await second.put(rowOf('b'), seen)
    equal(await second.beat('b'.repeat(32)), false)
    deepEqual([await first.beat('a'.repeat(32)), (await second.read())?.incarnation], [true, seen?.incarnation])
    notEqual((await second.read())?.beat, seen?.beat, 'one beat')
    equal((await second.read())?.beat, (await second.read())?.beat, 'no beat')
    await second.remove(rowOf('a'))
    equal((await first.read())?.incarnation, 'a'.repeat(32), 'which no other can give away')
  }
})

test('who may use the table sees the holder of a lock, and who may only read it the holder of the row', async (t) => {
  const locking = await held(t, 'plain')
  const owner = tableOf(t, server.user)
  match(String((await owner.read())?.host), /^connection \d+ of/)
  await locking.remove(rowOf('a'))
  await owner.put(rowOf('c'), null)
  equal(owner.weakness, null)
  equal((await locking.read())?.host, 'cron1')
  await owner.remove(rowOf('c'))
  await locking.put(rowOf('a'), null)
  equal((await locking.read())?.incarnation, 'a'.repeat(32), 'which may not write the row')
  match(String(locking.weakness?.message), /\(INSERT\)/)
})

test('a lock whose connection was killed is lost, and is taken again where nobody has it', async (t) => {
  const table = await held(t, 'plain')
  await server.query(`kill ${await holder()}`)
  await until('it is free', async () => (await holder()) === null)
  equal(await table.beat('a'.repeat(32)), false)
  equal(await table.read(), null)
  await table.put(rowOf('a'), null)
  deepEqual([await table.beat('a'.repeat(32)), (await table.read())?.incarnation], [true, 'a'.repeat(32)])
})

test('a lost lock is followed by the row where the table has been made meanwhile', async (t) => {
  const table = await held(t, 'plain')
  const statement = String(table.weakness?.hint).replace(/^.*?: (?=create table)/, '')
  await server.query(statement, `grant insert, delete on rcron.rcron_lease to plain@'%'`, `kill ${await holder()}`)
  t.after(() => server.query(`revoke insert, delete on rcron.rcron_lease from plain@'%'`))
  await until('it is free', async () => (await holder()) === null)
  equal(await table.beat('a'.repeat(32)), false)
  equal(await table.read(), null)
  await table.put(rowOf('a'), null)
  deepEqual([await table.beat('a'.repeat(32)), (await table.read())?.host, table.weakness], [true, 'cron1', null])
  equal((await server.query('select beat from rcron_lease'))[0]?.['beat'], 2)
})

test('where the server tells no case apart, a database has one lock, however it is written', {
  skip: FLAVOUR.name === 'mysql',
}, async (t) => {
  const folding = await startMariadb({ variables: { 'lower-case-table-names': 1 } })
  t.after(() => folding.stop())
  await folding.query("create user plain@'%' identified by 'p'", "grant select on rcron.* to plain@'%'")
  const [first, second] = ['rcron', 'RCRON'].map((database) => tableOf(t, 'plain', { port: folding.port, database }))
  await first?.put(rowOf('a'), (await first?.read()) ?? null)
  equal(await first?.beat('a'.repeat(32)), true)
  match(String((await second?.read())?.host), /^user plain at /)
})

test('a table that was dropped under a row is made again', async (t) => {
  const table = await held(t, server.user)
  await server.query('drop table rcron_lease')
  equal(await table.beat('a'.repeat(32)), false)
  await table.put(rowOf('a'), await table.read())
  equal(await table.beat('a'.repeat(32)), true)
})

test('an idle lock is kept, and free after half a minute of silence: its machine is gone', async (t) => {
  await held(t, 'plain')
  const silentS = async () => {
    const [row] = await server.query(`select time from information_schema.processlist where id = ${await holder()}`)
    return Number(row?.['time'] ?? row?.['TIME'])
  }
  await until('it has been silent for a while', async () => (await silentS()) >= 3)
  await until('it is free', async () => (await holder()) === null, FREE_MS)
})
