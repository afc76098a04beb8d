import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ResidentRcron } from '../support/resident-rcron.ts'

const rcron = new ResidentRcron()
after(() => rcron[Symbol.dispose]())
const SECRET = 'never to be seen'

await rcron.prepare(async ({ auths, systems, crons }) => {
  const host = await systems.add({ host: 'db1' })
  const user = await auths.add({ user: 'good', password: SECRET, hosts: 'db1' })
  const add = (name: string, row: object) =>
    crons.add({ cron_name: name, cron_path: 'true', enabled: 1, host, user, ...row })
  await add('good', {})
  await add('bad minute', { cron_min: '61' })
  await add('quartz', { cron_dom: '?' })
  await add('bad zone', { timezone: 'Mars/Base' })
  await add('bad action', { action: 9 })
  await add('never', { cron_dom: '30', cron_mon: '2' })
  await add('mixed', { cron_path: 'one', action: 0 })
  await add('mixed', { cron_path: 'two', action: 2 })
  await auths.add({ user: 'keyless', password: join(rcron.directory, 'no-such-key') })
  await auths.add({ user: 'sealed', password: 'sealed:rubbish' })
  await auths.add({
    user: 'torn',
    password: '-----BEGIN OPENSSH PRIVATE KEY-----\nrubbish\n-----END OPENSSH PRIVATE KEY-----\n',
  })
  await systems.add({ host: 'bad port', port: 99_999 })
  await auths.add({ user: 'anywhere', password: SECRET })
  await auths.add({ user: 'bad hosts', password: SECRET, hosts: 'db1:22, ok.example' })
  await auths.add({ user: 'own', password: 'credential:cache-key' })
  await auths.add({ user: 'shadow', password: 'file:/etc/shadow' })
  await auths.add({ user: 'variable', password: 'env:RCRON_DATABASE_URL' })
  await auths.add({ user: 'endless', password: '/proc/self/pagemap' })
})

const findings: readonly (readonly [string, RegExp])[] = [
  ['a bad setting', /error: RCRON_DRAIN_SECONDS: found "soon", expected a whole number/],
  ['another bad setting', /error: RCRON_TIMEZONE: found "Mars\/Base"/],
  ['a setting that is unknown', /warning: RCRON_LOCKDIR.*RCRON_LOCK_DIR/],
  ['a value out of range', /error: cron 2 \(bad minute\), cron_min: .*61/],
  ["another dialect's sign", /error: cron 3 \(quartz\), cron_dom: .*\?/],
  ['a zone that is none', /error: cron 4 \(bad zone\), timezone: "Mars\/Base"/],
  ['an action that is none', /error: cron 5 \(bad action\), action: 9, expected one of 0 \(failover\)/],
  ['a date that never comes', /warning: cron 6 \(never\)/],
  ['two actions under one name', /warning: .*mixed/],
  ['a key file that is missing', /error: auth 2 \(keyless\), password: the key file .*no-such-key cannot be read/],
  ['a seal that cannot be opened', /error: auth 3 \(sealed\), password: /],
  ['a torn key', /error: auth 4 \(torn\), password: /],
  ['a password for any host', /warning: auth 5 \(anywhere\), hosts: is not set.*rcron auth edit 5 --hosts/],
  ['hosts that are none', /error: auth 6, hosts: "db1:22" does not name a host, expected names/],
  ["rcron's own credential", /error: auth 7 \(own\), password: credential:cache-key may not be used/],
  ['a file elsewhere', /error: auth 8 \(shadow\), password: the file \/etc\/shadow may not be used.*RCRON_SECRETS_DIR/],
  ['a variable of another name', /error: auth 9 \(variable\), password: env:RCRON_DATABASE_URL may not.*RCRON_SECRET_/],
  ['an endless file', /error: auth 10 \(endless\), password: .*cannot be read \(kept by the kernel\)/],
  ['a port out of range', /error: system 2 .*port: 99999/],
  ['a host name with a space', /error: system 2 .*host: /],
]
const env = { RCRON_DRAIN_SECONDS: 'soon', RCRON_TIMEZONE: 'Mars/Base', RCRON_LOCKDIR: '/x' }

test('every problem of settings, definitions and secrets is told at once', async () => {
  const { status, stdout, stderr } = await rcron.run(['check'], { env })
  equal(status, 10)
  equal(stdout, '')
  for (const [what, line] of findings) match(stderr, line, what)
  match(stderr, /sqlite store, 8 crons, 2 systems, 10 auths: \d+ errors, \d+ warnings\n$/)
  doesNotMatch(stderr, /never to be seen|rubbish|cron 1 |auth 1 |chmod/)
})

test('for scripts they are JSON', async () => {
  const { status, stdout } = await rcron.run(['check', '--json'])
  equal(status, 10)
  const { problems, ...rest } = JSON.parse(stdout) as { readonly problems: readonly Record<string, unknown>[] }
  deepEqual(Object.keys(rest), ['user', 'store', 'stateDirectory', 'timezone', 'zoneRules'])
  const [first] = problems.filter(({ subject }) => subject === 'cron 2 (bad minute)')
  deepEqual([first?.['severity'], first?.['field']], ['error', 'cron_min'])
})

test('settings that lead to another store are not passed over', async () => {
  const { status, stderr } = await rcron.run(['check'], { env: { RCRON_DATABASE_URL: 'postgres://x' } })
  equal(status, 10)
  match(stderr, /error: RCRON_DATABASE_URL/)
  match(stderr, /settings only, since they do not lead to a store: 1 error, 0 warnings/)
})

test('every other command ends with 2 where settings cannot be used, and names them all', async () => {
  const { status, stderr } = await rcron.run(['cron', 'list'], { env })
  equal(status, 2)
  match(stderr, /RCRON_DRAIN_SECONDS: found "soon"[\s\S]*RCRON_TIMEZONE|RCRON_TIMEZONE[\s\S]*RCRON_DRAIN_SECONDS/)
})

test('.env is read, and judged alike; settings tells what it says', async () => {
  writeFileSync(join(rcron.directory, '.env'), `RCRON_CACHE_STALE_MINUTES=never\nRCRON_CACHE_KEY=${'a1'.repeat(32)}\n`)
  match((await rcron.run(['check'])).stderr, /error: RCRON_CACHE_STALE_MINUTES: found "never"/)
  const listed = (await rcron.json('settings')) as readonly Record<string, unknown>[]
  const of = (name: string) => listed.find((it) => it['name'] === name)?.['value']
  deepEqual([of('RCRON_CACHE_STALE_MINUTES'), of('RCRON_CACHE_KEY')], ['never', '(a secret)'])
})

test('a path is no secret, what stands in it is', async () => {
  const pem = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'
  const env = { RCRON_DATABASE_SSL_CA: '/etc/ssl/cert.pem', RCRON_DATABASE_SSL_KEY: pem, RCRON_DATABASE_PASSWORD: '/x' }
  const { stdout } = await rcron.run(['settings', '--json'], { env: { ...env, RCRON_DATABASE_SSL_CERT: 'system' } })
  const listed = JSON.parse(stdout) as readonly Record<string, unknown>[]
  const of = (name: string) => listed.find((it) => it['name'] === `RCRON_DATABASE_${name}`)?.['value']
  deepEqual(['SSL_CA', 'SSL_CERT', 'SSL_KEY', 'PASSWORD'].map(of), [
    '/etc/ssl/cert.pem',
    'system',
    '(a secret)',
    '(a secret)',
  ])
})

test('what is the same of many rows is said once, with a count and the first names; with --rows and in JSON of each', async () => {
  using many = new ResidentRcron()
  await many.prepare(async ({ auths, systems, crons }) => {
    const host = await systems.add({ host: 'db1' })
    for (const user of ['a', 'b', 'c', 'd', 'e']) await auths.add({ user, password: SECRET })
    for (let at = 1; at <= 40; at += 1) {
      await crons.add({
        cron_name: `job${at}`,
        cron_path: 'true',
        cron_min: at === 1 ? '62' : '61',
        enabled: 1,
        host,
        user: 1,
      })
    }
  })
  const { status, stderr } = await many.run(['check'])
  equal(status, 10)
  const findings = (text: string) => text.match(/^(error|warning): /gm)?.length
  equal(findings(stderr), 3)
  match(stderr, /\nsqlite store, 40 crons, 1 system, 5 auths: 40 errors, 5 warnings\n$/)
  match(stderr, /^error: cron 1 \(job1\), cron_min: "62".*\n/)
  match(stderr, /\nerror: cron 2 \(job2\), cron 3 \(job3\), cron 4 \(job4\) and 36 more, cron_min: "61".*\n/)
  match(stderr, /\nwarning: auth 1 \(a\), auth 2 \(b\), auth 3 \(c\) and 2 more, hosts: .*rcron auth edit ID --hosts/)
  equal(findings((await many.run(['check', '--rows'])).stderr), 45)
  const { problems } = JSON.parse((await many.run(['check', '--json'])).stdout) as {
    readonly problems: readonly unknown[]
  }
  equal(problems.length, 45)
})

test('with nothing wrong the status is 0', async () => {
  using other = new ResidentRcron()
  await other.prepare(async () => {})
  const { status, stderr } = await other.run(['check'])
  equal(status, 0)
  match(
    stderr,
    /^user \S+, store sqlite:\/\S+, state in \/\S+\ntime zone UTC, by the rules of tzdata \d{4}[a-z]+\nsqlite store, 0 crons, 0 systems, 0 auths: 0 errors, 0 warnings\n$/,
  )
})
