import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import type { Outcome } from '../../src/domain/outcome.ts'
import { NO_OUTPUT } from '../../src/domain/run.ts'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { recordOf } from '../../src/history/last-run-records.ts'
import { LogLines } from '../../src/history/log-lines.ts'
import { RecordingLog } from '../support/builders.ts'
import { someRunFacts } from '../support/run-facts.ts'

const AT = Date.parse('2026-03-01T12:00:05Z')
const run = someRunFacts()
const { id: _, ...cron } = run
const noRun = { ...cron, id: null }

const ended = (outcome: Outcome, startedAt: number | null = null): RunEvent => {
  const result = { outcome, output: NO_OUTPUT, startedAt, durationMs: null, endedByItself: false }
  return { kind: 'ended', at: AT, run, result }
}

const outcomes: readonly Outcome[] = [
  { kind: 'unreachable', reason: 'db1:25 does not speak SSH', detail: 'it said "220 smtp.internal"' },
  { kind: 'refused', reason: 'the secret of auth 1 cannot be used', detail: '/root/.key: ENOENT' },
]
for (const outcome of outcomes) {
  test(`what is found on the way to a host that is ${outcome.kind} stays in the log; the store is told the reason alone`, () => {
    const log = new RecordingLog()
    new LogLines(log, 'runs').note(ended(outcome))
    const { reason, detail } = outcome as { readonly reason: string; readonly detail?: string }
    deepEqual([log.entries[0]?.fields['reason'], log.entries[0]?.fields['detail']], [reason, detail])
    equal(recordOf(ended(outcome))?.errors, `${outcome.kind}: ${reason}`)
  })
}

const blocked: Outcome = { kind: 'blocked', reason: 'run 2 cannot be confirmed dead' }
const rows: readonly [string, RunEvent, object | null][] = [
  [
    'a run that began',
    ended({ kind: 'succeeded' }, 1000),
    { cronId: 1, lastRun: 1000, durationMs: null, errors: null },
  ],
  [
    'a run that did not begin, at the time at which that was known',
    ended({ kind: 'unreachable', reason: 'no route' }),
    { cronId: 1, lastRun: AT, durationMs: null, errors: 'unreachable: no route' },
  ],
  [
    'a firing that is blocked by the run before it',
    { kind: 'not-run', at: AT, run: noRun, outcome: blocked },
    { cronId: 1, lastRun: AT, durationMs: null, errors: 'blocked: run 2 cannot be confirmed dead' },
  ],
  ['a run that is blocked by its lock', { kind: 'not-run', at: AT, run, outcome: blocked }, null],
  ['a firing that is skipped', { kind: 'not-run', at: AT, run: noRun, outcome: { kind: 'skipped', reason: '' } }, null],
  ['a run that has started', { kind: 'started', at: AT, run }, null],
  ['a run whose end another process tells', { kind: 'ended-elsewhere', at: AT, run }, null],
]
for (const [what, event, record] of rows) {
  test(`${what} ${record === null ? 'leaves its row as it is' : 'is written to its row'}`, () => {
    deepEqual(recordOf(event), record)
  })
}
