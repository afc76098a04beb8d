import { deepEqual, equal, notDeepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { type ActiveFacts, afterOutcome, planFiring } from '../../src/dispatch/plan-firing.ts'
import { addMinutes, type Minute } from '../../src/domain/minute.ts'
import type { Outcome } from '../../src/domain/outcome.ts'
import { aCron, aFiring } from '../support/builders.ts'

const anActive = (overrides: Partial<ActiveFacts> = {}): ActiveFacts => ({
  id: 'a'.repeat(32),
  crons: [1],
  job: 'failover:backup',
  minute: 1000 as Minute,
  isWaiting: false,
  stage: { kind: 'running', since: 0 },
  ...overrides,
})

const ids = (crons: readonly { readonly id: number }[]) => crons.map(({ id }) => id)

test('failover walks in the order the crons were provided', () => {
  const plan = planFiring(aFiring('failover', [3, 5, 9]), [])
  deepEqual(plan.kind === 'walk' && [ids(plan.order), plan.kill], [[3, 5, 9], []])
})

test('shuffle: the order is a function of job and minute', () => {
  const firing = aFiring('shuffle', [1, 2, 3, 4, 5, 6, 7, 8])
  const orderOf = (other: typeof firing) => {
    const plan = planFiring(other, [])
    return plan.kind === 'walk' ? ids(plan.order) : []
  }
  deepEqual(orderOf(firing), orderOf({ ...firing }))
  deepEqual(orderOf(firing).toSorted(), ids(firing.crons))
  notDeepEqual(orderOf(firing), orderOf({ ...firing, minute: addMinutes(firing.minute, 1) }))
  notDeepEqual(orderOf(firing), orderOf({ ...firing, job: { ...firing.job, name: 'other' } }))
})

test('shuffle: over many minutes every host comes first about equally often', () => {
  const firing = aFiring('shuffle', [0, 1, 2, 3])
  const first = [0, 0, 0, 0]
  for (let by = 0; by < 4000; by++) {
    const plan = planFiring({ ...firing, minute: addMinutes(firing.minute, by) }, [])
    const id = plan.kind === 'walk' ? (plan.order[0]?.id ?? 0) : 0
    first[id] = (first[id] ?? 0) + 1
  }
  // 1000 expected each; five standard deviations are 137.
  for (const count of first) equal(Math.abs(count - 1000) < 140, true, `${first}`)
})

const overlaps = [
  { what: 'a run of the job, of another row', active: anActive({ crons: [77] }), related: true },
  {
    what: 'a run of the row, started for a job it was renamed from',
    active: anActive({ job: 'failover:old name' }),
    related: true,
  },
  { what: 'a run of the row, started under another action', active: anActive({ job: 'all:backup' }), related: true },
  { what: 'a run of another job and row', active: anActive({ crons: [77], job: 'failover:other' }), related: false },
  {
    what: 'a run of a job that shares the name alone',
    active: anActive({ crons: [77], job: 'clobber:backup' }),
    related: false,
  },
] as const

for (const { what, active, related } of overlaps) {
  test(`failover beside ${what}`, () => {
    equal(planFiring(aFiring('failover', [1, 2]), [active]).kind, related ? 'skip' : 'walk')
  })
}

test('shuffle is skipped while a run of its job is active', () => {
  equal(planFiring(aFiring('shuffle', [1, 2]), [anActive({ job: 'shuffle:backup' })]).kind, 'skip')
})

test('all: only the cron that is still active is skipped', () => {
  const plan = planFiring(aFiring('all', [1, 2, 3]), [anActive({ job: 'all:backup', crons: [2] })])
  deepEqual(plan.kind === 'all' && [ids(plan.start), plan.skipped.map(({ cron }) => cron.id)], [[1, 3], [2]])
})

test('all: a run of a row outside the firing stands in no way', () => {
  const plan = planFiring(aFiring('all', [1]), [anActive({ job: 'all:backup', crons: [77] })])
  deepEqual(plan.kind === 'all' && ids(plan.start), [1])
})

test('clobber kills every run of the job and of its rows, and no other', () => {
  const active = [
    anActive({ id: 'of the job', job: 'clobber:backup', crons: [77] }),
    anActive({ id: 'of the row', job: 'failover:old', crons: [2] }),
    anActive({ id: 'of neither', job: 'clobber:other', crons: [5] }),
  ]
  const plan = planFiring(aFiring('clobber', [1, 2]), active)
  deepEqual(plan.kind === 'walk' && [plan.kill, ids(plan.order)], [
    ['of the job', 'of the row'],
    [1, 2],
  ])
})

const steps: readonly (readonly [Outcome, 'next' | 'stop'])[] = [
  [{ kind: 'succeeded' }, 'stop'],
  [{ kind: 'failed', exitCode: 1 }, 'next'],
  [{ kind: 'signaled', signal: 'SEGV' }, 'next'],
  [{ kind: 'timed-out', afterMs: 1 }, 'next'],
  [{ kind: 'unreachable', reason: '' }, 'next'],
  [{ kind: 'refused', reason: '' }, 'next'],
  [{ kind: 'lost', reason: '' }, 'stop'],
  [{ kind: 'killed', by: 'clobber' }, 'stop'],
  [{ kind: 'blocked', reason: '' }, 'stop'],
  [{ kind: 'skipped', reason: '' }, 'stop'],
  [{ kind: 'missed', reason: '' }, 'stop'],
]

for (const [outcome, step] of steps) {
  test(`after ${outcome.kind}: ${step}`, () => equal(afterOutcome(outcome, aCron()), step))
}

test('after a loss the walk goes on where the cron says so', () => {
  equal(afterOutcome({ kind: 'lost', reason: '' }, aCron({ onLost: 'failover' })), 'next')
})
