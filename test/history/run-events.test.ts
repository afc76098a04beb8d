import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import type { Outcome } from '../../src/domain/outcome.ts'
import { NO_OUTPUT } from '../../src/domain/run.ts'
import { errorsOf, logEnd } from '../../src/history/run-events.ts'
import { RecordingLog } from '../support/builders.ts'

const outcomes: readonly Outcome[] = [
  { kind: 'unreachable', reason: 'db1:25 does not speak SSH', detail: 'it said "220 smtp.internal"' },
  { kind: 'refused', reason: 'the secret of auth 1 cannot be used', detail: '/root/.key: ENOENT' },
]
for (const outcome of outcomes) {
  test(`what is found on the way to a host that is ${outcome.kind} stays in the log; the store is told the reason alone`, () => {
    const log = new RecordingLog()
    const end = { outcome, output: NO_OUTPUT, startedAt: null, durationMs: null, endedByItself: false }
    logEnd(log, {}, end)
    const { reason, detail } = outcome as { readonly reason: string; readonly detail?: string }
    deepEqual([log.entries[0]?.fields['reason'], log.entries[0]?.fields['detail']], [reason, detail])
    equal(errorsOf(end), `${outcome.kind}: ${reason}`)
  })
}
