import { deepEqual, equal, match } from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { SystemRow } from '../../src/domain/rows.ts'
import { startBsdHost } from '../integration/hosts/bsd-host.ts'
import { ResidentRcron } from '../support/resident-rcron.ts'
import { type Sshd, startSshd } from '../support/sshd.ts'

type Check = {
  readonly name: string
  readonly verdict: string
  readonly found: string
  readonly consequence: string | null
}
type Report = {
  readonly result: string
  readonly checks: readonly Check[]
  readonly reason: string | null
  readonly remedy: string | null
}

const directory = mkdtempSync(join(tmpdir(), 'rcron-checks-'))
/** A login shell that does `before` and then what it is asked to do. */
const shellThat = (name: string, before: string) => {
  const path = join(directory, name)
  writeFileSync(path, `#!/bin/sh\n${before}\nexec /bin/sh "$@"\n`, { mode: 0o755 })
  return { loginShell: path }
}
// Nothing can be made below /dev/null, and the place in /var/tmp is taken by a file, or free.
const taken = `rcron-test-taken-${process.pid}`
const free = `rcron-test-free-${process.pid}`
writeFileSync(`/var/tmp/rcron-${taken}`, '')
const bsd = await startBsdHost()
const servers = await Promise.all([
  startSshd({ hostKeyTypes: ['ed25519', 'ecdsa', 'rsa'] }),
  startSshd({ config: ['MaxSessions 1'] }),
  startSshd({ config: ['MaxSessions 3'] }),
  startSshd(shellThat('noisy', 'printf "Welcome! no newline"; echo "and a warning" >&2')),
  startSshd(shellThat('spoolless', `HOME=/dev/null LOGNAME=${taken}; export HOME LOGNAME; unset XDG_STATE_HOME`)),
  startSshd(shellThat('homeless', `unset HOME XDG_STATE_HOME; LOGNAME=${free}; export LOGNAME`)),
  startSshd({ config: ['ForceCommand /bin/false'] }),
  startSshd({ config: ['ForceCommand /usr/sbin/nologin'] }),
  startSshd(shellThat('menu', `case $2 in *RCRON_S=*) echo "1) status  2) reboot"; exit 1 ;; esac`)),
  startSshd({ config: ['KexAlgorithms diffie-hellman-group14-sha1'] }),
])
const [good, one, three, noisy, spoolless, homeless, forced, nologin, menu, old] = servers
const rcron = new ResidentRcron()
after(async () => {
  rcron[Symbol.dispose]()
  rmSync(directory, { recursive: true, force: true })
  for (const name of [taken, free]) rmSync(`/var/tmp/rcron-${name}`, { recursive: true, force: true })
  await Promise.all([bsd.stop(), ...servers.map((sshd) => sshd.stop())])
})

const logins: readonly (readonly [string, Sshd, Partial<SystemRow>])[] = [
  ['good', good, {}],
  ['unsupervised', good, { supervise: 0, local_port: 1 }],
  ['legacy for nothing', good, { legacy_algorithms: 1, local_port: 2 }],
  ['one session', one, {}],
  ['three sessions', three, {}],
  ['noisy', noisy, {}],
  ['no spool', spoolless, {}],
  ['no home', homeless, {}],
  ['no /proc', bsd.sshd, {}],
  ['forced command', forced, {}],
  ['forced and unsupervised', forced, { supervise: 0, local_port: 1 }],
  ['nologin', nologin, {}],
  ['no POSIX shell', menu, {}],
  ['old', old, {}],
  ['old and let in', old, { legacy_algorithms: 1, local_port: 1 }],
]
await rcron.prepare(async ({ auths, systems, crons }) => {
  const users = new Map<Sshd, number>()
  for (const [name, sshd, columns] of logins) {
    const known = users.get(sshd)
    const user = known ?? (await auths.add({ user: sshd.user, password: sshd.clientKey.contents }))
    users.set(sshd, user)
    const host = await systems.add({ host: '127.0.0.1', port: sshd.port, ...columns })
    await crons.add({ cron_name: name, cron_path: 'true', host, user })
  }
})
const { status, stdout, stderr } = await rcron.run(['test', '--json'])
const reports = JSON.parse(stdout) as readonly Report[]

function reportOf(name: string): Report {
  const report = reports[logins.findIndex(([login]) => login === name)]
  if (report === undefined) throw new Error(`no report of ${name} in ${stdout}`)
  return report
}

function found(name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(reportOf(name).checks.map((check) => [check.name, check.found]))
}

function checkOf(name: string, check: string): Check {
  const [one] = reportOf(name).checks.filter((it) => it.name === check)
  if (one === undefined) throw new Error(`${name} has no check ${check}: ${stdout}`)
  return one
}

const GOOD = {
  supervised: 'yes',
  spool: 'home',
  processes: '/proc',
  sessions: '4',
  algorithms: 'modern',
}

test('some logins do not work, and nothing but the answer is printed', () => {
  deepEqual([status, stderr, reports.length], [10, '', logins.length])
})

test('a good host is found good in everything', () => {
  const { shell, scope, clock: _clock, ...others } = found('good')
  equal(checkOf('good', 'clock').verdict, 'good')
  deepEqual(others, { ...GOOD, 'key types': 'ed25519 ecdsa rsa' })
  match(shell ?? '', /^[a-z0-9]+, [a-z0-9]+$/)
  const scopes = readFileSync('/proc/self/cgroup', 'utf8').includes('.scope') ? ['systemd', 'hidden', 'none'] : ['none']
  equal(scopes.includes(scope ?? ''), true, scope)
  const bad = reportOf('good').checks.filter(
    ({ verdict, consequence }) => (verdict === 'good') !== (consequence === null),
  )
  deepEqual([reportOf('good').result, bad], ['works', []])
})

test('the run that was tried is collected, and nothing but its claim is left, marked to be swept', () => {
  const spool = join(good.home, '.local/state/rcron-runs')
  // Two logins were supervised there.
  const left = readdirSync(spool)
    .filter((name) => name !== '.private')
    .map((name) => [/^[0-9a-f]{32}$/.test(name), /^done +$/m.test(readFileSync(join(spool, name), 'utf8'))])
  deepEqual(left, [
    [true, true],
    [true, true],
  ])
})

test('no connection is asked for more sessions than rcron may use', () => {
  const open = new Map<string, number>()
  let most = 0
  for (const [, what = '', connection = ''] of good
    .log()
    .matchAll(/(Starting|Close) session: .* from (.* port \d+) id/g)) {
    const now = (open.get(connection) ?? 0) + (what === 'Starting' ? 1 : -1)
    open.set(connection, now)
    most = Math.max(most, now)
  }
  equal(most, 4)
})

const worse: readonly (readonly [string, string, string, RegExp])[] = [
  [
    'one session',
    'sessions',
    '1 of 4',
    /allows one connection one session at once.*RCRON_MAX_SESSIONS_PER_CONNECTION=1$/,
  ],
  ['three sessions', 'sessions', '3 of 4', /allows one connection 3 sessions at once.*raise MaxSessions/],
  ['unsupervised', 'supervised', 'off', /since supervise = 0 .*lost if its connection breaks/],
  ['no spool', 'spool', 'none', /neither below its home nor in \/var\/tmp: a run could be started twice/],
  ['no home', 'spool', '/var/tmp', /claimed in \/var\/tmp instead/],
  ['no /proc', 'processes', 'ps', /no \/proc: processes are looked for with ps/],
  ['legacy for nothing', 'algorithms', 'modern (legacy allowed)', /is not needed: "rcron system edit 3 --legacy-algor/],
  ['old and let in', 'algorithms', 'legacy', /dropped as too weak/],
]
for (const [name, check, expected, consequence] of worse) {
  test(`${name}: works, and what degrades is told`, () => {
    const { verdict, found, consequence: told } = checkOf(name, check)
    deepEqual([reportOf(name).result, verdict, found], ['works', 'degraded', expected])
    match(told ?? '', consequence)
  })
}

test('a host without any spool is supervised all the same, one in a noisy login as any other', () => {
  deepEqual([found('no spool')['supervised'], found('no home')['supervised']], ['yes', 'yes'])
  const { shell: _shell, scope: _scope, clock, ...others } = found('noisy')
  match(clock ?? '', /^[+-]\d s$/)
  deepEqual([reportOf('noisy').result, others], ['works', { ...GOOD, 'key types': 'ed25519' }])
})

test('what supervision alone needs is not looked at where it is off', () => {
  deepEqual(Object.keys(found('unsupervised')), ['clock', 'supervised', 'algorithms', 'sessions', 'key types'])
  equal(reportOf('forced and unsupervised').result, 'works')
})

const failing: readonly (readonly [string, RegExp, RegExp])[] = [
  ['forced command', /did not run the command: it printed nothing and ended with exit code 1/, /ForceCommand/],
  [
    'nologin',
    /did not run the command: it printed "This account is .*" and ended with exit code 1/,
    /its shell refuses/,
  ],
  ['no POSIX shell', /no POSIX shell answered at \/bin\/sh: it printed "1\) status/, /supervise/],
]
for (const [name, reason, remedy] of failing) {
  test(`${name}: found out, and told to set supervise = 0`, () => {
    const report = reportOf(name)
    const id = 1 + logins.findIndex(([login]) => login === name)
    equal(report.result, 'fails')
    match(report.reason ?? '', reason)
    match(report.remedy ?? '', remedy)
    equal(report.remedy?.includes(`set supervise = 0: rcron system edit ${id} --supervise 0`), true)
  })
}

test('a host of long ago is told what lets rcron in, and which keys it has', () => {
  const { result, reason, remedy } = reportOf('old')
  deepEqual([result, remedy], ['fails', 'rcron system edit 14 --legacy-algorithms 1'])
  match(reason ?? '', /no algorithm in common/)
  deepEqual(found('old'), { 'key types': 'ed25519' })
})

test('nothing is left of what was tried where there is no spool', () => {
  equal(existsSync('/dev/null/.local'), false)
  equal(statSync(`/var/tmp/rcron-${taken}`).size, 0)
})
