import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { foldTrouble } from '../../../src/commands/history/plan-folds.ts'
import type { FiringRow } from '../../../src/domain/history/firing-row.ts'
import { aFiringRow } from '../../support/history-rows.ts'

const failed = (name: string, endedAt: number, more: Partial<FiringRow> = {}) =>
  aFiringRow({ job: { name, action: 'failover' }, kind: 'failed', code: 'FAILED', exitCode: 3, endedAt, ...more })
const linesOf = (rows: readonly FiringRow[]) =>
  foldTrouble(rows).map(({ code, jobs, firings, last, since }) => [code, jobs.join(), firings, last.endedAt, since])

test('the same job that ends alike several times is one line, the newest first', () => {
  deepEqual(linesOf([failed('a', 9), failed('b', 8), failed('a', 7), failed('a', 1, { exitCode: 4 })]), [
    ['FAILED', 'a', 2, 9, 7],
    ['FAILED', 'b', 1, 8, 8],
    ['FAILED', 'a', 1, 1, 1],
  ])
})

test('the same error in several jobs is one line, whichever host it names', () => {
  const unreachable = (name: string, host: string, endedAt: number) =>
    failed(name, endedAt, {
      kind: 'unreachable',
      code: 'HOST_UNREACHABLE',
      exitCode: null,
      host,
      reason: `${host}:22 does not answer`,
    })
  deepEqual(linesOf([unreachable('a', 'db1', 9), unreachable('b', 'db22', 8), unreachable('c', 'web', 7)]), [
    ['HOST_UNREACHABLE', 'a,b,c', 3, 9, 7],
  ])
})

test('firings that were missed in a row count as many', () => {
  deepEqual(linesOf([failed('a', 9, { kind: 'missed', code: 'MISSED_DAEMON_DOWN', count: 7 })]), [
    ['MISSED_DAEMON_DOWN', 'a', 7, 9, 9],
  ])
})
