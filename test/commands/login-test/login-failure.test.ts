import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { describeClock } from '../../../src/commands/login-test/describe-clock.ts'
import { failureOf, failureOfEnd, type LoginAttempt } from '../../../src/commands/login-test/login-failure.ts'
import { refused, unreachable, unreachableBy } from '../../../src/hosts/handover.ts'
import { anAuth, aSystem } from '../../support/builders.ts'

const attempted: LoginAttempt = {
  system: aSystem({ id: 3, host: 'db1.lab.example', port: 22, local_port: 2022 }),
  auth: anAuth({ id: 7, user: 'backup' }),
  port: 22,
  isLocalPort: false,
  ownName: 'cron.lab.example',
}

const remedies: readonly (readonly [string, Parameters<typeof failureOf>[0], Partial<LoginAttempt>, RegExp | null])[] =
  [
    ['nothing listens', unreachable('db1:22: connection refused: nothing listens'), {}, /"rcron system edit 3 --port"/],
    ['no answer', unreachable('db1:22: no answer to the connection within 10 s'), {}, /no firewall blocks it/],
    [
      'no such name',
      unreachableBy('unknown-name', 'db1: no such host: nobody knows it'),
      { isLocalPort: true },
      /"rcron system edit 3 --host", or add it to DNS/,
    ],
    [
      'silent name servers',
      unreachableBy('unknown-name', 'db1: the name could not be resolved: no answer within 5 s'),
      {},
      /DNS/,
    ],
    ['a host called after names', unreachable('name1:22: no route to this host (EHOSTUNREACH)'), {}, /no firewall/],
    [
      'old algorithms only',
      unreachableBy('legacy-algorithms', 'db1:22: no algorithm in common; for an old host set legacy_algorithms = 1'),
      {},
      /--legacy-algorithms 1/,
    ],
    [
      'new algorithms only',
      unreachableBy(
        'no-common-algorithm',
        'db1:22: no algorithm in common (its key exchanges: x); the SSH library of rcron lacks these: let its sshd offer y',
      ),
      {},
      null,
    ],
    [
      'a slow login',
      unreachableBy('slow-login', 'db1:22: the authentication did not finish within 20 s'),
      {},
      /edit 3 --login-timeout 60"/,
    ],
    [
      'nothing listens on the local port',
      unreachable('db1:2022: connection refused'),
      { port: 2022, isLocalPort: true },
      /its local_port is used, since rcron \(cron\.lab\.example\) is in its domain.*listens on 2022.*--local-port/,
    ],
    ['a refused login', refused('authentication', 'no'), {}, /lets backup in.*"rcron auth edit 7"/],
    ['a refused command', refused('exec', 'no'), {}, /login shell/],
    ['a host key', refused('host-key', 'HOST KEY CHANGED … ssh-keygen -R'), {}, null],
    ['no answer to the command', { kind: 'unknown', reason: 'no answer' }, {}, /start-up file/],
  ]
for (const [what, answer, overrides, remedy] of remedies) {
  test(`the remedy for ${what}`, () => {
    const failure = failureOf(answer, { ...attempted, ...overrides })
    equal(failure.reason, answer.reason)
    if (remedy === null) equal(failure.remedy, null)
    else match(failure.remedy ?? '', remedy)
  })
}

const exited = { kind: 'exited', code: 0 } as const
const ends: readonly (readonly [string, Partial<Parameters<typeof failureOfEnd>[0]>, number | null, RegExp | null])[] =
  [
    ['a command that was run', {}, null, null],
    ['a status that a command of the host alone could have', { end: { kind: 'exited', code: 1 } }, null, null],
    [
      'something run in its place',
      { isEchoed: false, output: 'Hello' },
      null,
      /it printed "Hello" and ended with exit code 0/,
    ],
    ['nothing printed', { isEchoed: false, output: ' \n' }, null, /it printed nothing/],
    ['another shell, where none is expected', { isEchoed: false }, 0, null],
    [
      'a connection that broke',
      { end: { kind: 'broken', reason: 'the host closed it' } },
      0,
      /logged in, but the host closed it/,
    ],
  ]
for (const [what, overrides, supervise, reason] of ends) {
  test(`${what} is ${reason === null ? 'fine' : 'told'}`, () => {
    const ended = {
      kind: 'ended',
      end: exited,
      isEchoed: true,
      stdout: '',
      output: '',
      begunAt: 0,
      clockSkewMs: 0,
      ...overrides,
    } as const
    const failure = failureOfEnd(ended, aSystem({ supervise }))
    if (reason === null) equal(failure, null)
    else match(failure?.reason ?? '', reason)
  })
}

const clocks = [
  [0, 'good', '+0 s'],
  [1_900, 'good', '+2 s'],
  [-1_400, 'good', '-1 s'],
  [90_000, 'degraded', '+90 s'],
  [-3_600_000, 'degraded', '-3600 s'],
] as const
test('a clock that is far off is told', () => {
  for (const [skewMs, verdict, found] of clocks) {
    const check = describeClock(skewMs)
    deepEqual([check.verdict, check.found], [verdict, found])
    equal(check.consequence === null, verdict === 'good')
  }
  match(describeClock(-3_600_000).consequence ?? '', /its clock is 3600 s behind rcron's/)
})
