import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { errorAbout, warningAbout } from '../../src/domain/problem.ts'
import { describeExplanation, type ExplainFacts, explainMinute } from '../../src/minutes/explain-minute.ts'
import { aCron, aFiring } from '../support/builders.ts'

const firing = aFiring('failover', [1, 2, 3])
const facts: ExplainFacts = {
  minute: firing.minute,
  crons: [...firing.crons, aCron({ id: 4 }), aCron({ id: 5, enabled: false })],
  problems: [
    {
      ...errorAbout({ kind: 'cron', id: 6, name: 'x' }, 'found "61", expected 0–59'),
      field: 'cron_min',
    },
    warningAbout({ kind: 'cron', id: 1, name: 'backup' }, 'never mind'),
  ],
  firings: [firing],
  active: [],
  planned: [],
}
const told = (other: Partial<ExplainFacts> = {}) =>
  [...explainMinute({ ...facts, ...other })].map((each) => `${each.cron?.id ?? '-'} ${describeExplanation(each)}`)

test('explained: what runs, in which order, and why each other cron does not', () => {
  deepEqual(told(), [
    '1 runs',
    '2 runs if the one before it in the job fail',
    '3 runs if the 2 before it in the job fail',
    '4 not due',
    '5 disabled',
    '- cron 6 (x), cron_min: found "61", expected 0–59',
  ])
})

test('explained: a run that is still active', () => {
  const stage = { kind: 'running', since: Date.parse('2026-03-01T12:00:05Z') } as const
  const active = [{ id: 'r1', crons: [1], job: 'failover:backup', minute: firing.minute, isWaiting: false, stage }]
  deepEqual(
    told({ active })[1],
    '2 skipped: run r1, started for 2026-03-01T12:00Z, has been running since 2026-03-01T12:00:05Z',
  )
  const clobber = aFiring('clobber', [1])
  deepEqual(told({ active, firings: [clobber] })[0], '1 runs once r1 is killed')
  const all = aFiring('all', [1, 2])
  deepEqual(told({ active, firings: [all] }).slice(0, 2), [
    '2 runs',
    '1 skipped: run r1, started for 2026-03-01T12:00Z, has been running since 2026-03-01T12:00:05Z',
  ])
})

test('explained: a minute that was planned before', () => {
  const planned = [{ from: firing.minute, to: firing.minute }]
  deepEqual(told({ planned })[0], '1 this minute is already planned')
})
