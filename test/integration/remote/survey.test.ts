import { deepEqual, equal } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
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
  deepEqual(answer(fine), { shell: 'busybox', loginShell: null, spool: 'tmp', processes: 'ps', scope: 'none' })
  equal(answer(fine.replace('busybox', '$(reboot)'))?.shell, null)
  for (const bad of ['spool=attic', 'processes=', 'scope=all']) {
    equal(answer(fine.replace(new RegExp(`${bad.split('=')[0]}=\\S+`), bad)), null, bad)
  }
  equal(parseSurveyAnswer(`RCRONS ${id} ${fine}`, id), null)
})
