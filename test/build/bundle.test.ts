import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startMariadb } from '../support/mariadb.ts'
import { startSshd } from '../support/sshd.ts'
import { aBundle } from './a-bundle.ts'

const bundle = aBundle(after)
const { rcron, directory, home } = bundle

/** Fails with what was said where the command did not succeed. */
async function succeeds(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, stdout, stderr } = await rcron(args, environment)
  equal(code, 0, `rcron ${args.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

test('dist/ and package.json are all that rcron needs: every verb works, on SQLite and on MariaDB, up to a run on a host', async (t) => {
  const host = await startSshd()
  t.after(() => host.stop())
  const mariadb = await startMariadb()
  t.after(() => mariadb.stop())
  match(await succeeds(['--version']), /^\d+\.\d+\.\d+\n$/)
  match(await succeeds(['--help']), /daemon/)
  for (const url of [`sqlite:${home}/definitions.db`, mariadb.url]) {
    const rows = { RCRON_DATABASE_URL: url, RCRON_HOST_KEYS: 'accept-new' }
    await succeeds(['init'], rows)
    await succeeds(['system', 'add', '--host', '127.0.0.1', '--port', String(host.port)], rows)
    await succeeds(['auth', 'add', '--user', host.user, '--password-file', host.clientKey.path], rows)
    const cron = ['--cron-name', 'job', '--cron-path', 'echo ran', '--cron-min', '*', '--cron-hour', '*', '--host', '1']
    await succeeds(['cron', 'add', ...cron, '--user', '1'], rows)
    match(await succeeds(['cron', 'list'], rows), /job/)
    for (const verb of ['check', 'settings', 'next', 'tick --dry-run', 'cron show 1'])
      await succeeds(verb.split(' '), rows)
    match(await succeeds(['test'], rows), /127\.0\.0\.1/)
    await succeeds(['cron', 'enable', '1'], rows)
    match(await succeeds(['tick', '--at', new Date().toISOString(), '--yes'], rows), /job .*succeeded/)
  }
  const refused = await rcron(['check'], { RCRON_DATABASE_URL: mariadb.url.replace(/:[^:@]*@/, ':wrong@') })
  equal(refused.code, 1)
  match(refused.stdout + refused.stderr, /user|password/)
})

/** mysql2 tries it for its debug messages, and does without. */
const OPTIONAL = ['cardinal']

test('nothing in it asks for a package', () => {
  const files = readdirSync(join(directory, 'dist'), { recursive: true, encoding: 'utf8' }).filter((it) =>
    it.endsWith('.js'),
  )
  const asked = files.flatMap((file) =>
    [...readFileSync(join(directory, 'dist', file), 'utf8').matchAll(/\brequire\("([^"]+)"\)/g)].map(
      ([, name = '']) => name,
    ),
  )
  deepEqual(
    [...new Set(asked)].filter((name) => !isBuiltin(name) && !name.startsWith('./') && !OPTIONAL.includes(name)),
    [],
  )
  ok(files.length > 10)
})

test('the licence of every package in it goes with it', () => {
  const licenses = readFileSync(join(directory, 'dist', 'THIRD-PARTY-LICENSES'), 'utf8')
  for (const name of ['ssh2', 'mysql2', 'kysely', 'pino', 'commander', 'asn1', '@clack/prompts'])
    match(licenses, new RegExp(`^${name} \\d`, 'm'))
  equal(/^(?:esbuild|typescript) /m.test(licenses), false)
})

const HOMES: readonly { readonly what: string; readonly make: (home: string) => void; readonly isUsed: boolean }[] = [
  { what: 'of the user', make: () => undefined, isUsed: true },
  { what: 'that others may write', make: (at) => chmodSync(at, 0o777), isUsed: false },
  {
    what: 'whose cache leads to where others may write',
    make: (at) => {
      mkdirSync(join(at, 'open'))
      chmodSync(join(at, 'open'), 0o777)
      symlinkSync(join(at, 'open'), join(at, '.cache'))
    },
    isUsed: false,
  },
]
for (const [index, { what, make, isUsed }] of HOMES.entries()) {
  test(`what Node has compiled is ${isUsed ? 'kept' : 'not kept'} in a home ${what}`, async () => {
    const own = join(home, `home-${index}`)
    mkdirSync(own, { mode: 0o700 })
    make(own)
    await succeeds(['--version'], { HOME: own })
    const kept = join(own, '.cache', 'rcron', 'node')
    equal(existsSync(kept), isUsed)
    if (isUsed) equal(statSync(kept).mode & 0o077, 0)
  })
}
