import { deepEqual, equal } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type HostSurvey, parseSurveyAnswer } from '../../../src/execution/remote/survey.ts'
import { surveyCommand } from '../../../src/execution/remote/verbs.ts'
import { aRunId, POSIX_SHELLS } from './remote-host.ts'

const directory = mkdtempSync(join(tmpdir(), 'rcron-survey-'))
const home = join(directory, 'home')
mkdirSync(home)
// Names of users decide the place in /var/tmp: one that is free, one that is taken by a file.
const free = `rcron-survey-free-${process.pid}`
const taken = `rcron-survey-taken-${process.pid}`
writeFileSync(`/var/tmp/rcron-${taken}`, '')
after(() => {
  for (const path of [directory, `/var/tmp/rcron-${free}`, `/var/tmp/rcron-${taken}`]) {
    rmSync(path, { recursive: true, force: true })
  }
})

function survey(shell: string, env: Readonly<Record<string, string>>): HostSurvey | null {
  const id = aRunId()
  const sh = shell.endsWith('busybox') ? `${shell} sh` : shell
  const { stdout, stderr, status } = spawnSync(
    '/bin/sh',
    ['-c', surveyCommand(id).replaceAll(' /bin/sh -c ', ` ${sh} -c `)],
    {
      // Where it is a socket, bash reads start files.
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', SHELL: '/bin/zsh', ...env },
      encoding: 'utf8',
    },
  )
  deepEqual([status, stderr], [0, ''])
  return parseSurveyAnswer(stdout, id)
}

for (const [name, path] of Object.entries(POSIX_SHELLS)) {
  test(`${name}: is named, and the place of claims is found by making one, of which nothing is left`, () => {
    const good = survey(path, { HOME: home, LOGNAME: free })
    deepEqual([good?.shell, good?.loginShell, good?.processes], [name, '/bin/zsh', 'proc'])
    const places = [
      good,
      survey(path, { HOME: '/dev/null', LOGNAME: free }),
      survey(path, { LOGNAME: free }),
      survey(path, { HOME: '/dev/null', LOGNAME: taken }),
    ].map((it) => it?.spool)
    deepEqual(places, ['home', 'tmp', 'tmp', 'none'])
    deepEqual([readdirSync(join(home, '.local/state/rcron-runs')), readdirSync(`/var/tmp/rcron-${free}`)], [[], []])
  })
}

test('where the home takes claims, none is tried in /var/tmp', () => {
  const other = `rcron-survey-other-${process.pid}`
  equal(survey('/bin/sh', { HOME: home, LOGNAME: other })?.spool, 'home')
  equal(existsSync(`/var/tmp/rcron-${other}`), false)
})

test('an answer is read past noise, and every part of it is checked', () => {
  const id = aRunId()
  const fine = 'sh=busybox login=- spool=tmp processes=ps scope=none'
  const answer = (text: string) => parseSurveyAnswer(`Hello!RCRONS ${id} ${text}\nbye`, id)
  const parts = { shell: 'busybox', loginShell: null, spool: 'tmp', processes: 'ps', scope: 'none' }
  deepEqual(answer(fine), { ...parts, killsAtSessionEnd: false })
  deepEqual(answer(`${fine} ending=kills`), { ...parts, killsAtSessionEnd: true })
  equal(answer(fine.replace('busybox', '$(reboot)'))?.shell, null)
  for (const bad of ['spool=attic', 'processes=', 'scope=all']) {
    equal(answer(fine.replace(new RegExp(`${bad.split('=')[0]}=\\S+`), bad)), null, bad)
  }
  equal(parseSurveyAnswer(`RCRONS ${id} ${fine}`, id), null)
})

const me = userInfo().username
for (const [kills, spared, only, expected] of [
  ['b true', 'as 0', 'as 0', true],
  ['b true', 'as 2 "postgres" "somebody"', 'as 0', true],
  ['b true', `as 2 "postgres" "${me}"`, 'as 0', false],
  ['b true', 'as 0', `as 1 "${me}"`, true],
  ['b true', 'as 0', 'as 1 "somebody"', false],
  ['b false', 'as 0', 'as 0', false],
  ['', '', '', false],
] as const) {
  test(`a logind that answers ${kills}, spared ${spared}, only ${only}: ${expected ? 'ends' : 'keeps'} what a session leaves`, () => {
    const bin = mkdtempSync(join(directory, 'bin-'))
    const answer = `#!/bin/sh\ncat <<'EOF'\n${kills}\n${spared}\n${only}\nEOF\n`
    writeFileSync(join(bin, 'busctl'), answer, { mode: 0o755 })
    const env = { HOME: home, LOGNAME: free, PATH: `${bin}:${process.env['PATH']}` }
    for (const shell of Object.values(POSIX_SHELLS)) {
      equal(survey(shell, { ...env, XDG_SESSION_ID: '7' })?.killsAtSessionEnd, expected, shell)
    }
    equal(survey('/bin/sh', env)?.killsAtSessionEnd, false, 'no session of logind')
  })
}
