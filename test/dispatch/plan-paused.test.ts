import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type ActiveFacts, planFiring } from '../../src/dispatch/plan-firing.ts'
import { ACTIONS, type Action } from '../../src/domain/action.ts'
import type { Cron } from '../../src/domain/cron.ts'
import type { Minute } from '../../src/domain/minute.ts'
import { aFiring } from '../support/builders.ts'

const running = (crons: readonly number[], present: number | null = null): ActiveFacts => ({
  id: 'a'.repeat(32),
  crons,
  job: 'clobber:backup',
  minute: 1000 as Minute,
  isWaiting: false,
  stage: { kind: 'running', since: 0 },
  ...(present !== null && { present: { cron: present } }),
})
const pausing =
  (...ids: readonly number[]) =>
  ({ id }: Cron) =>
    ids.includes(id) ? `cron ${id} is paused` : null

/** What is started, in order, and what is killed; null where nothing is done since it is paused. */
function planned(action: Action, paused: readonly number[], active: readonly ActiveFacts[] = []) {
  const plan = planFiring(aFiring(action, [1, 2, 3]), active, pausing(...paused))
  switch (plan.kind) {
    case 'paused':
      return null
    case 'skip':
      return 'skip'
    case 'walk':
      return { start: plan.order.map(({ id }) => id), kill: plan.kill.length }
    default:
      return { start: plan.start.map(({ id }) => id), kill: 0 }
  }
}

const ROWS: readonly (readonly [string, ReturnType<typeof planned>, ReturnType<typeof planned>])[] = [
  ['failover passes over a paused system', planned('failover', [1]), { start: [2, 3], kill: 0 }],
  ['all leaves it out', planned('all', [2]), { start: [1, 3], kill: 0 }],
  ['clobber goes to the others', planned('clobber', [1]), { start: [2, 3], kill: 0 }],
  ['a job that is paused on every host is paused', planned('failover', [1, 2, 3]), null],
  ['so is an all', planned('all', [1, 2, 3]), null],
  ['a clobber that is paused kills nothing', planned('clobber', [1, 2, 3], [running([1])]), null],
  ['nor what is active on a paused system', planned('clobber', [1], [running([1])]), null],
  [
    'it kills what is active elsewhere, though the walk would have come by the paused system',
    planned('clobber', [1], [running([1, 2], 2)]),
    { start: [2, 3], kill: 1 },
  ],
  ['what is active on a paused system keeps a failover off', planned('failover', [1], [running([1])]), 'skip'],
]
for (const [what, plan, expected] of ROWS) test(what, () => deepEqual(plan, expected))

test('shuffle passes over what is paused, whichever it is', () => {
  const plan = planFiring(aFiring('shuffle', [1, 2, 3, 4]), [], pausing(2))
  deepEqual(plan.kind === 'walk' && plan.order.map(({ id }) => id).toSorted(), [1, 3, 4])
})

test('each cron of a firing is started, skipped or paused, and none that is paused is started', () => {
  const ids = fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { minLength: 1 })
  const some = fc.array(fc.integer({ min: 1, max: 8 }))
  fc.assert(
    fc.property(fc.constantFrom(...ACTIONS), ids, some, some, (action, crons, paused, active) => {
      const runs = active.map((cron) => running([cron], cron))
      const plan = planFiring(aFiring(action, crons), runs, pausing(...paused))
      const pausedIds = plan.paused.map(({ cron }) => cron.id)
      if (plan.kind === 'paused') {
        deepEqual(pausedIds.toSorted(), crons.toSorted())
        return
      }
      const others =
        plan.kind === 'walk'
          ? plan.order
          : plan.kind === 'skip'
            ? plan.crons
            : [...plan.start, ...plan.skipped.map(({ cron }) => cron)]
      deepEqual([...pausedIds, ...others.map(({ id }) => id)].toSorted(), crons.toSorted())
      equal(
        pausedIds.every((id) => paused.includes(id)),
        true,
      )
      ok(others.every(({ id }) => !paused.includes(id)))
    }),
  )
})
