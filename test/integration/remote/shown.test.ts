import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import { shownName } from '../../../src/execution/remote/shown-name.ts'
import { readOfProcess } from '../../support/processes.ts'
import { until } from '../../support/wait-until.ts'
import { LOGIN_SHELLS, type LoginShell, POSIX_SHELLS, type PosixShell, RemoteHost } from './remote-host.ts'

const argumentsOf = (pid: number) => readOfProcess(pid, 'cmdline').split('\0')

/** What the host shows of a run of `guard`, a script that counts the processes that have its own path in their arguments. */
async function isShownWell(host: RemoteHost): Promise<void> {
  const guard = host.path('guard.sh')
  const go = host.path('go')
  const count = `pgrep -fc ${guard}`
  writeFileSync(guard, `#!/bin/sh\n${count}\nuntil [ -e ${go} ]; do sleep 0.02; done\n`, { mode: 0o755 })
  writeFileSync(go, '')
  const plain = await host.run(guard)
  execFileSync('rm', [go])
  const session = host.start(guard, { job: "nightly 'é\n guard" })
  await until('it has counted', () => session.stdout() !== '')
  const watching = host.watching(session.id).map(argumentsOf)
  writeFileSync(go, '')
  await session.closed
  equal(session.stdout(), plain)
  ok(watching.length >= 2)
  for (const each of watching) {
    for (const argument of each) ok(argument.length <= 200 && !argument.includes('guard.sh'), argument)
  }
  const shells = watching.filter((each) => each.includes(session.id))
  ok(shells.length >= 2)
  for (const each of shells) deepEqual(each.slice(-4), ['rcron', 'nightly ??? [g]uard', session.id, ''])
}

for (const sh of Object.keys(POSIX_SHELLS) as readonly PosixShell[]) {
  describe(`what a host shows of a run, with ${sh} as /bin/sh`, () => {
    const host = new RemoteHost({ sh })
    after(() => host.end())
    test('a search for the command finds the command alone; rcron, the job and the id are shown', () =>
      isShownWell(host))
  })
}

for (const login of Object.keys(LOGIN_SHELLS) as readonly LoginShell[]) {
  describe(`what a host shows of a run, with ${login} as login shell`, () => {
    const host = new RemoteHost({ login, env: { RCRON_HERE: 'stays', X1: "a'b\\c" } })
    after(() => host.end())
    test('a search for the command finds the command alone; rcron, the job and the id are shown', () =>
      isShownWell(host))

    test('the command’s environment is what it is without rcron, and the mark of the run', async () => {
      const variables = (text: string) =>
        text
          .split('\0')
          .filter((it) => it !== '' && !/^(_|OLDPWD|PWD|SHLVL)=/.test(it))
          .toSorted()
      const plain = variables(await host.run('/bin/cat /proc/self/environ'))
      const session = host.start('/bin/cat /proc/self/environ')
      await session.closed
      deepEqual(variables(session.stdout()), [...plain, `RCRON_RUN=${session.id}`].toSorted())
    })
  })
}

test('a job’s name is shown in at most 64 characters that print and that no shell reads anything into', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string(), (name, command) => {
      match(shownName(name, command), /^[A-Za-z0-9 _.,:=@%+/#()~?[\]-]{1,64}$/)
    }),
  )
  equal(shownName('', ''), '-')
  equal(shownName('x'.repeat(100), ''), `${'x'.repeat(63)}~`)
  equal(shownName('Backup of db1', '/opt/backup.sh db2'), '[B]ackup of db1')
})
