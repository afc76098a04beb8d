import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { describeMinute } from '../../src/domain/minute.ts'
import { dueMinutesOf } from '../../src/minutes/due-minutes.ts'
import { zoneOf } from '../../src/schedule/timezone.ts'
import { definitionsOf, snapshotOf } from '../daemon/definitions.ts'
import { aCronRow, minute } from '../support/builders.ts'
import { isDue } from '../support/is-due.ts'

const day = { from: minute('2026-03-29T00:00:00Z'), to: minute('2026-03-29T23:59:00Z') }

function due(columns: Parameters<typeof aCronRow>[0]) {
  const snapshot = snapshotOf(definitionsOf([aCronRow(columns)]))
  const [cron] = snapshot.crons
  if (cron === undefined) throw new Error('the row was not sound')
  return { cron, snapshot, of: dueMinutesOf(snapshot) }
}

test('how often, when first and when last, over a day with a change of the clock', () => {
  const { cron, of } = due({ cron_min: '30', cron_hour: '2', timezone: 'Europe/Berlin' })
  const found = of.count(cron, day)
  // 02:30 is in the gap: it fires at the first minute after it.
  deepEqual(found && { count: found.count, first: describeMinute(found.first), last: describeMinute(found.last) }, {
    count: 1,
    first: '2026-03-29T01:00Z',
    last: '2026-03-29T01:00Z',
  })
})

test('counts and newest minutes agree with asking minute by minute', () => {
  for (const columns of [
    { cron_min: '*/7' },
    { cron_min: '0,30', cron_hour: '*/3', timezone: 'Australia/Lord_Howe' },
    { cron_min: '5', cron_hour: '1-4', timezone: 'America/New_York' },
  ]) {
    const { cron, snapshot, of } = due(columns)
    const schedule = snapshot.schedules.get(cron.id)
    if (schedule === undefined) throw new Error('no schedule')
    const expected = []
    for (let at = day.from; at <= day.to; at++) if (isDue(schedule, zoneOf(cron.timezone), at)) expected.push(at)
    const found = of.count(cron, day)
    deepEqual([found?.count, found?.first, found?.last], [expected.length, expected[0], expected.at(-1)])
    deepEqual(of.newest(cron, day, 3), expected.slice(-3))
    deepEqual(of.newest(cron, day, 5000), expected)
  }
})

test('the newest minutes of a rare schedule are found however far back they are', () => {
  const { cron, of } = due({ cron_min: '0', cron_hour: '0', cron_dom: '1', cron_mon: '1' })
  const decade = { from: minute('2016-06-01T00:00:00Z'), to: minute('2026-06-01T00:00:00Z') }
  deepEqual(of.newest(cron, decade, 2).map(describeMinute), ['2025-01-01T00:00Z', '2026-01-01T00:00Z'])
})

test('nothing due, a schedule of @reboot, or a cron that is gone: null and none', () => {
  const never = due({ cron_min: '0', cron_hour: '0', cron_dom: '2', cron_mon: '1' })
  const atBoot = due({ cron_min: '@reboot' })
  const gone = dueMinutesOf(snapshotOf(definitionsOf([])))
  for (const { cron, of } of [never, atBoot, { ...never, of: gone }]) {
    equal(of.count(cron, day), null)
    deepEqual(of.newest(cron, day, 2), [])
  }
})
