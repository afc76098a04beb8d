import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import type { ActiveRun } from '../../src/dispatch/active/active-run.ts'
import { aFiring } from '../support/builders.ts'
import { settled } from '../support/hand-clock.ts'
import { aDispatch } from './a-dispatch.ts'

const BY_RULE = { isForced: false, by: 'anna' }
const FORCED = { isForced: true, by: 'anna' }

const only = (active: Iterable<ActiveRun>): ActiveRun => {
  const [run, ...others] = [...active]
  ok(run !== undefined && others.length === 0)
  return run
}

test('a firing by hand names the ids of its runs, and is bound by the rules of overlap', async (t) => {
  const { dispatcher, executor } = aDispatch(t)
  const first = dispatcher.fireByHand(aFiring('failover', [1, 2]), BY_RULE)
  await first.begun
  equal(executor.started[0]?.run.id, first.runs[0])
  const second = dispatcher.fireByHand(aFiring('failover', [1, 2]), BY_RULE)
  const { outcomes } = await second.result
  deepEqual(
    outcomes.map(({ outcome }) => outcome?.kind),
    ['skipped', 'skipped'],
  )
  equal(new Set([...first.runs, ...second.runs]).size, 4)
})

for (const action of ['failover', 'clobber', 'all'] as const) {
  test(`forced, a firing of action ${action} begins beside a run of its row, which lives on under its own lock`, async (t) => {
    const { dispatcher, executor, locks } = aDispatch(t)
    await dispatcher.fireByHand(aFiring(action, [1]), BY_RULE).begun
    const forced = dispatcher.fireByHand(aFiring(action, [1]), FORCED)
    await forced.begun
    deepEqual([executor.crons, locks().length], [[1, 1], 2])
    deepEqual(executor.started[0]?.handle.kills, [])
    executor.newest(1).succeed()
    equal((await forced.result).outcomes[0]?.outcome?.kind, 'succeeded')
    equal(locks().length, 1)
  })
}

test('a forced run keeps the next firing off as any other, and is found by the process that comes after', async (t) => {
  const before = aDispatch(t)
  await before.dispatcher.fireByHand(aFiring('failover', [1]), FORCED).begun
  const next = before.dispatcher.fire(aFiring('failover', [1]), 'schedule')
  equal((await next.result).outcomes[0]?.outcome?.kind, 'skipped')
  const after = aDispatch(t, { directory: before.directory })
  await after.dispatcher.adopt()
  await settled()
  equal(after.executor.adopted[0]?.run.id, before.executor.started[0]?.run.id)
})

test('of two forced firings of one minute each goes its own way, whichever process comes after', async (t) => {
  const rows = aFiring('failover', [1, 2])
  const before = aDispatch(t)
  await before.dispatcher.fireByHand(rows, FORCED).begun
  await before.dispatcher.fireByHand(aFiring('failover', [2]), FORCED).begun
  const { dispatcher, executor, events } = aDispatch(t, { directory: before.directory, crons: rows.crons })
  await dispatcher.adopt()
  await settled()
  const handleOf = (at: number) => {
    const { run } = before.executor.started[at] ?? {}
    return executor.adopted.find((adopted) => adopted.run.id === run?.id)?.handle
  }
  handleOf(1)?.succeed()
  await settled()
  handleOf(0)?.end({ kind: 'failed', exitCode: 3 })
  await settled()
  ok(events.some(({ kind }) => kind === 'continued'))
  executor.newest(2).succeed()
  await dispatcher.idle()
})

test('a kill is answered when the end is reported, and the failover goes no further', async (t) => {
  const { dispatcher, executor, events } = aDispatch(t)
  const firing = dispatcher.fire(aFiring('failover', [1, 2]), 'schedule')
  await firing.begun
  deepEqual(await dispatcher.kill(only(dispatcher.active), 'operator'), { kind: 'dead' })
  deepEqual(
    events.flatMap((event) => (event.kind === 'ended' ? [event.result.outcome] : [])),
    [{ kind: 'killed', by: 'operator' }],
  )
  deepEqual([executor.crons, [...dispatcher.active]], [[1], []])
})

test('a death that a host does not confirm is not said to be one, nor one of which nothing is heard', async (t) => {
  const { dispatcher, executor, events, clock } = aDispatch(t)
  await dispatcher.fire(aFiring('failover', [1]), 'schedule').begun
  const handle = executor.newest(1)
  handle.onKill = () => ({ kind: 'unconfirmed', reason: 'host away' })
  const active = only(dispatcher.active)
  deepEqual(await dispatcher.kill(active, 'operator'), { kind: 'unconfirmed', reason: 'host away' })
  equal(events.filter(({ kind }) => kind === 'kill-unconfirmed').length, 1)
  handle.onKill = () => new Promise(() => undefined)
  const silent = dispatcher.kill(active, 'operator')
  await settled()
  await clock.advance(60_000)
  const answer = await silent
  ok(answer.kind === 'unconfirmed')
  match(answer.reason, /its end is not confirmed after \d+ s/)
  equal([...dispatcher.active].length, 1)
})

test('an active run is known by the runs that it went by before', async (t) => {
  const { dispatcher, executor } = aDispatch(t)
  await dispatcher.fire(aFiring('failover', [1, 2]), 'schedule').begun
  const active = only(dispatcher.active)
  const first = active.id
  equal(active.present?.host, 'host1')
  executor.newest(1).end({ kind: 'failed', exitCode: 1 })
  await settled()
  await settled()
  equal(active.present?.host, 'host2')
  ok(active.isCalled(first) && active.isCalled(active.id) && first !== active.id)
})
