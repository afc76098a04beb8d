import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { resolvedFiring, resolvedRun } from '../../../src/domain/history/plan-resolution.ts'
import { mergeRuns } from '../../../src/domain/history/run-row.ts'
import { aFiringRow, aRunRow } from '../../support/history-rows.ts'

const LOST = { kind: 'lost', code: 'LOST', exitCode: null, durationMs: null, reason: 'its host is gone' } as const
const lost = aRunRow(LOST)
const failed = resolvedRun(lost, { as: 'failed', reason: 'no file', by: 'anna' })

test('a run that is resolved says as what, by whom and why', () => {
  deepEqual([failed.kind, failed.code, failed.reason], ['failed', 'RESOLVED_FAILED', 'anna: no file'])
})

test('its firing counts as it does, where it decided it', () => {
  const firing = resolvedFiring(aFiringRow(LOST), failed, [failed])
  deepEqual([firing?.kind, firing?.code, firing?.source], ['failed', 'RESOLVED_FAILED', 'resolved'])
})

test('a walk that another run decided stays as it is', () => {
  equal(resolvedFiring(aFiringRow({ run: '2'.repeat(32) }), failed, [failed]), null)
})

test('of an all the worst of its runs decides, as it is now', () => {
  const job = { name: 'dump', action: 'all' } as const
  const good = resolvedRun({ ...lost, job }, { as: 'succeeded', reason: 'its file is there', by: 'anna' })
  const bad = aRunRow({ id: '2'.repeat(32), job, kind: 'failed', code: 'FAILED', exitCode: 3, host: 'db2' })
  const firing = aFiringRow({ ...LOST, job })
  const withBad = resolvedFiring(firing, good, [bad, good])
  deepEqual([withBad?.kind, withBad?.host, withBad?.exitCode], ['failed', 'db2', 3])
  equal(resolvedFiring(firing, good, [good])?.code, 'RESOLVED_SUCCEEDED')
})

test('what another process says of it changes nothing, in whatever order it comes', () => {
  deepEqual([mergeRuns(lost, failed), mergeRuns(failed, lost)], [failed, failed])
})
