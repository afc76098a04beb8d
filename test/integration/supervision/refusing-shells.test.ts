import { deepEqual, equal, match } from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { aCron, anAuth, aSystem, minute } from '../../support/builders.ts'
import { startSshd } from '../../support/sshd.ts'
import { startTcpProxy } from '../../support/tcp-proxy.ts'
import { createThrowAwayUser } from '../hosts/throw-away-user.ts'
import { aDispatcher } from './a-dispatcher.ts'
import { aRunId, SupervisedLab } from './supervised-lab.ts'

type Refusal = {
  readonly name: string
  readonly config?: readonly string[]
  readonly startFile?: string
  readonly says: RegExp
}

const REFUSALS: readonly Refusal[] = [
  { name: 'nologin', config: ['ForceCommand /usr/sbin/nologin'], says: /status 1 .*currently not available/ },
  { name: 'no such shell', config: ['ForceCommand exec /no/such/shell'], says: /status 127 / },
  {
    name: 'files alone',
    config: ['Subsystem sftp internal-sftp', 'ForceCommand internal-sftp'],
    says: /did not begin/,
  },
  { name: 'a start file that exits', startFile: 'echo go away >&2; exit 3\n', says: /status 3 .*printed "go away"/ },
  {
    name: 'a start file that becomes something else',
    startFile: 'exec echo instead\n',
    says: /status 0 .*printed "instead"/,
  },
  { name: 'a start file that turns stdout away', startFile: 'exec >/dev/null\n', says: /status 1 .*stdout/ },
  { name: 'a start file that turns stdout into a file', startFile: 'exec >"$HOME/log"\n', says: /status 1 .*stdout/ },
]

async function aHost(t: TestContext, { config = [], startFile }: Pick<Refusal, 'config' | 'startFile'> = {}) {
  const sshd = await startSshd({ config })
  t.after(() => sshd.stop())
  if (startFile !== undefined) writeFileSync(join(sshd.home, '.bashrc'), startFile)
  return { home: sshd.home, on: { port: sshd.port, secret: sshd.clientKey.contents } }
}

for (const { name, says, ...refusal } of REFUSALS) {
  test(`F10: a host that lets in and whose shell refuses, by ${name}: refused at once, and nothing has begun`, async (t) => {
    const { home, on } = await aHost(t, refusal)
    await using lab = new SupervisedLab()
    const { running, watch } = lab.start(on, 'touch "$HOME/ran"')
    const { outcome, startedAt } = await running.result
    match(outcome.kind === 'refused' ? outcome.reason : outcome.kind, says)
    deepEqual([startedAt, watch.told, existsSync(join(home, 'ran'))], [null, [], false])
  })
}

test('F10: an expired password, the login by key: refused, with what the host says of it', async (t) => {
  const user = createThrowAwayUser()
  t.after(() => user.remove())
  const sshd = await startSshd({
    config: ['UsePAM yes', `AuthorizedKeysFile ${user.home}/.ssh/authorized_keys`],
    environment: { HOME: user.home },
  })
  t.after(() => sshd.stop())
  user.admit(sshd.clientKey.publicKey)
  user.setPassword('correct horse')
  user.expirePassword()
  await using lab = new SupervisedLab()
  const access = {
    system: aSystem({ host: '127.0.0.1', port: sshd.port, local_port: sshd.port }),
    auth: anAuth({ user: user.name, password: sshd.clientKey.contents }),
  }
  const { outcome } = await lab.start({ port: sshd.port, secret: '' }, 'touch "$HOME/ran"', access).running.result
  match(outcome.kind === 'refused' ? outcome.reason : outcome.kind, /[Pp]assword/)
  equal(existsSync(join(user.home, 'ran')), false)
})

test('F10: the next host of a failover is tried at once, and a clobber is not blocked', async (t) => {
  const bad = await aHost(t, { config: ['ForceCommand /usr/sbin/nologin'] })
  const good = await aHost(t)
  await using lab = new SupervisedLab()
  const dispatcher = aDispatcher(t, lab, aRunId())
  for (const [index, action] of (['failover', 'clobber'] as const).entries()) {
    const crons = [bad, good].map(({ on }, host) =>
      aCron({
        id: index * 2 + host + 1,
        name: action,
        action,
        command: 'true',
        system: aSystem({ id: host + 1, host: '127.0.0.1', port: on.port, local_port: on.port }),
        auth: anAuth({ user: userInfo().username, password: on.secret }),
      }),
    )
    for (const at of ['2026-03-01T12:00:00Z', '2026-03-01T12:01:00Z']) {
      const { outcomes } = await dispatcher.fire(
        { job: { name: action, action }, minute: minute(at), crons },
        'schedule',
      ).result
      deepEqual(
        outcomes.map(({ outcome }) => outcome?.kind),
        ['refused', 'succeeded'],
      )
    }
  }
})

test('F10: a connection that breaks before the host has answered is no refusal: its host is asked', async (t) => {
  const { home, on } = await aHost(t, { startFile: 'if mkdir "$HOME/first" 2>/dev/null; then kill -KILL $PPID; fi\n' })
  const proxy = await startTcpProxy({ port: on.port })
  t.after(() => proxy.close())
  await using lab = new SupervisedLab()
  const { running, watch } = lab.start({ port: proxy.port, secret: on.secret }, 'touch "$HOME/ran"; exit 7')
  const { outcome } = await running.result
  const hasRun = existsSync(join(home, 'ran'))
  deepEqual([outcome.kind, watch.told.includes('unknown')], [hasRun ? 'failed' : 'unreachable', true])
})
