import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { describeSessions } from '../../../src/commands/login-test/count-sessions.ts'
import { describeOffer } from '../../../src/commands/login-test/describe-offer.ts'
import { describeSurvey } from '../../../src/commands/login-test/describe-survey.ts'
import type { HostSurvey } from '../../../src/execution/remote/survey.ts'

const fine: HostSurvey = {
  shell: 'dash',
  loginShell: '/usr/bin/zsh',
  spool: 'home',
  processes: 'proc',
  scope: 'readable',
  killsAtSessionEnd: false,
}

test('a host that has everything degrades nothing', () => {
  deepEqual(
    describeSurvey(fine).map(({ name, verdict, found, consequence }) => [name, verdict, found, consequence]),
    [
      ['shell', 'good', 'dash, zsh', null],
      ['spool', 'good', 'home', null],
      ['processes', 'good', '/proc', null],
      ['scope', 'good', 'systemd', null],
    ],
  )
})

const lacking: readonly (readonly [Partial<HostSurvey>, string, string, RegExp])[] = [
  [{ spool: 'tmp' }, 'spool', '/var/tmp', /home.*\/var\/tmp instead/],
  [{ spool: 'none' }, 'spool', 'none', /ends as lost/],
  [{ processes: 'ps' }, 'processes', 'ps', /takes longer/],
  [{ processes: 'none' }, 'processes', 'none', /clobber stays blocked; mount \/proc/],
  [{ scope: 'none' }, 'scope', 'none', /own_connection.*pam_systemd/],
  [{ scope: 'unreadable' }, 'scope', 'hidden', /cannot be read.*own_connection/],
  [{ killsAtSessionEnd: true }, 'session end', 'kills', /KillUserProcesses=yes.*rcron restarts.*KillExcludeUsers=/],
]
for (const [lack, name, found, consequence] of lacking) {
  test(`${JSON.stringify(lack)} degrades ${name} alone`, () => {
    const degraded = describeSurvey({ ...fine, ...lack }).filter(({ verdict }) => verdict === 'degraded')
    deepEqual(
      degraded.map((check) => [check.name, check.found]),
      [[name, found]],
    )
    match(degraded[0]?.consequence ?? '', consequence)
  })
}

test('a shell that cannot be told is called sh', () => {
  equal(describeSurvey({ ...fine, shell: null, loginShell: null })[0]?.found, 'sh')
})

const offers: readonly (readonly [readonly string[], boolean, string, string])[] = [
  [['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa', 'ssh-ed25519'], false, 'good', 'ed25519 rsa'],
  [['ecdsa-sha2-nistp521', 'ssh-ed25519-cert-v01@openssh.com'], false, 'good', 'ecdsa'],
  [['ssh-rsa'], false, 'degraded', 'rsa (SHA-1)'],
  [['ssh-rsa', 'ssh-dss'], true, 'degraded', 'rsa (SHA-1) dss'],
  [['ssh-xmss@openssh.com'], false, 'degraded', 'none known'],
]
test('kinds of host keys are good where one of them can be trusted', () => {
  for (const [algorithms, isLegacyAllowed, verdict, found] of offers) {
    const check = describeOffer(algorithms, isLegacyAllowed)
    deepEqual([check.verdict, check.found], [verdict, found])
  }
  match(describeOffer(['ssh-rsa'], false).consequence ?? '', /legacy_algorithms = 1 accepts/)
})

test('fewer sessions than rcron may use are told with both remedies', () => {
  equal(describeSessions(4, 4).consequence, null)
  match(describeSessions(2, 4).consequence ?? '', /raise MaxSessions.*RCRON_MAX_SESSIONS_PER_CONNECTION=2/)
})
