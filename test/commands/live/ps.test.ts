import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { cellsOf } from '../../../src/commands/live/ps.ts'
import type { LiveRun } from '../../../src/control/schemas.ts'

const run: LiveRun = {
  run: 'a'.repeat(32),
  job: 'dump',
  action: 'failover',
  cron: 7,
  host: 'db1',
  port: 22,
  user: 'backup',
  minute: '2026-11-28T15:00:00+01:00',
  started: '2026-11-28T15:02:11+01:00',
  elapsedMs: 41 * 60_000,
  pid: 8123,
  state: 'running',
  reason: null,
  attempt: null,
  isElsewhere: false,
}

const rows: readonly (readonly [
  string,
  Partial<LiveRun>,
  { p50Ms: number | null; p95Ms: number | null } | null,
  unknown,
  string,
])[] = [
  ['nothing is known of it', {}, null, null, 'running'],
  ['it never succeeded', {}, { p50Ms: null, p95Ms: null }, null, 'running'],
  ['it takes as long as ever', {}, { p50Ms: 1_800_000, p95Ms: 2_520_000 }, '30 m 0 s (p95 42 m 0 s)', 'running'],
  ['it takes longer', {}, { p50Ms: 720_000, p95Ms: 1_920_000 }, '12 m 0 s (p95 32 m 0 s)', 'running, over p95'],
  [
    'it waits',
    { state: 'waiting', started: null, elapsedMs: null },
    { p50Ms: 1, p95Ms: 1 },
    '1 ms (p95 1 ms)',
    'waiting',
  ],
]
for (const [what, facts, usual, shown, state] of rows) {
  test(`what is usual stands beside a run: ${what}`, () => {
    const list = {
      schema: 'rcron.ps.v1' as const,
      generated: '2026-11-28T15:43:11+01:00',
      slots: 60,
      items: [{ ...run, ...facts }],
      pauses: [],
    }
    const [cells = []] = cellsOf(list, usual === null ? new Map() : new Map([[7, usual]]))
    deepEqual([cells[5], cells[7]], [shown, state])
  })
}
