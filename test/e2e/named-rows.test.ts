import { deepEqual, equal, match } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ResidentRcron } from '../support/resident-rcron.ts'

const rcron = new ResidentRcron()
after(() => rcron[Symbol.dispose]())
before(() =>
  rcron.prepare(async ({ auths, systems }) => {
    await auths.add({ user: 'backup', password: 'x' })
    await systems.add({ host: 'db7.rack2.example.com' })
  }),
)

type Row = Readonly<Record<string, unknown>>

test('a name is taken, and listed, wherever a host or a user is', async () => {
  await rcron.ok('system', 'edit', 'db7.rack2.example.com', '--name', 'db7', '--tags', 'prod, db')
  await rcron.ok('auth', 'edit', 'backup', '--name', 'nightly')
  const placed = ['--host', 'db7', '--user', 'nightly']
  const notes = ['--description', 'every table', '--tags', 'dumps', '--owner', 'dba@example.com']
  await rcron.ok('cron', 'add', '--name', 'dump', '--command', 'true', '--schedule', '@daily', ...placed, ...notes)
  const [shown = {}] = (await rcron.json('cron', 'show', 'dump@db7')) as readonly Row[]
  deepEqual(
    ['host', 'host_name', 'user_name', 'description', 'tags', 'host_tags', 'owner'].map((name) => shown[name]),
    ['db7.rack2.example.com:22', 'db7', 'nightly', 'every table', ['dumps'], ['prod', 'db'], 'dba@example.com'],
  )
  match(await rcron.ok('cron', 'list', '--rows'), / db7 +nightly /)
  match(await rcron.ok('cron', 'list'), / db7 /)
  match(await rcron.ok('system', 'list', 'db?'), /db7 +db7\.rack2\.example\.com .*prod,db/)
  match(await rcron.ok('auth', 'show', 'nightly'), /backup/)
  match(await rcron.ok('tick', '--dry-run', '--at', '2026-01-01T00:00Z'), /dump/)
})

test('crons are found by their own tags and those of their systems, by the names of host and user', async () => {
  for (const filter of ['tag:dumps', 'tag:pro*', 'tag:nothing,db', 'host:db7', 'host:db7.*', 'user:nightly'])
    equal(((await rcron.list('cron', filter)) as readonly Row[]).length, 1, filter)
  deepEqual(await rcron.list('cron', 'tag:nothing'), [])
})

test('what is no name or no tag is refused on the command line, with what was expected', async () => {
  const refused = await rcron.run(['system', 'edit', 'db7', '--name', '7', '--tags', 'no good'])
  equal(refused.status, 2)
  match(refused.stderr, /--name: found "7", 7 is a number, and numbers are ids/)
  match(refused.stderr, /--tags: found "no good", "no good", expected letters, digits/)
  await rcron.ok('system', 'edit', 'db7', '--tags', '')
  const [system = {}] = (await rcron.json('system', 'show', 'db7')) as readonly Row[]
  equal(system['tags'], null)
})
