import { deepEqual, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import type { Outcome } from '../../src/domain/outcome.ts'
import type { RunEvent, RunEventOf } from '../../src/domain/run-event.ts'
import { aFiring, aSystem } from '../support/builders.ts'
import { settled } from '../support/hand-clock.ts'
import { aDispatch } from './a-dispatch.ts'

const failed: Outcome = { kind: 'failed', exitCode: 3 }

function eventsOf<Kind extends RunEvent['kind']>(events: readonly RunEvent[], kind: Kind): RunEventOf<Kind>[] {
  return events.filter((event): event is RunEventOf<Kind> => event.kind === kind)
}

test('a failover firing is noted from its beginning to its end, its attempts numbered', async (t) => {
  const { dispatcher, executor, events, clock } = aDispatch(t)
  const { result } = dispatcher.fire(aFiring('failover', [1, 2, 3]), 'schedule')
  await settled()
  executor.newest(1).begin()
  executor.newest(1).watch.unknown('connection lost')
  executor.newest(1).watch.unknown('no route')
  executor.newest(1).watch.found()
  executor.newest(1).end(failed)
  await settled()
  executor.newest(2).begin()
  executor.newest(2).succeed()
  await result
  deepEqual(
    events.map((event) => ('run' in event ? [event.kind, event.run.cron] : [event.kind])),
    [
      ['fired'],
      ['started', 1],
      ['contact-lost', 1],
      ['contact-still-lost', 1],
      ['contact-found', 1],
      ['ended', 1],
      ['started', 2],
      ['ended', 2],
      ['firing-ended'],
    ],
  )
  deepEqual(
    eventsOf(events, 'started').map(({ at, run }) => [at, run.attempt, run.host, run.firing.how]),
    [
      [clock.now(), { number: 1, of: 3 }, 'host1', 'schedule'],
      [clock.now(), { number: 2, of: 3 }, 'host2', 'schedule'],
    ],
  )
  const [ended] = eventsOf(events, 'firing-ended')
  const ids = eventsOf(events, 'ended').map(({ run }) => run.id)
  deepEqual(
    ended?.attempts.map(({ cron, run, outcome }) => [cron.host, run, outcome?.kind]),
    [
      ['host1', ids[0], 'failed'],
      ['host2', ids[1], 'succeeded'],
    ],
  )
})

test('what is skipped is noted like all else, of a firing that has its beginning and its end', async (t) => {
  const { dispatcher, executor, events } = aDispatch(t)
  const first = dispatcher.fire(aFiring('failover', [1]), 'schedule')
  await settled()
  events.splice(0)
  await dispatcher.fire(aFiring('failover', [1]), 'manual').result
  deepEqual(
    events.map(({ kind }) => kind),
    ['fired', 'not-run', 'firing-ended'],
  )
  const [notRun] = eventsOf(events, 'not-run')
  deepEqual([notRun?.run.id, notRun?.outcome.kind, notRun?.run.firing.how], [null, 'skipped', 'manual'])
  executor.newest(1).succeed()
  await first.result
})

test('a run that was adopted has its end noted, and what its firing goes on to is of the same firing', async (t) => {
  const firing = aFiring('failover', [1, 2])
  const before = aDispatch(t)
  void before.dispatcher.fire(firing, 'manual')
  await settled()
  void before.dispatcher.abandon()
  const { dispatcher, executor, events } = aDispatch(t, { directory: before.directory, crons: firing.crons })
  await dispatcher.adopt()
  await settled()
  executor.adopted[0]?.handle.end(failed)
  await settled()
  executor.newest(2).succeed()
  await dispatcher.idle()
  deepEqual(
    events.map((event) => ('run' in event ? [event.kind, event.run.cron] : [event.kind])),
    [
      ['adopted', 1],
      ['ended', 1],
      ['continued', 1],
      ['ended', 2],
    ],
  )
  const [fired] = eventsOf(before.events, 'fired')
  const [adopted, next] = eventsOf(events, 'ended')
  deepEqual(
    [adopted, next].map((end) => [end?.run.firing.series, end?.run.isAdopted]),
    [
      [fired?.firing.series, true],
      [fired?.firing.series, false],
    ],
  )
})

for (const how of ['schedule', 'manual'] as const) {
  for (const host of [1, 2]) {
    test(`while a ${how} firing waits for a place on host ${host}, it goes by the id of the run that then begins there`, async (t) => {
      const { dispatcher, executor, events } = aDispatch(t, { limits: { runs: 9, runsPerHost: 1 } })
      const system = aSystem({ id: host, host: `host${host}` })
      const other = dispatcher.fire(aFiring('all', [7], { name: 'other', system }), 'schedule')
      await settled()
      const waiting = dispatcher.fire(aFiring('failover', [1, 2]), how)
      await settled()
      if (host === 2) executor.newest(1).end(failed)
      await settled()
      await dispatcher.fire(aFiring('failover', [3]), 'schedule').result
      const [skipped] = eventsOf(events, 'not-run')
      executor.newest(7).succeed()
      await other.result
      await settled()
      executor.newest(host).succeed()
      await waiting.result
      const id = eventsOf(events, 'ended').at(-1)?.run.id
      ok(skipped?.outcome.kind === 'skipped')
      match(skipped.outcome.reason, new RegExp(`^run ${id}, .* has been waiting for a slot`))
    })
  }
}
