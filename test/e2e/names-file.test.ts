import { deepEqual, equal } from 'node:assert/strict'
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { DaemonProcess } from '../support/daemon.ts'
import { RcronCommand } from '../support/rcron-command.ts'
import { until } from '../support/wait-until.ts'

async function aCommand(t: TestContext): Promise<{ readonly rcron: RcronCommand; readonly file: string }> {
  const rcron = new RcronCommand()
  t.after(() => rcron[Symbol.dispose]())
  await rcron.prepare(async ({ auths, systems }) => {
    await systems.add({ host: 'db1.example.com' })
    await auths.add({ user: 'backup', password: 'hunter2' })
  })
  return { rcron, file: join(rcron.stateDirectory, 'names') }
}

const CRON = ['--command', 'secret-command', '--schedule', '@daily', '--host', '1', '--user', '1']

test('every change keeps the names of all rows for the shell, each once, and nothing else of them', async (t) => {
  const { rcron, file } = await aCommand(t)
  await rcron.ok('cron', 'add', '--name', 'dump', ...CRON)
  const fixed = 'host\tdb1.example.com\nuser\tbackup\n'
  equal(readFileSync(file, 'utf8'), `cron\tdump\n${fixed}`)
  equal(statSync(file).mode & 0o777, 0o600)
  await rcron.ok('cron', 'add', '--name', 'dump', '--command', 'another', ...CRON.slice(2))
  await rcron.ok('cron', 'add', '--name', 'dump all', ...CRON)
  equal(readFileSync(file, 'utf8'), `cron\tdump\ncron\tdump all\n${fixed}`)
  await rcron.ok('cron', 'edit', '3', '--name', 'beat')
  equal(readFileSync(file, 'utf8'), `cron\tbeat\ncron\tdump\n${fixed}`)
  await rcron.ok('cron', 'remove', 'dump', '--yes')
  equal(readFileSync(file, 'utf8'), `cron\tbeat\n${fixed}`)
})

test('a name that a terminal would not show as it is, is left out', async (t) => {
  const { rcron, file } = await aCommand(t)
  await rcron.prepare(async ({ crons }) => {
    for (const name of ['a\u001b[31m', 'b\ncron\tc', 'd\u202e', 'plain'])
      await crons.add({ cron_name: name, cron_path: 'true', host: 1, user: 1 })
  })
  await rcron.ok('system', 'add', '--host', 'db2')
  deepEqual(readFileSync(file, 'utf8').split('\n'), [
    'cron\tplain',
    'host\tdb1.example.com',
    'host\tdb2',
    'user\tbackup',
    '',
  ])
})

const IN_THE_WAY: Readonly<Record<string, (file: string) => void>> = {
  'what somebody else wrote': (file) => writeFileSync(file, 'cron\tnone\n'),
  'a link': (file) => symlinkSync(join(file, '..', 'elsewhere'), file),
}
for (const [what, put] of Object.entries(IN_THE_WAY)) {
  test(`${what} in its place is replaced`, async (t) => {
    const { rcron, file } = await aCommand(t)
    put(file)
    await rcron.ok('system', 'add', '--host', 'db2')
    equal(statSync(file).isFile(), true)
    equal(existsSync(join(rcron.stateDirectory, 'elsewhere')), false)
    equal(readFileSync(file, 'utf8'), 'host\tdb1.example.com\nhost\tdb2\nuser\tbackup\n')
  })
}

test('a daemon keeps the names of what it reads', async (t) => {
  const { rcron, file } = await aCommand(t)
  const daemon = new DaemonProcess({
    environment: { RCRON_STATE_DIR: rcron.stateDirectory, HOME: rcron.directory, TZ: 'UTC' },
  })
  t.after(() => daemon.end())
  await daemon.said('definitions read')
  await until('there are names', () => textOf(file) === 'host\tdb1.example.com\nuser\tbackup\n')
  await rcron.prepare(async ({ systems }) => {
    await systems.add({ host: 'db2' })
  })
  await daemon.reload()
  await until('they are those of now', () => textOf(file) === 'host\tdb1.example.com\nhost\tdb2\nuser\tbackup\n')
})

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}
