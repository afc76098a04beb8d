import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import {
  crowdedHosts,
  heatLines,
  legendOfLoad,
  loadsBetween,
  type MinuteLoad,
  peaksOf,
} from '../../../src/commands/look/day-load.ts'
import { addMinutes, type Minute } from '../../../src/domain/minute.ts'
import { aFiring, minute } from '../../support/builders.ts'

const NOON = minute('2026-03-01T12:00:00Z')

function load(at: Minute, starts: number, hosts: readonly (readonly [string, number])[] = []): MinuteLoad {
  return { minute: at, starts, hosts: new Map(hosts) }
}

test('an all starts on each of its hosts, the other actions on one', () => {
  const due = (at: Minute) =>
    at === NOON ? [aFiring('all', [1, 2]), aFiring('failover', [1, 3]), aFiring('shuffle', [2])] : []
  const [first, second, ...others] = loadsBetween(NOON, addMinutes(NOON, 2), due)
  deepEqual(
    [first?.starts, [...(first?.hosts ?? [])], second?.starts, others],
    [
      4,
      [
        ['host1', 2],
        ['host2', 2],
      ],
      0,
      [],
    ],
  )
})

test('an hour is a line, a minute a character, the darker the more starts in it', () => {
  const loads = [
    load(NOON, 1),
    load(addMinutes(NOON, 1), 0),
    load(addMinutes(NOON, 2), 9),
    load(addMinutes(NOON, 59), 5),
  ]
  deepEqual(heatLines(loads, 'UTC'), [`12 |. @${' '.repeat(56)}+|`])
})

test('where the clock goes forward an hour has no line, where it goes back it has two', () => {
  const hours = (from: string) => Array.from({ length: 4 }, (_, at) => load(addMinutes(minute(from), at * 60), 1))
  const labels = (from: string) => heatLines(hours(from), 'Europe/Berlin').map((line) => line.replace(/ \|.*\|/, ''))
  deepEqual(labels('2026-03-29T00:00:00Z'), ['01', '03', '04', '05'])
  deepEqual(labels('2026-10-24T23:00:00Z'), ['01', '02 +02:00', '02 +01:00', '03'])
})

test('the characters are explained by the peak', () => {
  equal(legendOfLoad(18), '. 1-2  : 3-4  - 5-6  = 7-8  + 9-10  * 11-12  # 13-14  % 15-16  @ 17-18')
  equal(legendOfLoad(2), '+ 1  @ 2')
})

test('the characters of a day are those that are explained', () => {
  for (const peak of [1, 2, 5, 9, 10, 100]) {
    for (let starts = 1; starts <= peak; starts++) {
      const [line = ''] = heatLines([load(NOON, starts), load(addMinutes(NOON, 1), peak)], 'UTC')
      const ranges = legendOfLoad(peak)
        .split('  ')
        .map((it) => it.split(' '))
      const [mark] = ranges.find(([, range = '']) => starts <= Number(range.split('-').at(-1))) ?? []
      equal(line.charAt(4), mark, `${starts} of ${peak}`)
    }
  }
})

test('peaks come first, and hosts that are given more than they take are named with their worst minute', () => {
  const loads = [
    load(NOON, 3, [['a', 3]]),
    load(addMinutes(NOON, 1), 9, [
      ['a', 5],
      ['b', 4],
    ]),
    load(addMinutes(NOON, 2), 0),
  ]
  deepEqual(
    peaksOf(loads, 1).map(({ starts }) => starts),
    [9],
  )
  deepEqual(crowdedHosts(loads, 2), [
    { host: 'a', minute: addMinutes(NOON, 1), starts: 5, minutes: 2 },
    { host: 'b', minute: addMinutes(NOON, 1), starts: 4, minutes: 1 },
  ])
  deepEqual(crowdedHosts(loads, 5), [])
})
