import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict'
import { after, test } from 'node:test'
import { ResidentRcron } from '../support/resident-rcron.ts'

type Fields = Readonly<Record<string, unknown>>

const rcron = new ResidentRcron()
after(() => rcron[Symbol.dispose]())

// A failover job on two hosts, one job on one, and another user.
await rcron.prepare(async ({ auths, systems, crons }) => {
  const user = await auths.add({ user: 'x', password: 'y' })
  await auths.add({ user: 'other', password: 'y' })
  const one = await systems.add({ host: 'db1' })
  const two = await systems.add({ host: 'db2', port: 2222 })
  const at = { cron_min: '30', cron_hour: '2', user }
  for (const host of [one, two]) await crons.add({ cron_name: 'dump', cron_path: 'true', host, ...at })
  await crons.add({ cron_name: 'lone', cron_path: 'true', host: one, ...at })
})
const columns = async (...names: readonly string[]) =>
  ((await rcron.list('cron')) as readonly Fields[]).map((cron) => names.map((name) => cron[name]).join(' '))

test('a name means the whole job: all its crons are shown, and then changed alike', async () => {
  const { status, stdout, stderr } = await rcron.run(['cron', 'edit', 'dump', '--schedule', '0 4 * * *'])
  equal(status, 0)
  match(
    stdout,
    /^id .*\n1 +dump +30 2 \* \* \*.*\n2 +dump +30 2 .*\nAll 2 get:\ncron_min +0\n[\s\S]*\nchanged cron 1: cron_min.*\nchanged cron 2: /,
  )
  doesNotMatch(stderr, /warning/)
  deepEqual(await columns('schedule'), ['0 4 * * *', '0 4 * * *', '30 2 * * *'])
})

test('a dry run names all, and changes none', async () => {
  match(
    await rcron.ok('cron', 'edit', 'dump', '--cron-hour', '5', '--dry-run'),
    /^would change cron 1, 2; they would work:\ncron_hour +5\n$/,
  )
  deepEqual(await columns('schedule'), ['0 4 * * *', '0 4 * * *', '30 2 * * *'])
})

test('where one of them cannot have it, none is changed', async () => {
  await rcron.ok('cron', 'edit', 'lone', '--cron-name', 'dump', '--cron-path', 'false')
  const { status, stderr } = await rcron.run(['cron', 'edit', 'dump', '--cron-path', 'false'])
  equal(status, 6)
  match(stderr, /already has this name, path, host and user/)
  deepEqual(await columns('cron_path'), ['true', 'true', 'false'])
  await rcron.ok('cron', 'edit', '3', '--cron-name', 'lone', '--cron-path', 'true')
})

test('one host for all is refused, one user is not', async () => {
  const { status, stderr } = await rcron.run(['cron', 'edit', 'dump', '--host', 'db1'])
  equal(status, 2)
  match(
    stderr,
    /--host: dump means 2 crons, which would all have the same host; give one of 1, 2 instead of the name, or dump@HOST/,
  )
  await rcron.ok('cron', 'edit', 'dump', '--user', 'other')
  deepEqual(await columns('user'), ['other', 'other', 'x'])
})

test('name and host mean one row, in every verb', async () => {
  await rcron.ok('cron', 'edit', 'dump@db2', '--timeout-s', '5')
  deepEqual(
    await columns('timeout_s'),
    [' ', '5', ' '].map((it) => it.trim()),
  )
  for (const reference of ['dump@db2', 'dump@db2:2222']) {
    const [shown, ...more] = (await rcron.json('cron', 'show', reference)) as readonly Fields[]
    deepEqual([shown?.['id'], more], [2, []])
  }
  equal(await rcron.ok('cron', 'enable', 'dump@db1'), 'enabled cron 1 "dump"\n')
  match(await rcron.ok('cron', 'remove', 'dump@db2', '--dry-run'), /^would remove cron 2 "dump"\n$/)
  match(await rcron.ok('next', 'dump@db2'), /^cron 2 \(dump\), disabled {2}/)
  for (const reference of ['dump@db3', 'dump@', '@db1', 'dump@db2:22', '1@db1']) {
    equal((await rcron.run(['cron', 'show', reference])).status, 4, reference)
  }
  await rcron.ok('cron', 'edit', 'dump', '--timeout-s', '')
})

test('a row that comes to differ from the others of its job is warned of, by edit, add and check', async () => {
  const warning =
    /warning: job "dump": its crons differ from cron 1 in schedule \(cron 2\), although its action is failover/
  match((await rcron.run(['cron', 'edit', '2', '--cron-hour', '7', '--dry-run'])).stderr, warning)
  match((await rcron.run(['cron', 'edit', '2', '--cron-hour', '7'])).stderr, warning)
  match((await rcron.run(['check'])).stderr, warning)
  doesNotMatch((await rcron.run(['cron', 'edit', 'dump', '--cron-hour', '4'])).stderr, /warning/)
  const words = [
    'cron',
    'add',
    '--cron-path',
    'true',
    '--schedule',
    '@daily',
    '--host',
    'db1',
    '--user',
    'x',
    '--dry-run',
  ]
  match(
    (await rcron.run([...words, '--cron-name', 'dump'])).stderr,
    /differ from cron 1 in schedule \(new cron\), although its action is failover: each fires at its own times/,
  )
  match(
    (await rcron.run([...words, '--cron-name', 'Dump'])).stderr,
    /job "dump", cron_name: looks like "Dump" \(by upper and lower case\)/,
  )
  match(
    (await rcron.run([...words, '--cron-name', 'dump', '--action', '2'])).stderr,
    /have the actions 0 \(failover\) and 2/,
  )
  doesNotMatch((await rcron.run([...words, '--cron-name', 'new'])).stderr, /warning/)
})

test('what is wrong with another row of the job is no matter of a change', async () => {
  await rcron.prepare(async ({ crons }) => crons.edit(2, { cron_min: '61' }))
  equal((await rcron.run(['cron', 'edit', '1', '--cron-hour', '4'])).status, 0)
  await rcron.ok('cron', 'edit', '2', '--cron-min', '0')
})
