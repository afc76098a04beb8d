import { deepEqual, equal, match } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ResidentRcron } from '../support/resident-rcron.ts'

const HOSTS = Array.from({ length: 20 }, (_, at) => `db${at + 1}`)

const rcron = new ResidentRcron()
after(() => rcron[Symbol.dispose]())
before(() =>
  rcron.prepare(async ({ auths, systems }) => {
    await auths.add({ user: 'backup', password: 'x' })
    for (const host of HOSTS) await systems.add({ host })
  }),
)

type Row = Readonly<Record<string, unknown>>
const crons = async () => (await rcron.list('cron')) as readonly Row[]
const named = async (name: string) => (await crons()).filter((cron) => cron['cron_name'] === name)
/** A new cron but for its name and its systems. */
const NEW = ['--command', 'true', '--schedule', '30 2 * * *', '--user', 'backup']

test('a cron is made of the words that people type, and changed by them', async () => {
  const limits = ['--timeout', '2h', '--kill-grace', '2m', '--latest-start', '1d']
  await rcron.ok('cron', 'add', '--name', 'typed', ...NEW, '--host', 'db1', '--enabled', ...limits)
  const seen = ['cron_path', 'enabled', 'timeout_s', 'kill_grace_s', 'latest_start_min', 'keep_output']
  const columns = async () => {
    const [cron = {}] = await named('typed')
    return seen.map((column) => cron[column])
  }
  deepEqual(await columns(), ['true', 1, 7_200, 120, 1_440, null])
  await rcron.ok('cron', 'edit', 'typed', '--timeout', '', '--kill-grace-s', '5', '--enabled', '0', '--keep-output')
  deepEqual(await columns(), ['true', 0, null, 5, 1_440, 1])
  await rcron.ok('system', 'edit', 'db1', '--login-timeout', '1m', '--legacy-algorithms')
  const [system = {}] = (await rcron.json('system', 'show', 'db1')) as readonly Row[]
  deepEqual([system['login_timeout_s'], system['legacy_algorithms']], [60, 1])
})

test('twenty hosts are one command: one cron for each, in their order, each host once', async () => {
  const said = await rcron.ok('cron', 'add', '--name', 'all', ...NEW, '--host', [...HOSTS, 'db1:22'].join(', '))
  const made = await named('all')
  deepEqual(
    made.map(({ host }) => host),
    HOSTS.map((host) => `${host}:22`),
  )
  const ids = made.map(({ id }) => id)
  const lines = ids.map((id) => `added cron ${id}\n`).join('')
  equal(said, `${lines}disabled: "rcron cron enable ${ids.join(' ')}" enables them\n`)
})

test('for a script, one id or all of them', async () => {
  const one = (await rcron.json('cron', 'add', '--name', 'one', ...NEW, '--host', 'db1')) as Row
  deepEqual(
    [one['id']],
    (await named('one')).map(({ id }) => id),
  )
  const both = (await rcron.json('cron', 'add', '--name', 'both', ...NEW, '--host', 'db1,db2')) as Row
  deepEqual(
    both['ids'],
    (await named('both')).map(({ id }) => id),
  )
  const planned = await rcron.json('cron', 'add', '--name', 'dry', ...NEW, '--host', 'db1,db2', '--dry-run')
  deepEqual(
    (planned as readonly Row[]).map(({ cron_name, timeout_s }) => [cron_name, timeout_s]),
    [
      ['dry', undefined],
      ['dry', undefined],
    ],
  )
})

/** Words after `cron`, the status, and what the message must hold. */
const refused: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  [
    'hosts that are not there, each of them named',
    ['add', '--name', 'none', ...NEW, '--host', 'db1,nope,nada'],
    2,
    /system "nope": there is no such system.*\n.*system "nada": there is no such system/,
  ],
  ['a host left out', ['add', '--name', 'none', ...NEW, '--host', 'db1,,db2'], 2, /system "": there is no such system/],
  [
    'both spellings of one option',
    ['add', '--name', 'all', ...NEW, '--host', 'db1,db2', '--command', 'other', '--cron-path', 'true'],
    2,
    /'--command, --cron-path <command>' is given more than once/,
  ],
  [
    'a schedule that is wrong on all of them, once',
    ['add', '--name', 'none', '--command', 'true', '--user', 'backup', '--schedule', '61 * * * *', '--host', 'db1,db2'],
    2,
    /^[^\n]*cron_min: [^\n]*61[^\n]*\n$/,
  ],
  ['a change to several hosts', ['edit', 'typed', '--host', 'db1,db2'], 2, /--host: names 2 systems, expected one/],
  ['a flag that swallows the name', ['edit', '--enabled', 'typed'], 2, /missing required argument/],
  [
    'a time that is none',
    ['edit', 'typed', '--timeout', 'soon'],
    2,
    /--timeout-s: found "soon", expected a whole number from 1 to 2147483 \(seconds\), or a time such as 90s/,
  ],
]
for (const [what, words, status, message] of refused) {
  test(`refused, and nothing added: ${what}`, async () => {
    const before = await crons()
    const ended = await rcron.run(['cron', ...words])
    match(ended.stderr, message)
    deepEqual([ended.status, ended.stdout], [status, ''])
    deepEqual(await crons(), before)
  })
}

test('where one of the new crons is there already, none is added', async () => {
  await rcron.ok('cron', 'add', '--name', 'there', ...NEW, '--host', 'db3')
  const { status, stderr } = await rcron.run(['cron', 'add', '--name', 'there', ...NEW, '--host', 'db1,db2,db3,db4'])
  match(stderr, /cron \d+ already has this name, path, host and user/)
  deepEqual([status, (await named('there')).length], [6, 1])
})

test('a key is named by its file, from wherever it is, and never stands on the command line itself', async () => {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(rcron.directory, 'id')])
  await rcron.ok('auth', 'add', '--user', 'keyed', '--key', 'id')
  const [auth = {}] = (await rcron.json('auth', 'show', 'keyed')) as readonly Row[]
  equal(auth['password'], join(rcron.directory, 'id'))
  await rcron.ok('auth', 'edit', 'keyed', '--key', '~/id')
  equal(((await rcron.json('auth', 'show', 'keyed')) as readonly Row[])[0]?.['password'], '~/id')

  const text = '-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n'
  const { status, stdout, stderr } = await rcron.run(['auth', 'add', '--user', 'text', '--key', text])
  match(stderr, /--key: every user of this machine can read a secret on a command line/)
  deepEqual([status, stdout, stderr.includes('c2VjcmV0')], [2, '', false])
  const both = await rcron.run(['auth', 'add', '--user', 'both', '--key', 'id', '--password-stdin'])
  match(both.stderr, /'--key <file>' cannot be used with option '--password-stdin'/)
})
