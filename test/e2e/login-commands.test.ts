import { deepEqual, equal, match } from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ResidentRcron } from '../support/resident-rcron.ts'
import { type Sshd, startSshd } from '../support/sshd.ts'

type Report = {
  readonly result: string
  readonly checks: readonly { readonly name: string; readonly verdict: string; readonly found: string }[]
  readonly reason: string | null
}

const rcron = new ResidentRcron()
const tools = join(rcron.directory, 'tools')
mkdirSync(tools)
const ran = join(rcron.directory, 'ran')
const tool = (name: string, mode: number) => writeFileSync(join(tools, name), `#!/bin/sh\ntouch ${ran}\n`, { mode })
tool('only-here', 0o755)
tool('not-executable', 0o644)
/** A login shell whose start files give a PATH. */
const shell = join(rcron.directory, 'shell')
writeFileSync(shell, `#!/bin/sh\nPATH=${tools}:/usr/bin:/bin; export PATH\nexec /bin/sh "$@"\n`, { mode: 0o755 })
const bash = existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh'
const [plain, own] = await Promise.all([startSshd({ loginShell: bash }), startSshd({ loginShell: shell })])
/** Shells of accounts, each with a command that is part of it alone. */
const SHELLS = { tcsh: 'setenv A b', fish: 'string length x', zsh: 'typeset A=b', mksh: 'print x', yash: 'pushd /' }
const others = await Promise.all(
  Object.entries(SHELLS).map(async ([name, builtin]) => {
    const loginShell = `/usr/bin/${name}`
    return [await startSshd({ loginShell, environment: { SHELL: loginShell } }), builtin] as const
  }),
)
const servers = [plain, own, ...others.map(([sshd]) => sshd)]
after(async () => {
  rcron[Symbol.dispose]()
  await Promise.all(servers.map((sshd) => sshd.stop()))
})

const GOOD = ['true', '/bin/echo x', 'cd / && true', 'if true; then :; fi', 'source /dev/null', `${tools}/only-here`]
const BAD = ['no-such-command --all', `${tools}/not-executable`, `${tools}`, '/no/such/file', 'no-such-command']
const commands: readonly (readonly [Sshd, number, readonly string[], string, RegExp | null])[] = [
  [plain, 1, [...GOOD, '"$HOME/x"'], '6 found, 1 not readable', null],
  [
    plain,
    1,
    BAD,
    '4 of 4 missing',
    /would not find "no-such-command" of cron \d+, cron \d+, ".*not-executable" of cron .* \(their PATH is \/.*\)$/,
  ],
  [plain, 1, ['only-here'], '1 of 1 missing', /"only-here"/],
  [own, 1, ['only-here', 'true'], '2 found', null],
  [own, 0, ['only-here', 'nothing-there'], '1 of 2 missing', /"nothing-there" of cron \d+ \(their PATH is .*\/tools:/],
  [
    own,
    1,
    Array.from({ length: 300 }, (_, at) => `no-such-command-${at}`),
    '300 of 300 missing',
    /no-such-command-299/,
  ],
  ...others.map(
    ([sshd, builtin]) =>
      [sshd, 1, ['true', 'cd /', builtin, 'no-such-command'], '1 of 4 missing', /"no-such-command"/] as const,
  ),
]
await rcron.prepare(async ({ auths, systems, crons }) => {
  const users = new Map<Sshd, number>()
  for (const sshd of servers) {
    users.set(sshd, await auths.add({ user: sshd.user, password: sshd.clientKey.contents }))
  }
  for (const [at, [sshd, supervise, paths]] of commands.entries()) {
    const host = await systems.add({ host: '127.0.0.1', port: sshd.port, local_port: at + 1, supervise })
    const user = users.get(sshd) ?? 0
    await crons.addAll(paths.map((cron_path, number) => ({ cron_name: `job ${at} ${number}`, cron_path, host, user })))
  }
})

test('commands are looked for with the PATH of their runs, and none is run', async (t) => {
  const { status, stdout } = await rcron.run(['test', '--commands', '--json'])
  const reports = JSON.parse(stdout) as readonly Report[]
  equal(status, 10)
  for (const [at, [, , paths, found, reason]] of commands.entries()) {
    await t.test(`${paths.slice(0, 3).join(', ')}: ${found}`, () => {
      const report = reports[at]
      const check = report?.checks.find(({ name }) => name === 'commands')
      deepEqual([check?.found, report?.result], [found, reason === null ? 'works' : 'fails'], stdout)
      if (reason !== null) match(report?.reason ?? '', reason)
    })
  }
  equal(existsSync(ran), false)
})

test('without being asked for, commands are not looked at', async () => {
  const [report] = JSON.parse((await rcron.run(['test', '2', '--json'])).stdout) as readonly Report[]
  deepEqual([report?.result, report?.checks.some(({ name }) => name === 'commands')], ['works', false])
})
