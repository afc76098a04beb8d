import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { hasSucceeded } from '../../src/dispatch/firing-result.ts'
import { addMinutes } from '../../src/domain/minute.ts'
import type { Outcome } from '../../src/domain/outcome.ts'
import type { KillConfirmation } from '../../src/execution/executor.ts'
import { StoreError } from '../../src/store/sql/store-error.ts'
import { aCron, aFiring, aSystem } from '../support/builders.ts'
import { A_TRACE } from '../support/fake-executor.ts'
import { settled } from '../support/hand-clock.ts'
import { aDispatch } from './a-dispatch.ts'

const failed: Outcome = { kind: 'failed', exitCode: 3 }

test('failover goes from host to host until one succeeds', async (t) => {
  const { dispatcher, executor } = aDispatch(t)
  const { result } = dispatcher.fire(aFiring('failover', [1, 2, 3]), 'schedule')
  await settled()
  executor.newest(1).end(failed)
  await settled()
  executor.newest(2).succeed()
  const ended = await result
  deepEqual(
    ended.outcomes.map(({ outcome }) => outcome?.kind),
    ['failed', 'succeeded'],
  )
  deepEqual(executor.crons, [1, 2])
  ok(hasSucceeded(ended))
})

test('all starts everything at once, each on its own', async (t) => {
  const { dispatcher, executor } = aDispatch(t)
  const { result } = dispatcher.fire(aFiring('all', [1, 2, 3]), 'schedule')
  await settled()
  deepEqual(executor.crons, [1, 2, 3])
  executor.newest(2).end(failed)
  executor.newest(3).succeed()
  executor.newest(1).succeed()
  equal(hasSucceeded(await result), false)
})

test('while a run is unknown nothing else is tried, and its place under the throttle is free', async (t) => {
  const { dispatcher, executor } = aDispatch(t, { limits: { runs: 1, runsPerHost: 1 } })
  const { result } = dispatcher.fire(aFiring('failover', [1, 2]), 'schedule')
  await settled()
  executor.newest(1).begin()
  executor.newest(1).watch.unknown('connection lost')
  const other = dispatcher.fire(aFiring('failover', [3], { name: 'other' }), 'schedule')
  await settled()
  deepEqual(executor.crons, [1, 3])
  deepEqual(
    [...dispatcher.active].map(({ state }) => state),
    ['unknown', 'running'],
  )
  executor.newest(1).watch.found()
  executor.newest(1).end({ kind: 'lost', reason: 'cancelled' })
  executor.newest(3).succeed()
  deepEqual((await result).outcomes.length, 1)
  await other.result
  await dispatcher.idle()
})

test('a firing is skipped while its job is active, between two hosts of its walk too', async (t) => {
  const { dispatcher, executor, locks } = aDispatch(t)
  const first = dispatcher.fire(aFiring('failover', [1, 2]), 'schedule')
  await settled()
  const later = { ...aFiring('failover', [1, 2]), minute: addMinutes(aFiring('failover', [1]).minute, 1) }
  const second = await dispatcher.fire(later, 'schedule').result
  deepEqual(
    second.outcomes.map(({ outcome }) => outcome?.kind),
    ['skipped', 'skipped'],
  )
  executor.newest(1).end(failed)
  const third = await dispatcher.fire(later, 'schedule').result
  deepEqual(
    third.outcomes.map(({ outcome }) => outcome?.kind),
    ['skipped', 'skipped'],
  )
  await settled()
  executor.newest(2).succeed()
  await first.result
  deepEqual(locks(), [])
})

test('the lock is there before the command is handed over, gets the trace, and goes with the end', async (t) => {
  const { dispatcher, executor, locks, directory, clock } = aDispatch(t)
  let seen: string[] = []
  executor.onStart = () => {
    seen = locks()
  }
  const { result, begun } = dispatcher.fire(aFiring('failover', [1]), 'schedule')
  await begun
  equal(seen.length, 1)
  executor.newest(1).begin()
  await clock.advance(250)
  const text = readFileSync(`${directory}/${seen[0]}`, 'utf8')
  deepEqual(JSON.parse(text).trace, A_TRACE)
  ok(!text.includes('not printed'), 'no secret in it')
  executor.newest(1).succeed()
  await result
  deepEqual(locks(), [])
})

test('a run that waits says so once, for what; and each skip says the truth of the run before', async (t) => {
  const { dispatcher, executor, log, clock } = aDispatch(t, { limits: { runs: 2, runsPerHost: 1 } })
  const fire = (name: string, id: number) => dispatcher.fire(aFiring('failover', [id], { name }), 'manual')
  const skippedBy = async (name: string, id: number) => {
    const { outcomes } = await fire(name, id).result
    return JSON.stringify(outcomes[0]?.outcome).replace(/run [0-9a-f]{32}/, 'run X')
  }
  void fire('first', 1)
  void fire('second', 2)
  void fire('inAll', 3)
  await settled()
  const waits = log.entries.filter(({ message }) => message === 'run waits for a slot')
  deepEqual(
    waits.map(({ fields }) => [fields['job'], fields['limit'], fields['reason']]),
    [['inAll', 'RCRON_MAX_CONCURRENT_RUNS', 'all slots are taken (2)']],
  )
  match(
    await skippedBy('inAll', 3),
    /run X, planned for .* has been waiting for a slot since 2026-03-01T12:00:00Z: all slots are taken \(2\)/,
  )
  match(await skippedBy('first', 1), /run X, started for .* was handed over at .*, and its host has not begun it yet/)
  await clock.advance(5_000)
  deepEqual(
    log.entries.filter(({ message }) => message === 'run waits for its host').map(({ fields }) => fields['job']),
    ['first', 'second'],
  )
  executor.newest(1).begin()
  match(
    await skippedBy('first', 1),
    /run X, started for 2026-03-01T12:00Z, has been running since 2026-03-01T12:00:05Z/,
  )
  executor.newest(1).watch.unknown('gone')
  match(await skippedBy('first', 1), /has been out of contact since 2026-03-01T12:00:05Z, and may be running: gone/)
  await clock.advance(60_000)
  executor.newest(1).watch.unknown('another machine')
  match(
    await skippedBy('first', 1),
    /has been out of contact since 2026-03-01T12:00:05Z, and may be running: another machine/,
  )
  deepEqual(
    log.entries
      .filter(({ message }) => message.includes('contact with run'))
      .map(({ message, fields }) => [message, fields['reason']]),
    [
      ['lost contact with run; still counted as active, will probe again', 'gone'],
      ['still no contact with run, for another reason', 'another machine'],
    ],
  )
  executor.newest(1).watch.found()
  match(await skippedBy('first', 1), /has been running since/)
})

test('F3: a walk has begun with its first run, of action 2 each cron on its own, and what is skipped when that is told', async (t) => {
  const { dispatcher, executor, log } = aDispatch(t, { limits: { runs: 2, runsPerHost: 1 } })
  const told: (readonly number[])[] = []
  const fire = (...firing: Parameters<typeof aFiring>) =>
    dispatcher.fire(aFiring(...firing), 'schedule', (crons) => told.push(crons))
  void fire('failover', [1, 2], { name: 'walk' })
  const { begun } = fire('all', [3, 4, 5], { name: 'each' })
  await settled()
  // The others of them wait for their places.
  deepEqual(told, [[1, 2], [3]])
  const skipped = fire('shuffle', [1, 6], { name: 'other' })
  await skipped.begun
  deepEqual([told.slice(2), log.of('warn').length], [[[1], [6]], 3])
  executor.newest(1).end(failed)
  executor.newest(3).succeed()
  await begun
  deepEqual(told.slice(4), [[4], [5]])
})

for (const [way, outcome, crons] of [
  ['at its end', { kind: 'succeeded' }, [1]],
  ['in exchange for the next one', failed, [1, 2]],
] as const) {
  test(`F5: a lock goes, ${way}, only when the outcome is written where the end of the process cannot take it back`, async (t) => {
    const { dispatcher, executor, locks, log } = aDispatch(t)
    const { result } = dispatcher.fire(aFiring('failover', [1, 2]), 'schedule')
    await settled()
    const before = locks()
    const { promise, resolve } = Promise.withResolvers<void>()
    log.writing = promise
    executor.newest(1).end(outcome)
    await settled()
    const ends = log.entries.filter(({ message }) => message === 'run ended').length
    deepEqual([ends, locks(), executor.crons], [1, before, [1]])
    resolve()
    await settled()
    deepEqual(executor.crons, crons)
    ok(!locks().includes(before[0] ?? ''))
    executor.newest(crons.at(-1) ?? 0).succeed()
    await result
    deepEqual(locks(), [])
  })
}

test('clobber: the run before is confirmed dead before the new one starts', async (t) => {
  const { dispatcher, executor } = aDispatch(t)
  const first = dispatcher.fire(aFiring('clobber', [1, 2]), 'schedule')
  await settled()
  const old = executor.newest(1)
  const death = Promise.withResolvers<void>()
  old.onKill = async (by) => {
    await death.promise
    old.end({ kind: 'killed', by })
    return { kind: 'dead' }
  }
  const second = dispatcher.fire(aFiring('clobber', [1, 2]), 'manual')
  await settled()
  deepEqual([old.kills, executor.crons], [['clobber'], [1]])
  death.resolve()
  deepEqual(
    (await first.result).outcomes.map(({ outcome }) => outcome),
    [{ kind: 'killed', by: 'clobber' }],
  )
  await settled()
  deepEqual(executor.crons, [1, 1])
  executor.newest(1).succeed()
  ok(hasSucceeded(await second.result))
})

test('clobber: a death that cannot be confirmed blocks the new run, and the next minute asks again', async (t) => {
  const { dispatcher, executor, recorder, records } = aDispatch(t)
  void dispatcher.fire(aFiring('clobber', [1]), 'schedule')
  await settled()
  const old = executor.newest(1)
  old.onKill = () => ({ kind: 'unconfirmed', reason: 'stuck pids=9' })
  const blocked = await dispatcher.fire(aFiring('clobber', [1]), 'manual').result
  equal(blocked.outcomes[0]?.outcome?.kind, 'blocked')
  deepEqual(executor.crons, [1])
  await records.flushed()
  match(recorder.records[0]?.errors ?? '', /blocked: .*stuck pids=9/)
  old.onKill = (by) => {
    old.end({ kind: 'killed', by })
    return { kind: 'dead' }
  }
  const third = dispatcher.fire(aFiring('clobber', [1]), 'manual')
  await settled()
  executor.newest(1).succeed()
  ok(hasSucceeded(await third.result))
  equal(old.kills.length, 2)
})

test('clobber: a run that is dead and never told as ended blocks after 10 s, one that is told in time does not', async (t) => {
  const { dispatcher, executor, clock } = aDispatch(t)
  void dispatcher.fire(aFiring('clobber', [1]), 'schedule')
  await settled()
  const old = executor.newest(1)
  old.onKill = () => ({ kind: 'dead' })
  const late = dispatcher.fire(aFiring('clobber', [1]), 'manual')
  await settled()
  deepEqual(executor.crons, [1])
  await clock.advance(10_000)
  equal((await late.result).outcomes[0]?.outcome?.kind, 'blocked')
  const inTime = dispatcher.fire(aFiring('clobber', [1]), 'manual')
  await settled()
  old.end({ kind: 'killed', by: 'clobber' })
  await settled()
  executor.newest(1).succeed()
  ok(hasSucceeded(await inTime.result))
})

test('clobber: while one minute waits for a death the next one is skipped, and one run starts', async (t) => {
  const { dispatcher, executor } = aDispatch(t)
  void dispatcher.fire(aFiring('clobber', [1]), 'schedule')
  await settled()
  const old = executor.newest(1)
  const death = Promise.withResolvers<void>()
  old.onKill = async (by) => {
    await death.promise
    old.end({ kind: 'killed', by })
    return { kind: 'dead' }
  }
  const second = dispatcher.fire(aFiring('clobber', [1]), 'manual')
  await settled()
  const third = await dispatcher.fire(aFiring('clobber', [1]), 'manual').result
  deepEqual(
    third.outcomes.map(({ outcome }) => outcome?.kind),
    ['skipped'],
  )
  death.resolve()
  await settled()
  equal(executor.started.length, 2)
  executor.newest(1).succeed()
  ok(hasSucceeded(await second.result))
})

test('clobber: what waits for the throttle keeps its place, however many minutes pass', async (t) => {
  const { dispatcher, executor, locks } = aDispatch(t, { limits: { runs: 1, runsPerHost: 1 } })
  void dispatcher.fire(aFiring('failover', [9], { name: 'long' }), 'schedule')
  await settled()
  const waiting = dispatcher.fire(aFiring('clobber', [1]), 'schedule')
  await settled()
  equal(locks().length, 2)
  void dispatcher.fire(aFiring('failover', [8], { name: 'behind' }), 'schedule')
  const newer = await dispatcher.fire(aFiring('clobber', [1]), 'manual').result
  match(JSON.stringify(newer.outcomes[0]?.outcome), /skipped.*has been waiting for a slot since/)
  executor.newest(9).succeed()
  await settled()
  deepEqual(executor.crons, [9, 1])
  executor.newest(1).succeed()
  ok(hasSucceeded(await waiting.result))
})

test('the throttle: at most so many on a host, so many in all; who waited says how long', async (t) => {
  const { dispatcher, executor, clock, log } = aDispatch(t, { limits: { runs: 3, runsPerHost: 2 } })
  const onOneHost = aCron({ id: 7 }).system
  const results = [1, 2, 3].map((id) => {
    const firing = aFiring('failover', [id], { name: `job ${id}`, system: onOneHost })
    return dispatcher.fire(firing, 'schedule').result
  })
  results.push(
    ...[4, 5].map((id) => dispatcher.fire(aFiring('failover', [id], { name: `job ${id}` }), 'schedule').result),
  )
  await settled()
  deepEqual(executor.crons, [1, 2, 4])
  await clock.advance(1500)
  executor.newest(1).succeed()
  await settled()
  deepEqual(executor.crons.toSorted(), [1, 2, 4, 5])
  for (const id of [2, 4, 5]) executor.newest(id).succeed()
  await settled()
  executor.newest(3).begin()
  executor.newest(3).succeed()
  await Promise.all(results)
  const [waits, started] = log.entries.filter(({ fields }) => fields['cron'] === 3)
  deepEqual(
    [waits?.message, waits?.fields['limit'], waits?.fields['reason']],
    ['run waits for a slot', 'RCRON_MAX_CONCURRENT_RUNS_PER_HOST', 'all slots of host host7 are taken (2)'],
  )
  deepEqual([started?.message, started?.fields['waitMs']], ['run started', 1500])
})

test('several names of one machine share its places', async (t) => {
  const placeOf = () => Promise.resolve('10.0.0.1 22')
  const { dispatcher, executor } = aDispatch(t, { limits: { runs: 3, runsPerHost: 1 }, placeOf })
  const results = [1, 2].map((id) => {
    const system = aSystem({ id, host: `name${id}` })
    return dispatcher.fire(aFiring('failover', [id], { name: `job ${id}`, system }), 'schedule').result
  })
  await settled()
  deepEqual(executor.crons, [1])
  executor.newest(1).succeed()
  await settled()
  deepEqual(executor.crons, [1, 2])
  executor.newest(2).succeed()
  await Promise.all(results)
})

test('a bug below in one firing: its host is asked what became of the run, and no other firing is touched', async (t) => {
  const { dispatcher, executor, log, locks } = aDispatch(t)
  executor.onStart = (_, { cron }) => {
    if (cron.id === 1) throw new TypeError('a bug')
  }
  const [buggy, good] = [aFiring('failover', [1, 2]), aFiring('failover', [3], { name: 'other' })].map((firing) =>
    dispatcher.fire(firing, 'schedule'),
  )
  await settled()
  executor.newest(3).succeed()
  equal((await good?.result)?.outcomes[0]?.outcome?.kind, 'succeeded')
  deepEqual([executor.crons, locks().length], [[1, 3], 1])
  executor.adopted[0]?.handle.end({ kind: 'unreachable', reason: 'had not begun it' })
  await settled()
  executor.newest(2).succeed()
  deepEqual(
    (await buggy?.result)?.outcomes.map(({ outcome }) => outcome?.kind),
    ['unreachable', 'succeeded'],
  )
  ok(log.of('error').some((message) => message.startsWith('bug')))
  await dispatcher.idle()
  deepEqual(locks(), [])
})

test('a run whose end a bug keeps from being known has no outcome, and is active under its lock until the next start', async (t) => {
  const { dispatcher, executor, directory, locks, events, log, recorder } = aDispatch(t)
  executor.onStart = (handle) => handle.fail(new TypeError('a bug'))
  executor.onAdopt = (handle) => handle.fail(new TypeError('another'))
  const first = await dispatcher.fire(aFiring('failover', [1, 2]), 'schedule').result
  deepEqual([first.outcomes.map(({ outcome }) => outcome), hasSucceeded(first)], [[null], false])
  deepEqual(log.of('error'), Array(2).fill('bug in rcron during a run'))
  deepEqual([events.filter(({ kind }) => kind === 'ended'), recorder.records], [[], []])
  const second = await dispatcher.fire(aFiring('failover', [1]), 'manual').result
  deepEqual([second.outcomes[0]?.outcome?.kind, locks().length], ['skipped', 1])
  const next = aDispatch(t, { directory })
  next.executor.onAdopt = (handle) => handle.succeed()
  await next.dispatcher.adopt()
  await next.dispatcher.idle()
  deepEqual(locks(), [])
})

test('a bug while an adopted run is under way: its host is asked once more, and then it waits for the next start', async (t) => {
  const before = aDispatch(t)
  for (const id of [1, 2]) void before.dispatcher.fire(aFiring('failover', [id], { name: `job ${id}` }), 'schedule')
  await settled()
  void before.dispatcher.abandon()
  const { dispatcher, executor, locks, log } = aDispatch(t, { directory: before.directory })
  const asked = new Map<string, number>()
  const last = before.executor.newest(2).id
  executor.onAdopt = (handle, { id }) => {
    asked.set(id, (asked.get(id) ?? 0) + 1)
    if (id === last && asked.get(id) === 2) handle.succeed()
    else handle.fail(new TypeError('a bug'))
  }
  await dispatcher.adopt()
  await dispatcher.probed()
  deepEqual([[...asked.values()], locks().length], [[2, 2], 1])
  deepEqual(log.of('error'), Array(3).fill('bug in rcron during an adopted run'))
  const { outcomes } = await dispatcher.fire(aFiring('failover', [1], { name: 'job 1' }), 'manual').result
  equal(outcomes[0]?.outcome?.kind, 'skipped')
})

test('a bug before a run is handed over: its job is free again', async (t) => {
  let isBroken = true
  const placeOf = () => {
    if (isBroken) throw new TypeError('a bug')
    return 'host'
  }
  const { dispatcher, executor, locks, log } = aDispatch(t, { placeOf })
  const broken = await dispatcher.fire(aFiring('all', [1, 2]), 'schedule').result
  deepEqual([broken.outcomes.map(({ outcome }) => outcome), hasSucceeded(broken)], [[null, null], false])
  deepEqual([locks(), log.of('error')], [[], Array(2).fill('bug in rcron during a run')])
  isBroken = false
  executor.onStart = (handle) => handle.succeed()
  ok(hasSucceeded(await dispatcher.fire(aFiring('all', [1, 2]), 'manual').result))
})

test('records wait for the store, the newest of a row wins, and nothing waits for them', async (t) => {
  const { dispatcher, executor, recorder, records, clock, log } = aDispatch(t)
  executor.onStart = (handle) => handle.end(failed, { startedAt: clock.now() })
  recorder.failure = new StoreError('store away', null)
  await dispatcher.fire(aFiring('failover', [1]), 'manual').result
  await settled()
  executor.onStart = (handle) => handle.end({ kind: 'succeeded' }, { startedAt: clock.now(), durationMs: 42 })
  await clock.advance(500)
  await dispatcher.fire(aFiring('failover', [1]), 'manual').result
  for (let second = 0; second < 40; second++) await clock.advance(1000)
  equal(log.of('error').filter((message) => message.includes('store')).length, 1)
  ok(recorder.asked < 12, 'it backs off')
  recorder.failure = null
  for (let second = 0; second < 40; second++) await clock.advance(1000)
  await records.flushed()
  deepEqual(
    recorder.records.map(({ durationMs, errors }) => [durationMs, errors]),
    [[42, null]],
  )
})

test('runs of a process that is gone are adopted: active, clobbered, and their end is collected', async (t) => {
  const before = aDispatch(t)
  void before.dispatcher.fire(aFiring('failover', [1, 2]), 'schedule')
  void before.dispatcher.fire(aFiring('clobber', [3], { name: 'long' }), 'schedule')
  await settled()
  before.executor.newest(1).begin()
  await before.clock.advance(250)
  void before.dispatcher.abandon()

  const after = aDispatch(t, { directory: before.directory })
  await after.dispatcher.adopt()
  await settled()
  deepEqual(new Set(after.executor.adopted.map(({ run }) => run.trace)), new Set([A_TRACE, null]))
  const skipped = await after.dispatcher.fire(aFiring('failover', [1, 2]), 'manual').result
  deepEqual(
    skipped.outcomes.map(({ outcome }) => outcome?.kind),
    ['skipped', 'skipped'],
  )

  const clobbering = after.dispatcher.fire(aFiring('clobber', [3], { name: 'long' }), 'manual')
  await settled()
  after.executor.newest(3).succeed()
  ok(hasSucceeded(await clobbering.result))

  const kept = after.executor.adopted.find(({ handle }) => !handle.ended)
  kept?.handle.end(failed, { startedAt: null, durationMs: null })
  await after.dispatcher.idle()
  await after.records.flushed()
  deepEqual(after.recorder.records.map(({ cronId, errors }) => `${cronId}: ${errors}`).toSorted(), [
    '1: failed with exit code 3',
    '3: killed by clobber',
    '3: null',
  ])
  deepEqual(after.locks(), [])
})

test('letting go leaves runs and locks alone, and begins nothing more', async (t) => {
  const { dispatcher, executor, locks } = aDispatch(t, { limits: { runs: 1, runsPerHost: 1 } })
  void dispatcher.fire(aFiring('failover', [1]), 'schedule')
  const waiting = dispatcher.fire(aFiring('failover', [2], { name: 'other' }), 'schedule')
  await settled()
  await dispatcher.abandon()
  equal((await waiting.result).outcomes[0]?.outcome?.kind, 'killed')
  ok(executor.newest(1).abandoned)
  deepEqual([executor.crons, locks().length], [[1], 1])
})

test('a firing that waits for the death of the run before it when rcron lets go was not begun, and is told before that is done', async (t) => {
  const { dispatcher, executor, log, locks } = aDispatch(t)
  const clobber = aFiring('clobber', [1])
  void dispatcher.fire(clobber, 'schedule')
  await settled()
  const answer = Promise.withResolvers<KillConfirmation>()
  executor.newest(1).onKill = () => answer.promise
  const later = dispatcher.fire({ ...clobber, minute: addMinutes(clobber.minute, 1) }, 'schedule')
  await settled()
  const letGo = dispatcher.abandon()
  answer.resolve({ kind: 'unconfirmed', reason: 'cancelled' })
  await letGo
  equal(log.entries.at(-1)?.fields['outcome'], 'killed')
  deepEqual(
    (await later.result).outcomes.map(({ outcome }) => outcome),
    [{ kind: 'killed', by: 'shutdown' }],
  )
  deepEqual([executor.crons, locks().length], [[1], 1])
})

test('nothing is taken up any more once rcron has let go', async (t) => {
  const before = aDispatch(t)
  for (const id of [1, 2, 3]) void before.dispatcher.fire(aFiring('failover', [id], { name: `job ${id}` }), 'schedule')
  await settled()
  void before.dispatcher.abandon()
  const after = aDispatch(t, { directory: before.directory })
  const looked = after.dispatcher.adopt()
  await after.dispatcher.abandon()
  await looked
  deepEqual([after.executor.adopted.length, after.locks().length], [0, 3])
})

test('a caught-up run begins no later than latest_start_min allows', async (t) => {
  const { dispatcher, executor, clock } = aDispatch(t)
  const firing = aFiring('failover', [1], { latestStartMin: 3 })
  clock.set((firing.minute + 4) * 60_000)
  const late = await dispatcher.fire(firing, 'catch-up').result
  equal(late.outcomes[0]?.outcome?.kind, 'missed')
  clock.set((firing.minute + 3) * 60_000 + 59_999)
  void dispatcher.fire(firing, 'catch-up')
  await settled()
  deepEqual(executor.crons, [1])
})

test('scheduled runs of a minute have the same ids after a restart, manual ones do not', async (t) => {
  const ids = async (how: 'schedule' | 'manual') => {
    const { dispatcher, executor } = aDispatch(t)
    executor.onStart = (handle) => handle.succeed()
    return (await dispatcher.fire(aFiring('failover', [1]), how).result).outcomes[0]?.run
  }
  match((await ids('schedule')) ?? '', /^[0-9a-f]{32}$/)
  equal(await ids('schedule'), await ids('schedule'))
  const manual = await ids('manual')
  ok(manual !== (await ids('manual')))
})

test('a manual firing that waits goes by the id of the run that it begins', async (t) => {
  const { dispatcher, executor } = aDispatch(t, { limits: { runs: 1, runsPerHost: 1 } })
  void dispatcher.fire(aFiring('failover', [9], { name: 'long' }), 'schedule')
  await settled()
  void dispatcher.fire(aFiring('failover', [1, 2]), 'manual')
  await settled()
  const waiting = [...dispatcher.active].map(({ id }) => id)
  const newer = await dispatcher.fire(aFiring('failover', [1, 2]), 'manual').result
  executor.newest(9).succeed()
  await settled()
  deepEqual(
    waiting,
    executor.started.map(({ run }) => run.id),
  )
  match(JSON.stringify(newer.outcomes[0]?.outcome), new RegExp(executor.newest(1).id))
})

test('killing all ends what is under way and what waits, and leaves what cannot be confirmed dead under its lock', async (t) => {
  const { dispatcher, executor, locks, log, recorder, records } = aDispatch(t, { limits: { runs: 2, runsPerHost: 1 } })
  const [dies, stays, waits] = [1, 2, 3].map((id) =>
    dispatcher.fire(aFiring('failover', [id, id + 10], { name: `job ${id}` }), 'schedule'),
  )
  await settled()
  executor.newest(2).onKill = () => ({ kind: 'unconfirmed', reason: 'host away' })
  await dispatcher.killAll('shutdown')
  for (const ended of [dies, waits]) {
    deepEqual(
      (await ended?.result)?.outcomes.map(({ outcome }) => outcome),
      [{ kind: 'killed', by: 'shutdown' }],
    )
  }
  deepEqual([executor.crons, locks().length], [[1, 2], 1])
  ok(log.of('warn').includes('cannot confirm that run is dead'))
  await dispatcher.abandon()
  await records.flushed()
  deepEqual(
    recorder.records.map(({ cronId, errors }) => [cronId, errors]),
    [[1, 'killed by shutdown']],
  )
  void stays
})

for (const [login_timeout_s, limitMs] of [
  [null, 35_000],
  [5, 20_000],
  [120, 135_000],
] as const) {
  for (const isAdopted of [false, true]) {
    const run = `${isAdopted ? 'an adopted' : 'a'} run, login_timeout_s ${login_timeout_s}`
    test(`killing all waits for the login, the grace and the kill where a host does not answer: ${run}`, async (t) => {
      const system = aSystem({ login_timeout_s })
      const before = aDispatch(t)
      void before.dispatcher.fire(aFiring('failover', [1], { killGraceMs: 5_000, system }), 'schedule')
      await settled()
      const present = isAdopted ? aDispatch(t, { directory: before.directory, system }) : before
      await present.dispatcher.adopt()
      const { handle } = (isAdopted ? present.executor.adopted : present.executor.started)[0] ?? {}
      if (handle !== undefined) handle.onKill = () => new Promise(() => undefined)
      let isOver = false
      void present.dispatcher.killAll('shutdown').then(() => {
        isOver = true
      })
      await settled()
      await present.clock.advance(limitMs - 1)
      equal(isOver, false)
      await present.clock.advance(1)
      equal(isOver, true)
    })
  }
}

test('a run that was being killed when its process went is told as killed, and its firing goes on nowhere', async (t) => {
  const crons = aFiring('failover', [1, 2]).crons
  const before = aDispatch(t)
  void before.dispatcher.fire(aFiring('failover', [1, 2]), 'schedule')
  await settled()
  before.executor.newest(1).onKill = () => new Promise(() => undefined)
  void before.dispatcher.killAll('shutdown')
  await settled()
  const after = aDispatch(t, { directory: before.directory, crons })
  after.executor.onAdopt = (handle, { killedBy }) => handle.end({ kind: 'killed', by: killedBy ?? 'operator' })
  await after.dispatcher.adopt()
  await after.dispatcher.idle()
  await after.records.flushed()
  deepEqual([after.recorder.records.map(({ errors }) => errors), after.executor.crons], [['killed by shutdown'], []])
})
