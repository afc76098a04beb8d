import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { ResidentRcron } from '../support/resident-rcron.ts'

const rcron = new ResidentRcron()
after(() => rcron[Symbol.dispose]())
await rcron.prepare(async ({ auths, systems }) => {
  await auths.add({ user: 'x', password: 'y' })
  await systems.add({ host: 'db1' })
})

type Item = Readonly<Record<'actor' | 'action' | 'subject' | 'at', string>> &
  Readonly<Record<'was' | 'became', unknown>>
const items = async (...words: string[]) =>
  ((await rcron.json('audit', ...words)) as { readonly items: readonly Item[] }).items

test('every change of a definition is in the audit, with who, before and after, the newest first', async () => {
  equal((await rcron.run(['audit'])).stderr, 'Nothing is in the audit.\n')
  const words = ['--name', 'dump', '--command', 'true', '--schedule', '0 0 * * *', '--host', 'db1', '--user', 'x']
  await rcron.ok('cron', 'add', ...words)
  await rcron.ok('cron', 'edit', 'dump', '--cron-min', '7')
  await rcron.ok('cron', 'enable', 'dump')
  await rcron.ok('cron', 'edit', 'dump', '--cron-min', '8', '--dry-run')
  await rcron.ok('cron', 'remove', 'dump', '--yes')
  const found = await items()
  deepEqual(found.map(({ actor, action, subject }) => [actor, action, subject]).sort(), [
    [userInfo().username, 'add', 'cron 1'],
    [userInfo().username, 'edit', 'cron 1 "dump"'],
    [userInfo().username, 'enable', 'cron 1 "dump"'],
    [userInfo().username, 'remove', 'cron 1 "dump"'],
  ])
  const of = (action: string) => found.find((item) => item.action === action)
  deepEqual([of('edit')?.was, of('edit')?.became], [{ cron_min: '0' }, { cron_min: '7' }])
  deepEqual([of('enable')?.was, of('enable')?.became], [{ enabled: 0 }, { enabled: 1 }])
  equal(of('remove')?.became, null)
  const { stdout } = await rcron.run(['audit', '-n', '1'])
  match(stdout, /^when +who +action +subject +change\n\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d +\S+ +\w+ +cron 1/)
  equal(stdout.trim().split('\n').length, 2)
})

test('a secret is in it no more than that it was given', async () => {
  await rcron.fed('top-secret-word\n', 'auth', 'edit', 'x', '--password-stdin')
  const [newest] = await items('-n', '1')
  deepEqual(
    [newest?.subject, newest?.was, newest?.became],
    ['auth 1 "x"', { password: '(given)' }, { password: '(given)' }],
  )
  doesNotMatch(JSON.stringify(await items()), /top-secret-word/)
})

test('root is noted with whom it acted for', async (t) => {
  if (process.getuid?.() !== 0) {
    t.skip('only for root')
    return
  }
  await rcron.run(['system', 'edit', 'db1', '--port', '2222'], { env: { SUDO_USER: 'anna' } })
  equal((await items('-n', '1'))[0]?.actor, 'root for anna')
})

test('where there is no place for it a change is made all the same, and that is said', async () => {
  using store = new DatabaseSync(join(rcron.stateDirectory, 'rcron.db'))
  store.exec('alter table rcron_audit rename to away')
  const { status, stderr } = await rcron.run(['system', 'edit', 'db1', '--port', '23'])
  equal(status, 0)
  match(stderr, /^This is not in the audit: .*a table is missing/m)
  const listed = await rcron.run(['audit'])
  equal(listed.status, 1)
  match(listed.stderr, /a table is missing/)
  store.exec('alter table away rename to rcron_audit')
})
