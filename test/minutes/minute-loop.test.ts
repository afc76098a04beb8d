import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import type { Minute } from '../../src/domain/minute.ts'
import { definitionsOf, snapshotOf } from '../daemon/definitions.ts'
import { aCronRow } from '../support/builders.ts'
import { settled } from '../support/hand-clock.ts'
import { aMinuteLoop } from './a-minute-loop.ts'

const MINUTE_MS = 60_000
const everyMinute = snapshotOf(definitionsOf([aCronRow()]))

test('D1: the minute is fired once, however often and however early it is woken', async () => {
  const { wake, fired, clock } = await aMinuteLoop('2026-03-01T12:00:30Z', everyMinute)
  for (let beat = 0; beat < 5; beat++) await wake()
  deepEqual(fired(), ['job1 2026-03-01T12:00Z schedule'])
  clock.set('2026-03-01T12:00:59.999Z')
  await wake()
  equal(fired().length, 1)
  clock.set('2026-03-01T12:01:00Z')
  await wake()
  deepEqual(fired().slice(1), ['job1 2026-03-01T12:01Z schedule'])
})

test('D2: a stall over minutes is caught up, oldest first, and told as such', async () => {
  const { wake, fired, clock } = await aMinuteLoop('2026-03-01T12:00:00Z', everyMinute)
  await wake()
  await clock.advance(3 * MINUTE_MS)
  await wake()
  deepEqual(fired().slice(1), [
    'job1 2026-03-01T12:01Z catch-up',
    'job1 2026-03-01T12:02Z catch-up',
    'job1 2026-03-01T12:03Z schedule',
  ])
})

test('D2: the clock 3 h ahead at a step: what is beyond the window is missed, in one line for the job', async () => {
  const { wake, fired, clock, log } = await aMinuteLoop('2026-03-01T12:00:00Z', everyMinute)
  await wake()
  clock.set('2026-03-01T15:00:00Z')
  await wake()
  await settled()
  deepEqual(
    fired()
      .slice(1)
      .map((text) => text.slice(5, 22)),
    [
      '2026-03-01T14:55Z',
      '2026-03-01T14:56Z',
      '2026-03-01T14:57Z',
      '2026-03-01T14:58Z',
      '2026-03-01T14:59Z',
      '2026-03-01T15:00Z',
    ],
  )
  deepEqual(
    log.entries.map(({ message, fields }) => [message, fields['count'], fields['first'], fields['last']]),
    [['minutes missed', 174, '2026-03-01T12:01Z', '2026-03-01T14:54Z']],
  )
})

test('D2: a bug while what was missed is told stops no minute, and leaves it to be told by the next process', async () => {
  const { loop, fired, clock, log, mark, wake } = await aMinuteLoop('2026-03-01T12:00:00Z', everyMinute)
  await wake()
  clock.set('2026-03-01T13:00:00Z')
  const schedules = new Map(everyMinute.schedules)
  schedules.get = () => {
    throw new Error('a bug')
  }
  const { missed } = await loop.step({ ...everyMinute, schedules })
  deepEqual(await (await missed).results, [])
  equal(log.of('error').length, 1)
  equal(fired().length, 7)
  deepEqual(
    mark.kept.unreported.minutes.map(({ from, to }) => to - from + 1),
    [54],
  )
})

test('D2: 2 minutes back: nothing until time has passed the last minute; 4 h back: the new time counts at once, no minute twice', async () => {
  const { wake, fired, clock } = await aMinuteLoop('2026-03-01T12:00:00Z', everyMinute)
  await wake()
  clock.set('2026-03-01T11:58:00Z')
  for (let minute = 0; minute < 3; minute++) {
    await wake()
    await clock.advance(MINUTE_MS)
  }
  equal(fired().length, 1)
  await wake()
  deepEqual(fired().slice(1), ['job1 2026-03-01T12:01Z schedule'])
  clock.set('2026-03-01T08:01:00Z')
  await wake()
  deepEqual(fired().slice(2), ['job1 2026-03-01T08:01Z schedule'])
  clock.set('2026-03-01T12:01:30Z')
  await wake()
  equal(fired().filter((text) => text.includes('12:01Z')).length, 1)
})

test('without definitions nothing is planned, and what passed is caught up when they come', async () => {
  const { loop, wake, fired, clock } = await aMinuteLoop('2026-03-01T12:00:00Z', everyMinute)
  await wake()
  await clock.advance(2 * MINUTE_MS)
  deepEqual((await loop.step(null)).firings, [])
  equal(fired().length, 1)
  await wake()
  deepEqual(fired().slice(1), ['job1 2026-03-01T12:01Z catch-up', 'job1 2026-03-01T12:02Z schedule'])
})

test('C6: a restart plans no minute again, and tells the firings that had not begun, but for those whose run is known', async () => {
  const snapshot = snapshotOf(definitionsOf([aCronRow(), aCronRow({ id: 2 }), aCronRow({ id: 3 })]))
  const before = await aMinuteLoop('2026-03-01T12:00:10Z', snapshot)
  before.holdBack()
  await before.wake()
  equal(before.fired().length, 3)
  const after = await aMinuteLoop('2026-03-01T12:00:20Z', snapshot, before.mark)
  after.active.push({ crons: [2], minute: before.minutes()[0] ?? 0 })
  await after.wake()
  await after.wake()
  deepEqual(after.fired(), [])
  deepEqual(
    after.log.entries.map(({ message, fields }) => [message, fields['job'], fields['minute']]),
    [
      ['minutes missed', 'job1', '2026-03-01T12:00Z'],
      ['minutes missed', 'job3', '2026-03-01T12:00Z'],
    ],
  )
})

test('F3: killed while one run of a minute waits for its place: what had not begun is told, once, and nothing else', async () => {
  const rows = [1, 2, 3, 4].map((id) => aCronRow({ id, ...(id > 2 && { cron_name: 'each', action: 2 }) }))
  const snapshot = snapshotOf(definitionsOf(rows))
  const before = await aMinuteLoop('2026-03-01T12:00:10Z', snapshot)
  before.holdBack(2, 4)
  await before.wake()
  const told: unknown[] = []
  for (let start = 0; start < 3; start++) {
    const after = await aMinuteLoop('2026-03-01T12:00:20Z', snapshot, before.mark)
    // Where an own lock was found of what waited, that has told it.
    if (start === 0) await before.mark.noteBegun(before.minutes()[0] as Minute, [2])
    await after.wake()
    told.push(...after.log.entries.map(({ fields }) => [fields['job'], fields['crons'], fields['count']]))
  }
  deepEqual(told, [['each', [4], 1]])
})
