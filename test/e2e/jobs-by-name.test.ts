import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict'
import { after, test } from 'node:test'
import { answering } from '../support/answering.ts'
import { ResidentRcron } from '../support/resident-rcron.ts'

type Fields = Readonly<Record<string, unknown>>

const rcron = new ResidentRcron()
after(() => rcron[Symbol.dispose]())

// A job on two hosts, one of which is an IPv6 address, and another job.
await rcron.prepare(async ({ auths, systems, crons }) => {
  const user = await auths.add({ user: 'x', password: 'y' })
  const one = await systems.add({ host: '127.0.0.1', port: 2 })
  const two = await systems.add({ host: '::1', port: 2222 })
  await systems.add({ host: '127.0.0.1', port: 3 })
  for (const host of [one, two]) await crons.add({ cron_name: 'dump', cron_path: 'true', host, user })
  await crons.add({ cron_name: 'other', cron_path: 'true', host: one, user })
})
const enabled = async () => ((await rcron.list('cron')) as readonly Fields[]).map((cron) => cron['enabled'])

test('enable and disable take a job by its name, and tell each of its crons', async () => {
  equal(await rcron.ok('cron', 'enable', 'dump'), 'enabled cron 1 "dump"\nenabled cron 2 "dump"\n')
  deepEqual(await enabled(), [1, 1, 0])
  equal(await rcron.ok('cron', 'disable', '2', 'dump'), 'disabled cron 2 "dump"\ndisabled cron 1 "dump"\n')
  deepEqual(await enabled(), [0, 0, 0])
})

test('show shows all of a name', async () => {
  const shown = (await rcron.json('cron', 'show', 'dump')) as readonly Fields[]
  deepEqual(
    shown.map(({ id, host }) => [id, host]),
    [
      [1, '127.0.0.1:2'],
      [2, '[::1]:2222'],
    ],
  )
})

test('where one of a job could not run none is enabled, and all that is wrong is told', async () => {
  await rcron.prepare(async ({ crons }) => {
    await crons.edit(1, { cron_min: '61' })
    await crons.edit(2, { cron_hour: '25' })
  })
  const { status, stderr } = await rcron.run(['cron', 'enable', 'other', 'dump'])
  equal(status, 2)
  match(stderr, /cron 1 \(dump\), cron_min: .*\n.*cron 2 \(dump\), cron_hour: /)
  deepEqual(await enabled(), [0, 0, 0])
  await rcron.ok('cron', 'edit', '1', '--cron-min', '*')
  await rcron.ok('cron', 'edit', '2', '--cron-hour', '*')
})

test('every reference that means nothing is named', async () => {
  for (const words of [['show'], ['enable'], ['disable'], ['remove', '--yes']]) {
    const { status, stderr } = await rcron.run(['cron', ...words, 'nosuch', 'other', '99'])
    equal(status, 4)
    match(stderr, /^rcron: cron "nosuch": there is no such cron.*\ncron "99": there is no such cron.*\n$/)
  }
  const where = ['--host', '99', '--user', 'zz']
  const { status, stderr } = await rcron.run(['cron', 'add', '--cron-name', 'a', '--cron-path', 'b', ...where])
  equal(status, 2)
  match(stderr, /system "99": there is no such system.*\nauth "zz": there is no such auth/)
})

test('a host as lists print it is taken back', async () => {
  await rcron.ok('cron', 'edit', 'other', '--host', '[::1]:2222')
  await rcron.ok('cron', 'edit', 'other', '--host', '127.0.0.1:3')
  const [other] = (await rcron.json('cron', 'show', 'other')) as readonly Fields[]
  equal(other?.['host'], '127.0.0.1:3')
  const [system] = (await rcron.json('system', 'show', '127.0.0.1:2')) as readonly Fields[]
  equal(system?.['id'], 1)
  const { stdout } = await rcron.run(['test', '127.0.0.1:3', '--json'])
  equal((JSON.parse(stdout) as readonly Fields[])[0]?.['system'], 3)
})

test('all of a name are removed only where that is said: without a terminal their ids are asked for', async () => {
  match(
    await rcron.ok('cron', 'remove', 'dump', '--dry-run'),
    /would remove cron 1 "dump"\nwould remove cron 2 "dump"\n/,
  )
  const { status, stdout, stderr } = await rcron.run(['cron', 'remove', 'dump'])
  deepEqual([status, stdout], [2, ''])
  match(stderr, /cron "dump": means 2 crons: 1, 2; give the ids of those to remove, or --yes for all/)
})

test('on a terminal they are shown, and it is asked', async () => {
  const no = await rcron.inTerminal(answering('Remove all', 'n'), ['cron', 'remove', 'dump'])
  equal(no.status, 6)
  match(no.stdout, /1 +dump .*127\.0\.0\.1:2 [\s\S]*2 +dump .*\[::1\]:2222 [\s\S]*cancelled: nothing was removed/)
  equal((await enabled()).length, 3)
  const yes = await rcron.inTerminal(answering('Remove all', 'y'), ['cron', 'remove', 'dump'])
  match(yes.stdout, /removed cron 1 "dump"[\s\S]*removed cron 2 "dump"/)
  equal((await enabled()).length, 1)
})

test('--yes does not ask, and without a terminal neither does a name of one', async () => {
  doesNotMatch(await rcron.ok('system', 'remove', '[::1]:2222'), /Remove all/)
  await rcron.ok('cron', 'remove', 'other')
  equal(
    await rcron.ok('system', 'remove', '127.0.0.1', '--yes'),
    'removed system 1 "127.0.0.1"\nremoved system 3 "127.0.0.1"\n',
  )
})
