import { deepEqual, equal, match } from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { RcronCommand } from '../support/rcron-command.ts'
import { startSshd } from '../support/sshd.ts'

const sshd = await startSshd()
const rcron = new RcronCommand()
after(async () => {
  rcron[Symbol.dispose]()
  await sshd.stop()
})
const boots = join(rcron.directory, 'boots')
const booted = () => (existsSync(boots) ? readFileSync(boots, 'utf8') : '')
await rcron.prepare(async ({ auths, systems, crons }) => {
  const user = await auths.add({ user: sshd.user, password: sshd.clientKey.path })
  const host = await systems.add({ host: '127.0.0.1', port: sshd.port, local_port: sshd.port })
  const cron_path = `echo booted >> ${boots}`
  await crons.add({ cron_name: 'boot', cron_path, enabled: 1, host, user, cron_min: '@reboot' })
  await crons.add({ cron_name: 'boot off', cron_path, host, user, cron_min: '@reboot' })
  await crons.add({
    cron_name: 'leap',
    cron_path,
    host,
    user,
    enabled: 1,
    cron_min: '0',
    cron_dom: '29',
    cron_mon: '2',
  })
})

test('a firing by hand leaves @reboot crons alone', async () => {
  equal((await rcron.run(['tick', '--at', '2026-03-01T02:30'])).status, 0)
  equal(booted(), '')
})

test('of ticks that overlap after a boot, one fires the @reboot crons', async () => {
  const ticks = await Promise.all([rcron.run(['tick', '--json']), rcron.run(['tick', '--json'])])
  deepEqual(
    ticks.map(({ status, stderr }) => [status, stderr]),
    [
      [0, ''],
      [0, ''],
    ],
  )
  equal(booted(), 'booted\n')
  const fired = ticks.flatMap(({ stdout }) => JSON.parse(stdout) as readonly Record<string, unknown>[])
  deepEqual(
    fired.map(({ job, outcome }) => [job, outcome]),
    [['boot', 'succeeded']],
  )
})

test('an idle tick has nothing to say to a mailbox', async () => {
  const { status, stdout, stderr } = await rcron.run(['tick'])
  deepEqual([status, stdout, stderr], [0, '', ''])
  equal(booted(), 'booted\n')
})

test('it says more where that is asked for', async () => {
  const { stderr } = await rcron.run(['tick'], { env: { RCRON_LOG_LEVEL: 'info' } })
  match(stderr, /definitions read/)
})

test('on a terminal it says that it did nothing', async () => {
  const terminal = 'import os, pty, sys\nsys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))'
  const { status, stdout } = await rcron.inTerminal(terminal, ['tick'])
  equal(status, 0)
  match(stdout, /definitions read[\s\S]*Nothing was due\./)
})

test('after the next boot they are fired again', async () => {
  writeFileSync(join(rcron.stateDirectory, 'boot-id'), '00000000-0000-0000-0000-000000000000\n')
  // Runs are named by their minute, and this one may still be the minute of the boot before.
  rmSync(join(rcron.stateDirectory, 'installation-id'))
  match(await rcron.ok('tick'), /boot +1 +127\.0\.0\.1 .*succeeded/)
  equal(booted(), 'booted\nbooted\n')
})

test('a problem is said, on a terminal or not; to a mailbox once, and to who asks each time', async () => {
  await rcron.prepare(async ({ crons }) => await crons.edit(3, { cron_min: '61' }))
  const { status, stderr } = await rcron.run(['tick'])
  equal(status, 0)
  match(stderr, /^\S+ error cannot use definition subject="cron 3 \(leap\)".*\n$/)
  const again = await rcron.run(['tick'])
  deepEqual([again.status, again.stderr], [0, ''])
  match((await rcron.run(['tick', '--at', '2026-03-01T02:30'])).stderr, /cannot use definition/)
  await rcron.prepare(async ({ crons }) => await crons.edit(3, { cron_min: '62' }))
  match((await rcron.run(['tick'])).stderr, /^\S+ error cannot use definition .*"62.*\n$/)
})
