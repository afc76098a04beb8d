import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict'
import { after, test } from 'node:test'
import { FIRST_RCRON_TABLES } from '../integration/store/first-rcron.ts'
import { startMariadb } from '../support/mariadb.ts'
import { ResidentRcron } from '../support/resident-rcron.ts'
import { testRoundTrip } from './round-trip.ts'

const mariadb = await startMariadb()
await mariadb.query(...FIRST_RCRON_TABLES)
const rcron = new ResidentRcron({ RCRON_DATABASE_URL: mariadb.url })
after(async () => {
  rcron[Symbol.dispose]()
  await mariadb.stop()
})

testRoundTrip("MariaDB with the first rcron's tables", rcron)

const SHOWN_PASSWORD = new RegExp(`${mariadb.password.replace(/\W/g, '.')}|${encodeURIComponent(mariadb.password)}`)

test("the first rcron's tables have no new column by now", async () => {
  const columns = await mariadb.query(
    "select column_name from information_schema.columns where table_schema = 'rcron' and column_name = 'timezone'",
  )
  deepEqual(columns, [])
})

const newColumns = [
  ['cron', 'edit', 'old', '--timezone', 'Europe/Berlin'],
  ['cron', 'edit', 'old', '--timeout-s', '60'],
  ['system', 'edit', 'old.example.com', '--supervise', '0'],
]
test('options of columns that are missing name rcron init, and change nothing', async () => {
  await mariadb.query(
    "insert into rcron_hosts (id, host) values (70, 'old.example.com')",
    "insert into rcron_auth (id, user, password, checksum) values (70, 'old', 'x', 'y')",
    "insert into rcron_crons (cron_name, cron_path, enabled, host, user) values ('old', 'true', 0, 70, 70)",
  )
  for (const words of newColumns) {
    const { status, stderr } = await rcron.run(words)
    equal(status, 1)
    match(stderr, /table rcron_(crons|hosts) lacks (timezone|timeout_s|supervise)\nrun "rcron init"/)
  }
})

test('check tells of the missing columns in one warning, and is content', async () => {
  const { status, stderr } = await rcron.run(['check'])
  equal(status, 0)
  equal(stderr.match(/warning: store: the tables lack/g)?.length, 1)
})

test('init adds the columns, and then the options work', async () => {
  match(await rcron.ok('init', '--dry-run'), /alter table rcron_crons add column timezone/)
  match(await rcron.ok('init'), /done: add column rcron_crons\.timezone/)
  for (const words of newColumns) await rcron.ok(...words)
  const [cron] = (await rcron.json('cron', 'show', 'old')) as readonly Record<string, unknown>[]
  deepEqual([cron?.['timezone'], cron?.['timeout_s']], ['Europe/Berlin', 60])
})

test('a row that cannot be read is listed with its trouble, can be mended column by column, and removed', async () => {
  await mariadb.query('insert into rcron_crons (id, cron_name, enabled, host, user) values (90, null, 0, 70, 70)')
  const { stdout, stderr } = await rcron.run(['cron', 'list', '--rows'])
  match(stdout, /\n90 +- +- /)
  match(stderr, /^error: cron 90, cron_name: is NULL, expected text/)
  await rcron.ok('cron', 'edit', '90', '--cron-name', 'mended', '--cron-path', 'true')
  const [cron] = (await rcron.json('cron', 'show', 'mended')) as readonly Record<string, unknown>[]
  deepEqual([cron?.['id'], cron?.['cron_path']], [90, 'true'])
  await rcron.ok('cron', 'remove', '90')
})

const stores: readonly (readonly [string, () => string, RegExp])[] = [
  [
    'nobody listens',
    () => 'mysql://rcron:s3cret@127.0.0.1:1/rcron',
    /^rcron: MySQL at 127\.0\.0\.1:1, database rcron: nothing listens there \[ECONNREFUSED.*\n[^\n]*\n$/,
  ],
  ['the password is wrong', () => mariadb.url.replace(encodeURIComponent(mariadb.password), 's3cret'), /access denied/],
  ['there is no such database', () => mariadb.url.replace(/rcron$/, 'nowhere'), /nowhere/],
]
for (const [what, url, message] of stores) {
  test(`where ${what}, one clear message says so and the status is 1`, async () => {
    for (const words of [['cron', 'list'], ['test'], ['init'], ['check'], ['cron', 'enable', 'old']]) {
      const { status, stdout, stderr } = await rcron.run(words, { env: { RCRON_DATABASE_URL: url() } })
      equal(status, 1)
      equal(stdout, '')
      if (words[0] !== 'check') match(stderr, message)
      doesNotMatch(stderr, /s3cret|\bat .*\.ts:/)
      doesNotMatch(stderr, SHOWN_PASSWORD)
    }
  })
}

test('missing tables are answered with rcron init', async () => {
  await mariadb.query('create database empty', `grant all on empty.* to ${mariadb.user}@'%'`)
  const env = { RCRON_DATABASE_URL: mariadb.url.replace(/rcron$/, 'empty') }
  for (const words of [['cron', 'list'], ['auth', 'add', '--user', 'x', '--password-reference', '/x'], ['test']]) {
    const { status, stderr } = await rcron.run(words, { env })
    equal(status, 1)
    match(stderr, /table rcron_\w+ is missing.*\nrun "rcron init"/)
  }
  await rcron.run(['init'], { env })
  equal((await rcron.run(['cron', 'list'], { env })).status, 0)
})
