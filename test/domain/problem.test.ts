import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import {
  type About,
  aboutOption,
  aboutVariable,
  aboutWord,
  describeAbout,
  describeProblem,
  errorAbout,
  isOfVariable,
  reportedOf,
  warningAbout,
} from '../../src/domain/problem.ts'
import { NEW_ROW_ID } from '../../src/domain/rows.ts'

const subjects: readonly [string, About][] = [
  ['cron 12 (backup)', { kind: 'cron', id: 12, name: 'backup' }],
  ['auth 3', { kind: 'auth', id: 3, name: null }],
  ['system 9007199254740994 (far)', { kind: 'system', id: '9007199254740994', name: 'far' }],
  ['new cron (backup)', { kind: 'cron', id: NEW_ROW_ID, name: 'backup' }],
  ['job "night \\"ly\\""', { kind: 'job', name: 'night "ly"' }],
  ['RCRON_TIMEZONE', aboutVariable('RCRON_TIMEZONE')],
  ['credential database-password', { kind: 'credential', name: 'database-password' }],
  ['/srv/.env', { kind: 'file', path: '/srv/.env' }],
  ['cache key /srv/cache.key', { kind: 'place', use: 'cache key', path: '/srv/cache.key' }],
  ['time zone Europe/Lisbon', { kind: 'time zone', name: 'Europe/Lisbon' }],
  ['store', { kind: 'store' }],
  ['--at', aboutOption('--at')],
  ['"nightly"', aboutWord('nightly')],
  ['cron "nightly"', aboutWord('nightly', 'cron')],
]
for (const [subject, about] of subjects) {
  test(`what a problem is about, in words: ${subject}`, () => equal(describeAbout(about), subject))
}

test('a problem says where, what and what to do, on one line', () => {
  const problem = { ...errorAbout({ kind: 'cron', id: 7, name: 'x' }, 'is 61', 'write 1'), field: 'cron_min' }
  equal(describeProblem(problem), 'cron 7 (x), cron_min: is 61; write 1')
  equal(describeProblem(warningAbout(aboutVariable('RCRON_X'), 'has no effect')), 'RCRON_X: has no effect')
})

test('what a script is told has the subject in words, and no other keys', () => {
  const problem = warningAbout({ kind: 'store' }, 'lacks a column')
  deepEqual(reportedOf(problem), {
    severity: 'warning',
    subject: 'store',
    field: null,
    message: 'lacks a column',
    hint: null,
  })
})

test('only a variable is a variable: a word that reads as one is none', () => {
  equal(isOfVariable(errorAbout(aboutVariable('RCRON_X'), ''), 'RCRON_X'), true)
  equal(isOfVariable(errorAbout(aboutOption('RCRON_X'), ''), 'RCRON_X'), false)
})
