import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { freePort } from '../support/free-port.ts'
import { ResidentRcron } from '../support/resident-rcron.ts'
import { makeKey, startSshd } from '../support/sshd.ts'

type Report = {
  readonly host: string
  readonly port: number
  readonly user: string | null
  readonly addresses: readonly string[]
  readonly hostKey: { readonly type: string; readonly fingerprint: string; readonly verdict: string } | null
  readonly method: string | null
  readonly result: string
  readonly tookMs: number | null
  readonly checks: readonly { readonly name: string; readonly verdict: string }[]
  readonly reason: string | null
  readonly remedy: string | null
}

const sshd = await startSshd()
const forced = await startSshd({ config: ['ForceCommand echo no commands here'] })
const closedPort = await freePort()
const rcron = new ResidentRcron()
after(async () => {
  rcron[Symbol.dispose]()
  await Promise.all([sshd.stop(), forced.stop()])
})

const stranger = makeKey(join(rcron.directory, 'stranger'))
const SECRET = 'Tr0ub4dor&3'
await rcron.prepare(async ({ auths, systems, crons }) => {
  await auths.add({ user: sshd.user, password: sshd.clientKey.path })
  await auths.add({ user: sshd.user, password: stranger.contents })
  await auths.add({ user: 'nobody', password: SECRET })
  await auths.add({ user: forced.user, password: forced.clientKey.path })
  // One that works, one where nothing listens, one that no cron uses, one with a forced command, no such name.
  await systems.add({ host: '127.0.0.1', port: sshd.port })
  await systems.add({ host: '127.0.0.1', port: closedPort })
  await systems.add({ host: 'unused.invalid' })
  await systems.add({ host: '127.0.0.1', port: forced.port })
  await systems.add({ host: 'no-such-host.invalid' })
  const uses = ['1 1', '1 2', '1 3', '2 1', '4 4', '5 1'].map((use) => use.split(' ').map(Number))
  for (const [host = 0, user = 0] of uses) {
    await crons.add({ cron_name: `job ${host} ${user}`, cron_path: 'true', host, user })
  }
})

async function tested(...words: readonly string[]): Promise<readonly [number | null, readonly Report[]]> {
  const { status, stdout } = await rcron.run(['test', ...words, '--json'])
  return [status, JSON.parse(stdout)]
}

test('a login that works tells port, address, host key, auth, clock and time', async () => {
  const [status, [report, ...others]] = await tested('1', '--user', '1')
  equal(status, 0)
  deepEqual(others, [])
  deepEqual(
    [report?.result, report?.port, report?.addresses, report?.method, report?.hostKey?.type, report?.hostKey?.verdict],
    ['works', sshd.port, ['127.0.0.1'], 'ssh-ed25519', 'ssh-ed25519', 'learned'],
  )
  deepEqual(report?.checks[0]?.name, 'clock')
  match(String(report?.tookMs), /^\d+$/)
  const [, [again]] = await tested('1', '--user', '1')
  equal(again?.hostKey?.verdict, 'known')
})

const failures: readonly (readonly [string, string, string, RegExp, RegExp])[] = [
  ['a key that the host does not take', '1', '2', /refused the login .* did not accept the key/, /rcron auth edit 2/],
  ['a password that the host does not take', '1', '3', /refused the login as nobody/, /authorized_keys/],
  ['a port where nothing listens', '2', '1', /connection refused/, /sshd runs there .*rcron system edit 2 --port/],
  ['a forced command', '4', '4', /did not run the command: it printed "no commands here"/, /ForceCommand/],
  ['a name that leads nowhere', '5', '1', /no-such-host\.invalid/, /rcron system edit 5 --host/],
]
for (const [what, system, user, reason, remedy] of failures) {
  test(`${what} is told with the reason and the remedy`, async () => {
    const [status, [report]] = await tested(system, '--user', user)
    equal(status, 10)
    equal(report?.result, 'fails')
    match(report?.reason ?? '', reason)
    match(report?.remedy ?? '', remedy)
  })
}

test('without arguments every login that a cron needs is tried, once, and the table tells them all', async () => {
  const { status, stdout, stderr } = await rcron.run(['test'])
  equal(status, 10)
  const rows = stdout.split('\n').filter((line) => / {2}(works|fails|unused|not-tried)$/.test(line))
  deepEqual(
    rows.map((row) => row.split(/\s{2,}/).at(-1)),
    ['works', 'fails', 'fails', 'fails', 'unused', 'fails', 'fails'],
  )
  match(stdout, /\nsystem 5 [^\n]*no-such-host[^\n]*\n\n7 logins: 1 works, 5 fail, 1 unused\n$/)
  match(stdout, /^system +port +user +address +host key +auth +time +result\n/)
  match(stdout, /\n\nsystem +user +clock +supervised .*\n1 +\S+ +[+-]\d+ s +yes .*\n\n/)
  match(stdout, /\nsystem 3 \(unused\.invalid:22\): no cron uses it; name the system and --user/)
  doesNotMatch(stdout + stderr, new RegExp(SECRET.replace('&', '\\&')))
})

test('a system that no cron uses is tried where an auth is named with it', async () => {
  const [withoutUser] = await Promise.all([tested('3')])
  deepEqual([withoutUser[0], withoutUser[1][0]?.result], [0, 'unused'])
  const [status, [report]] = await tested('unused.invalid', '--user', '1')
  deepEqual([status, report?.result], [10, 'fails'])
})

test('what is not there is said, and nothing is tried', async () => {
  const { status, stderr } = await rcron.run(['test', '99', '--user', 'nobody-of-that-name'])
  equal(status, 4)
  match(stderr, /system "99": there is no such system.*\nauth "nobody-of-that-name": there is no such auth/)
})

test('four refused logins are the most that a host sees', async () => {
  using other = new ResidentRcron()
  await other.prepare(async ({ auths, systems, crons }) => {
    const host = await systems.add({ host: '127.0.0.1', port: sshd.port })
    for (let number = 1; number <= 6; number++) {
      const user = await auths.add({ user: sshd.user, password: `wrong ${number}` })
      await crons.add({ cron_name: `job ${number}`, cron_path: 'true', host, user })
    }
  })
  const { status, stdout } = await other.run(['test', '--json'])
  equal(status, 10)
  const results = (JSON.parse(stdout) as readonly Report[]).map(({ result }) => result)
  deepEqual(results, ['fails', 'fails', 'fails', 'fails', 'not-tried', 'not-tried'])
})

test('a changed host key is refused before any secret is sent, and the remedy is there', async () => {
  using other = new ResidentRcron()
  await other.prepare(async ({ auths, systems }) => {
    await systems.add({ host: '127.0.0.1', port: sshd.port })
    await auths.add({ user: sshd.user, password: sshd.clientKey.path })
  })
  const entry = `[127.0.0.1]:${sshd.port} ${stranger.publicKey}\n`
  writeFileSync(join(other.stateDirectory, 'known_hosts'), entry, { mode: 0o600 })
  const { status, stdout } = await other.run(['test', '1', '--user', '1', '--json'])
  const [report] = JSON.parse(stdout) as readonly Report[]
  deepEqual([status, report?.result, report?.hostKey?.verdict], [10, 'fails', 'changed'])
  match(report?.reason ?? '', /HOST KEY CHANGED.*ssh-keygen -R/)
})

test('a certificate beside a key is named, since it is not used', async () => {
  const certificate = `${sshd.clientKey.path}-cert.pub`
  writeFileSync(certificate, 'ssh-ed25519-cert-v01@openssh.com AAAA\n')
  try {
    const { stdout } = await rcron.run(['test', '1', '--user', '1'])
    match(stdout, /certificate[\s\S]*not used/)
    match(stdout.replace(/\s+/g, ' '), new RegExp(`the certificate ${certificate} is not used: .*with only the key`))
  } finally {
    rmSync(certificate)
  }
})

test('a secret is not tried on a host that its auth does not name, and no connection is made', async () => {
  await rcron.ok('auth', 'edit', '1', '--hosts', '*.example.com')
  const before = sshd.log().match(/^Connection from /gm)?.length
  const [status, [report]] = await tested('1', '--user', '1')
  deepEqual([status, report?.result], [10, 'fails'])
  match(
    `${report?.reason} ${report?.remedy}`,
    /auth 1 .*hosts: may not be used on 127\.0\.0\.1 .*rcron auth edit 1 --hosts/,
  )
  equal(sshd.log().match(/^Connection from /gm)?.length, before)
  await rcron.ok('auth', 'edit', '1', '--hosts', '127.0.0.1')
  equal((await tested('1', '--user', '1'))[0], 0)
})
