import { deepEqual, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { EndedRuns } from '../../src/control/act/ended-runs.ts'
import { matchRuns } from '../../src/control/act/match-runs.ts'
import { ControlFault } from '../../src/control/faults.ts'
import { ActiveRun } from '../../src/dispatch/active/active-run.ts'
import { jobKey } from '../../src/domain/job.ts'
import { resultWithoutOutput } from '../../src/domain/run.ts'
import { firingFactsOf, runFactsOf } from '../../src/domain/run-event.ts'
import { aCron, minute } from '../support/builders.ts'

const MINUTE = minute('2026-03-01T12:00:00Z')

function active(name: string, cron: number, id: string): ActiveRun {
  const row = aCron({ id: cron, name })
  const firing = firingFactsOf({ job: row, minute: MINUTE, crons: [row] }, 'schedule', null)
  const present = runFactsOf(firing, { id, cron: row, minute: MINUTE }, { attempt: null, hostsLeft: 0 })
  return new ActiveRun({ id, job: jobKey(row), minute: MINUTE, crons: [cron], state: 'running', present })
}

const ended = new EndedRuns()
const over = active('over', 9, `0dd1${'0'.repeat(28)}`)
if (over.present !== null) {
  ended.note({ kind: 'ended', at: 0, run: over.present, result: resultWithoutOutput({ kind: 'failed', exitCode: 3 }) })
}
const all = [
  active('dump', 1, `aaaa1${'0'.repeat(27)}`),
  active('dump', 2, `aaaa2${'0'.repeat(27)}`),
  active('sync', 3, `1234${'0'.repeat(28)}`),
  active('removed@db', 1234, `beef${'0'.repeat(28)}`),
]
const crons = [aCron({ id: 1, name: 'dump' }), aCron({ id: 3, name: 'sync' }), aCron({ id: 7, name: 'idle' })]
const found = (word: string) => matchRuns(word, { active: all, crons, ended }).map(({ id }) => id.slice(0, 5))

for (const [word, expected] of [
  ['dump', ['aaaa1', 'aaaa2']],
  ['dump@host2', ['aaaa2']],
  ['dump@host2:22', ['aaaa2']],
  ['3', ['12340']],
  ['1234', ['beef0']],
  ['12340', ['12340']],
  ['aaaa1', ['aaaa1']],
  ['removed@db', ['beef0']],
] as const) {
  test(`${word} means ${expected.join(' and ')}`, () => deepEqual(found(word), expected))
}

for (const [word, code, message] of [
  ['aaaa', 'AMBIGUOUS', /2 runs have ids that begin so/],
  ['aaa', 'NOT_FOUND', /no such job/],
  ['idle', 'NOT_ACTIVE', /no run of it is active/],
  ['7', 'NOT_ACTIVE', /no run of it is active/],
  ['dumb', 'NOT_FOUND', /no such job/],
  ['0dd', 'NOT_FOUND', /no such job/],
  ['dump@host9', 'NOT_FOUND', /no such job/],
] as const) {
  test(`${word} means nothing: ${code}`, () => {
    throws(
      () => found(word),
      (error) => error instanceof ControlFault && error.code === code && message.test(error.message),
    )
  })
}

test('a run that is over is said to be, with how it ended', () => {
  throws(() => found(over.id.slice(0, 6)), /is over: failed with exit code 3/)
})

test('a word that is nearly a name gets that name as its hint', () => {
  throws(
    () => found('dumb'),
    (error) => error instanceof ControlFault && error.hint === 'Did you mean dump?',
  )
})
