import type { FiringRow } from '../../src/domain/history/firing-row.ts'
import type { RunRow } from '../../src/domain/history/run-row.ts'
import { minute } from './builders.ts'

const noon = minute('2026-03-01T12:00:00Z')
const job = { name: 'dump', action: 'failover' } as const

/** A scheduled firing of 12:00 that succeeded on its only host. */
export function aFiringRow(overrides: Partial<FiringRow> = {}): FiringRow {
  return {
    id: 'f'.repeat(32),
    job,
    minute: overrides.minute ?? noon,
    first: overrides.minute ?? noon,
    count: 1,
    how: 'schedule',
    actor: null,
    firedAt: noon * 60_000,
    endedAt: noon * 60_000 + 5_000,
    kind: 'succeeded',
    code: 'SUCCEEDED',
    reason: null,
    run: '1'.repeat(32),
    host: 'db1',
    exitCode: 0,
    signal: null,
    tried: 1,
    of: 1,
    durationMs: 4_000,
    source: 'whole',
    ...overrides,
  }
}

/** The run of that firing. */
export function aRunRow(overrides: Partial<RunRow> = {}): RunRow {
  return {
    id: '1'.repeat(32),
    firing: 'f'.repeat(32),
    cron: 1,
    job,
    minute: noon,
    host: 'db1',
    port: 22,
    user: 'cron',
    attempt: 1,
    of: 1,
    how: 'schedule',
    queuedAt: null,
    startedAt: noon * 60_000 + 1_000,
    endedAt: noon * 60_000 + 5_000,
    waitMs: 0,
    durationMs: 4_000,
    kind: 'succeeded',
    code: 'SUCCEEDED',
    exitCode: 0,
    signal: null,
    reason: null,
    isAdopted: false,
    stdoutBytes: 3,
    stderrBytes: 0,
    output: { stdout: { head: 'ok\n', tail: '' }, stderr: { head: '', tail: '' } },
    ...overrides,
  }
}
