import { deepEqual, equal, match } from 'node:assert/strict'
import { after, test } from 'node:test'
import { ResidentRcron } from '../support/resident-rcron.ts'
import { testRoundTrip } from './round-trip.ts'

const rcron = new ResidentRcron()
after(() => rcron[Symbol.dispose]())
match(await rcron.ok('init'), /^done: create table rcron_auth\n/)

testRoundTrip('SQLite', rcron)

test('init is told twice and does nothing the second time', async () => {
  equal(await rcron.ok('init'), 'The tables are complete; there was nothing to do.\n')
  deepEqual(await rcron.json('init', '--dry-run'), { steps: [] })
})

const WHERE = ['--host', 'db7', '--user', 'seven']

/** Words of a command, and what its message must hold; all end with 2. */
const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    'a cron without what it needs',
    ['cron', 'add', '--cron-path', 'true'],
    /--cron-name: missing.*\n--host: missing.*\n--user: missing.*\n--schedule: missing; .*'\* \* \* \* \*' for every minute/,
  ],
  [
    'a cron of which only the hour is said',
    ['cron', 'add', '--cron-name', 'a', '--cron-path', 'true', ...WHERE, '--cron-hour', '3'],
    /--cron-min: missing; without it the cron would run every minute of those hours; give a minute such as 0/,
  ],
  [
    'a line of a crontab',
    ['cron', 'add', '--cron-name', 'a', '--cron-path', "*/5 * * * * echo 'x'", ...WHERE, '--cron-min', '5'],
    /whole crontab line, .*; give --schedule '\*\/5 \* \* \* \*' --command 'echo '\\''x'\\'''\n/,
  ],
  [
    'a line of /etc/crontab',
    ['cron', 'edit', '1', '--cron-path', '17 * * * * root run-parts'],
    /give --schedule '17 \* \* \* \*' --command 'run-parts'; "root" seems to be the user column/,
  ],
  [
    'a schedule and one of its fields',
    ['cron', 'edit', '1', '--schedule', '@daily', '--cron-min', '5'],
    /option '--schedule <fields>' cannot be used with option '--cron-min <field>'/,
  ],
  ['a schedule that cannot be read', ['cron', 'edit', '1', '--schedule', '61 * * * *'], /cron_min: .*61/],
  [
    'a schedule of four fields',
    ['cron', 'edit', '1', '--schedule', '* * * *'],
    /--schedule: "\* \* \* \*" has 4 fields, expected five/,
  ],
  [
    'a time zone that is none',
    ['cron', 'edit', '1', '--timezone', 'Mars/Base'],
    /timezone: "Mars\/Base", expected the IANA name/,
  ],
  [
    'an action that is none',
    ['cron', 'edit', '1', '--action', 'sometimes'],
    /--action: found "sometimes", expected 0 \(failover\)/,
  ],
  [
    'several bad values at once',
    ['cron', 'edit', '1', '--timeout-s', 'x', '--enabled', '7'],
    /--enabled: found "7".*\n--timeout-s: found "x"/,
  ],
  [
    'a port out of range',
    ['system', 'edit', '1', '--port', '70000'],
    /--port: found "70000", expected a whole number from 1 to 65535/,
  ],
  [
    'a host that is written as a login',
    ['system', 'add', '--host', 'root@db1:2200'],
    /"root@db1:2200" is no.*; write "db1", and port 2200/,
  ],
  ['a host with a space', ['system', 'add', '--host', 'a b'], /host: "a b" contains white space/],
  [
    'a host that looks like an option',
    ['system', 'add', '--host=-oProxyCommand=x'],
    /host: "-oProxyCommand=x" begins with "-"/,
  ],
  ['an edit without a change', ['cron', 'edit', '1'], /nothing to change was given; "rcron cron edit --help"/],
]
test('before the refusals there is a cron', async () => {
  await rcron.prepare(async ({ auths, systems, crons }) => {
    const host = await systems.add({ host: 'db7' })
    const user = await auths.add({ user: 'seven', password: 'x' })
    await crons.add({ cron_name: 'seven', cron_path: 'true', host, user })
  })
})
const everything = () => Promise.all(['auth', 'system', 'cron'].map((noun) => rcron.list(noun)))
let before: readonly unknown[] = []
test('what is refused is compared with what was there', async () => {
  before = await everything()
})
for (const [what, [noun = '', verb = '', ...words], message] of refused) {
  test(`${what} is refused with 2`, async () => {
    const reference = words[0] === '1' ? [noun === 'cron' ? 'seven' : 'db7', ...words.slice(1)] : words
    const { status, stderr, stdout } = await rcron.run([noun, verb, ...reference])
    match(stderr, message)
    deepEqual([status, stdout], [2, ''])
  })
}
test('nothing was changed by what was refused', async () => deepEqual(await everything(), before))

test('a dry run judges a new row and adds none', async () => {
  const words = ['--cron-name', 'dry', '--cron-path', 'true', '--host', 'db7', '--user', 'seven', '--cron-min', '5']
  match(await rcron.ok('cron', 'add', ...words, '--dry-run'), /would add this cron; it would work:\n/)
  match(await rcron.ok('cron', 'edit', 'seven', '--enabled', '1', '--dry-run'), /would change cron \d+; it would work/)
  const { status } = await rcron.run(['cron', 'show', 'dry'])
  equal(status, 4)
})

test('an empty value clears an optional column', async () => {
  await rcron.ok('cron', 'edit', 'seven', '--timeout-s', '60', '--timezone', 'Europe/Berlin')
  await rcron.ok('cron', 'edit', 'seven', '--timeout-s', '')
  const [cron] = (await rcron.json('cron', 'show', 'seven')) as readonly Record<string, unknown>[]
  deepEqual([cron?.['timeout_s'], cron?.['timezone']], [null, 'Europe/Berlin'])
})

test('control characters of a row reach no terminal', async () => {
  await rcron.ok('cron', 'edit', 'seven', '--cron-path', 'printf "\u001b[2J\u202e"')
  const shown = (await rcron.ok('cron', 'list')) + (await rcron.ok('cron', 'show', 'seven'))
  match(shown, /\\x1b\[2J\\u\{202e\}/)
  equal(shown.includes('\u001b'), false)
})
