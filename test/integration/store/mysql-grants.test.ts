import { deepEqual, equal, match, rejects } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { createMysqlLeaseTable } from '../../../src/store/mysql/mysql-lease-table.ts'
import { aFiringRow, aRunRow } from '../../support/history-rows.ts'
import { startMariadb } from '../../support/mariadb.ts'
import { documentedSteps } from '../../systemd/support/documented-steps.ts'
import { storeOn } from './store-on.ts'

/** The statements that docs/security.md tells to run for an account, here from anywhere and without TLS. */
function documentedGrants(account: string): readonly string[] {
  const page = readFileSync(new URL('../../../docs/security.md', import.meta.url), 'utf8')
  const block = [...page.matchAll(/```sql\n([\s\S]*?)```/g)]
    .map(([, sql = '']) => sql)
    .find((sql) => sql.includes(`'${account}'@`))
  const statements = (block ?? '').split(';\n').filter((line) => line.trim() !== '')
  return statements.map((sql) =>
    sql.replace(/'@'[^']*'/, "'@'%'").replace("IDENTIFIED BY '…' REQUIRE SSL", "IDENTIFIED BY 'g'"),
  )
}

const server = await startMariadb()
const owner = storeOn(server)
await owner.applySchema(await owner.planSchema())
const host = await owner.editor.systems.add({ host: 'db1' })
const user = await owner.editor.auths.add({ user: 'backup', password: 'x' })
const cron = await owner.editor.crons.add({ cron_name: 'job', cron_path: 'true', host, user })
// The test's own account has the documented one's name.
await server.query("drop user rcron@'%'", ...documentedGrants('rcron'), ...documentedGrants('rcron_admin'))
const daemon = storeOn(server, { user: 'rcron', password: 'g' })
const admin = storeOn(server, { user: 'rcron_admin', password: 'g' })
after(async () => {
  await Promise.all([owner.close(), daemon.close(), admin.close()])
  await server.stop()
})

test('the documented grants let the daemon read its definitions and record its runs, and change nothing else', async () => {
  deepEqual(await daemon.planSchema(), [])
  const { definitions, problems } = await daemon.loadDefinitions()
  deepEqual([definitions.crons.length, definitions.auths[0]?.hosts, problems], [1, null, []])
  await daemon.recordRun({ cronId: cron, lastRun: Date.UTC(2026, 10, 1), durationMs: 10, errors: 'refused: x' })
  equal((await server.query('select errors from rcron_crons'))[0]?.['errors'], 'refused: x')
  await daemon.writeHistory({ firings: [aFiringRow()], runs: [aRunRow()] })
  await daemon.sweepHistory({ table: 'runs', after: null }, { before: Date.now(), runs: 0, floors: new Map() })
  equal((await (await admin.history()).trouble({ since: 0, after: null, most: 1 })).length, 0)
  for (const change of [
    () => daemon.editor.auths.edit(user, { hosts: '*' }),
    () => daemon.editor.systems.edit(host, { host: 'evil' }),
    () => daemon.editor.crons.edit(cron, { cron_path: 'evil' }),
    () => daemon.editor.auths.add({ user: 'evil', password: 'y' }),
    () => daemon.editor.crons.remove(cron),
  ]) {
    await rejects(change, /may not do this/)
  }
})

test('the documented grants let the daemon make, hold and give back the lease', async (t) => {
  await server.query('drop table if exists rcron_lease')
  const { port, database } = server
  const options = { host: '127.0.0.1', port, user: 'rcron', password: 'g', database, poolSize: 1, tls: null }
  const lease = createMysqlLeaseTable(options)
  t.after(() => lease.close())
  const name = 'a'.repeat(32)
  equal(await lease.read(), null)
  await lease.put({ incarnation: name, installation: name, host: 'cron1', pid: 7, bootId: null, beat: '1' }, null)
  equal(await lease.beat(name), true)
  await lease.remove({ incarnation: name })
  equal(await lease.read(), null)
})

test('the documented grants let an administrator add, change and remove definitions, and make no tables', async () => {
  const added = await admin.editor.auths.add({ user: 'new', password: 'z', hosts: 'db1' }, () => ({
    password: 'sealed',
  }))
  await admin.editor.auths.edit(added, { hosts: '*.example.com' })
  await admin.editor.crons.edit(cron, { enabled: 1 })
  const [entry] = await admin.editor.auths.find('new')
  deepEqual([entry?.row?.password, entry?.row?.hosts], ['sealed', '*.example.com'])
  await admin.editor.auths.remove(added)
  await server.query('alter table rcron_auth drop column hosts')
  const { problems } = await admin.applySchema(await admin.planSchema())
  match(
    problems.map(({ message }) => message).join('\n'),
    /could not (?:create table rcron_lease|add rcron_auth\.hosts)/,
  )
})

test("the README's three statements make a database and an account with which all of rcron works, and nothing beside it", async () => {
  const readme = new URL('../../../README.md', import.meta.url).pathname
  const statements = documentedSteps(readme, 'mysql')
    .replaceAll(/\bDATABASE rcron\b|\bON rcron\b/g, '$&_of_its_own')
    .replaceAll("'rcron'@'cron.example.com'", "'sole'@'%'")
    .split(/;\n?/)
    .filter((sql) => sql !== '')
  equal(statements.length, 3)
  await server.query(...statements)
  const account = { user: 'sole', password: 'secret', database: 'rcron_of_its_own' }
  const sole = storeOn(server, account)
  try {
    deepEqual((await sole.applySchema(await sole.planSchema())).problems, [])
    deepEqual(await sole.planSchema(), [])
    const on = await sole.editor.systems.add({ host: 'db1' })
    const as = await sole.editor.auths.add({ user: 'backup', password: 'x' })
    const added = await sole.editor.crons.add({ cron_name: 'job', cron_path: 'true', host: on, user: as })
    await sole.editor.crons.edit(added, { enabled: 1 })
    await sole.recordRun({ cronId: added, lastRun: Date.UTC(2026, 10, 1), durationMs: 10, errors: null })
    await sole.editor.crons.remove(added)
  } finally {
    await sole.close()
  }
  await rejects(async () => {
    const elsewhere = storeOn(server, { ...account, database: server.database })
    await elsewhere.loadDefinitions().finally(() => elsewhere.close())
  })
})
