import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { courseOf } from '../../../src/commands/history/course-of.ts'
import type { FiringWithRuns } from '../../../src/store/history/history-store.ts'
import { aFiringRow, aRunRow } from '../../support/history-rows.ts'

const { minute } = aFiringRow()
const start = minute * 60_000
const told = (found: FiringWithRuns) => courseOf(found).map(({ at, code, host }) => [at - start, code, host])

test('a firing is due, waits, starts and ends; its end is not said twice', () => {
  const run = aRunRow({ queuedAt: start + 10, startedAt: start + 1_000, endedAt: start + 5_000 })
  deepEqual(told({ firing: aFiringRow(), runs: [run] }), [
    [0, 'DUE', null],
    [10, 'QUEUED_HOST', 'db1:22'],
    [1_000, 'STARTED', 'db1:22'],
    [5_000, 'SUCCEEDED', 'db1:22'],
  ])
})

test('of a walk each attempt is told, and at last what the firing came to', () => {
  const bad = { kind: 'failed', code: 'FAILED', exitCode: 3, queuedAt: null } as const
  const runs = [
    aRunRow({ ...bad, id: '1'.repeat(32), host: 'db1', startedAt: start + 1, endedAt: start + 2 }),
    aRunRow({ ...bad, id: '2'.repeat(32), host: 'db2', startedAt: start + 3, endedAt: start + 4 }),
  ]
  const firing = aFiringRow({ kind: 'failed', code: 'NO_HOST_LEFT', run: '2'.repeat(32), endedAt: start + 4 })
  deepEqual(told({ firing, runs }), [
    [0, 'DUE', null],
    [1, 'STARTED', 'db1:22'],
    [2, 'FAILED', 'db1:22'],
    [3, 'STARTED', 'db2:22'],
    [4, 'FAILED', 'db2:22'],
    [4, 'NO_HOST_LEFT', null],
  ])
})

test('one of which nothing began says why', () => {
  const firing = aFiringRow({ kind: 'missed', code: 'MISSED_DAEMON_DOWN', run: null, endedAt: start + 9 })
  deepEqual(told({ firing, runs: [] }), [
    [0, 'DUE', null],
    [9, 'MISSED_DAEMON_DOWN', null],
  ])
})
