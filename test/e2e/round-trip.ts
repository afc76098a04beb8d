import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { anAuth } from '../support/builders.ts'
import type { RcronCommand } from '../support/rcron-command.ts'

type Fields = Readonly<Record<string, unknown>>

/** Adds, lists, shows, edits, enables and removes rows of every noun, on an empty store whose tables have the first rcron's columns. */
export function testRoundTrip(name: string, rcron: RcronCommand): void {
  const only = async (noun: string): Promise<Fields> => {
    const rows = await rcron.list(noun)
    equal(rows.length, 1)
    return rows[0] ?? {}
  }

  test(`${name}: an auth is added, listed, shown, edited and removed`, async () => {
    deepEqual(
      JSON.parse(await rcron.fed('one secret', 'auth', 'add', '--user', 'backup', '--password-stdin', '--json')),
      {
        id: 1,
      },
    )
    deepEqual(await rcron.list('auth'), [anAuth({ id: 1, user: 'backup', password: '(password)' })])
    match(
      await rcron.ok('auth', 'show', 'backup'),
      /^id +1\nuser +backup\npassword +\(password\)\npassphrase +-\nhosts +-\n/,
    )
    await rcron.ok('auth', 'edit', 'backup', '--user', 'dump', '--password-reference', 'env:RCRON_SECRET_DUMP')
    equal((await only('auth'))['password'], 'env:RCRON_SECRET_DUMP')
    match(await rcron.ok('auth', 'remove', 'dump', '--dry-run'), /would remove auth 1 "dump"/)
    equal((await only('auth'))['user'], 'dump')
    match(await rcron.ok('auth', 'remove', '1'), /removed auth 1 "dump"/)
    deepEqual(await rcron.list('auth'), [])
  })

  test(`${name}: a system is added, listed, shown, edited and removed`, async () => {
    await rcron.ok('system', 'add', '--host', 'db1.example.com', '--port', '2222')
    const shown = await only('system')
    deepEqual([shown['host'], shown['port'], shown['local_port']], ['db1.example.com', 2222, 22])
    deepEqual(await rcron.json('system', 'show', 'db1.example.com'), [shown])
    await rcron.ok('system', 'edit', 'db1.example.com', '--local-port', '2022')
    equal((await only('system'))['local_port'], 2022)
    await rcron.ok('system', 'remove', String(shown['id']))
    deepEqual(await rcron.list('system'), [])
  })

  test(`${name}: a cron is added, listed, shown, edited, enabled, disabled and removed`, async () => {
    await rcron.fed('secret', 'auth', 'add', '--user', 'backup', '--password-stdin')
    await rcron.ok('system', 'add', '--host', 'db1.example.com')
    const where = ['--host', 'db1.example.com', '--user', 'backup']
    const what = ['--cron-name', 'dump', '--cron-path', '/usr/bin/dump -a', '--schedule', '30 2 * * mon-fri']
    await rcron.ok('cron', 'add', ...what, ...where, '--action', 'shuffle')
    const cron = await only('cron')
    const seen = ['cron_name', 'cron_path', 'schedule', 'host', 'user', 'action', 'enabled', 'duration', 'errors']
    deepEqual(
      seen.map((column) => cron[column]),
      ['dump', '/usr/bin/dump -a', '30 2 * * mon-fri', 'db1.example.com:22', 'backup', 'shuffle', 0, null, null],
    )
    match(
      await rcron.ok('cron', 'list', '--rows'),
      /^id +cron_name +schedule.*\n1 +dump +30 2 \* \* mon-fri +\/usr\/bin\/dump -a /,
    )
    match(await rcron.ok('cron', 'enable', 'dump'), /enabled cron 1 "dump"/)
    equal((await only('cron'))['enabled'], 1)
    await rcron.ok('cron', 'disable', '1')
    equal((await only('cron'))['enabled'], 0)
    await rcron.ok('cron', 'edit', 'dump', '--cron-min', '*/5', '--cron-hour', '*', '--action', '3')
    const edited = await only('cron')
    deepEqual([edited['schedule'], edited['action']], ['*/5 * * * mon-fri', 'clobber'])
    await rcron.ok('cron', 'edit', 'dump', '--schedule', '@daily')
    equal((await only('cron'))['schedule'], '@daily')
  })

  test(`${name}: what a cron uses is not removed, and the message names the cron`, async () => {
    for (const words of [
      ['auth', 'remove', 'backup'],
      ['system', 'remove', 'db1.example.com'],
    ]) {
      const { status, stderr } = await rcron.run(words)
      equal(status, 6)
      match(stderr, /is still used by cron 1 \(dump\)\nremove those crons/)
    }
    await rcron.ok('cron', 'remove', 'dump')
    deepEqual(await rcron.list('cron'), [])
  })

  test(`${name}: a name means all that have it, except to edit; with its port it means one`, async () => {
    await rcron.ok('system', 'add', '--host', 'db1.example.com', '--port', '2200')
    const ports = async (...references: readonly string[]) =>
      ((await rcron.json('system', 'show', ...references)) as readonly Fields[]).map(({ port }) => port)
    deepEqual(await ports('db1.example.com'), [22, 2200])
    deepEqual(await ports('db1.example.com:2200', 'db1.example.com'), [2200, 22])
    const { status, stderr } = await rcron.run(['system', 'edit', 'db1.example.com', '--port', '2300'])
    equal(status, 2)
    match(stderr, /system "db1.example.com": 2 systems have this name: \d+, \d+; give one of these ids/)
  })

  test(`${name}: a mistyped name among several removes nothing`, async () => {
    const before = await rcron.list('system')
    const { status, stderr } = await rcron.run(['system', 'remove', '2', 'db9'])
    equal(status, 4)
    match(stderr, /system "db9": there is no such system/)
    deepEqual(await rcron.list('system'), before)
  })

  test(`${name}: a second row of the same key is refused and the first one named`, async () => {
    const { status, stderr } = await rcron.run(['system', 'add', '--host', 'db1.example.com', '--port', '2200'])
    equal(status, 6)
    match(stderr, /system \d+ already has this host and ports/)
  })
}
