import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import {
  changeLines,
  type JobPage,
  legendOf,
  type PageRow,
  pageFields,
  stateOf,
} from '../../../src/commands/look/job-page.ts'
import { localMoment } from '../../../src/commands/shared/job-times.ts'
import type { AuditRow } from '../../../src/domain/history/audit-row.ts'
import { type RecentEnd, rollUp } from '../../../src/domain/history/recent.ts'
import { aCron, minute } from '../../support/builders.ts'

const NOW = minute('2026-03-29T12:00:00Z')
const zone = 'Europe/Berlin'

function rollup(...kinds: readonly RecentEnd['kind'][]) {
  const ends = kinds.map((kind, at) => ({
    at: Date.parse('2026-03-28T00:00:00Z') + at * 1000,
    kind,
    durationMs: 14_000,
  }))
  return rollUp(null, { added: ends, removed: [] })
}

function row(id: number, overrides: Partial<PageRow> = {}): PageRow {
  const fields = { schedule: '30 2 * * *', cron_path: '/opt/dump', host: `db${id}:22`, user: 'backup' }
  return { id, cron: aCron({ id }), isEnabled: true, next: null, fields, rollup: null, ...overrides }
}

function page(overrides: Partial<JobPage> = {}): JobPage {
  return { job: { name: 'dump', action: 'failover' }, rows: [row(1)], rollup: null, zone, changes: [], ...overrides }
}

test('a job is described by what its rows share, and what they differ in is counted', () => {
  const rows = [row(1, { next: minute('2026-03-30T00:30:00Z') }), row(2, { next: minute('2026-03-31T00:30:00Z') })]
  deepEqual(pageFields(page({ rows, rollup: rollup('succeeded') }), NOW, localMoment), {
    job: 'dump (failover)',
    state: 'succeeded',
    schedule: '30 2 * * * in Europe/Berlin',
    command: '/opt/dump',
    hosts: 'db1, db2',
    user: 'backup',
    next: '2026-03-30T02:30+02:00, in 12h30m',
    last: '2026-03-28T01:00+01:00, succeeded',
    'last success': '2026-03-28T01:00+01:00',
    usual: '14 s, 95 of 100 within 14 s',
  })
})

const states: readonly (readonly [string, Pick<JobPage, 'rows' | 'rollup'>])[] = [
  ['never ran', page()],
  ['removed, failed', page({ rows: [], rollup: rollup('failed') })],
  ['succeeded, 3 in a row', page({ rollup: rollup('failed', 'succeeded', 'succeeded', 'succeeded') })],
  ['lost, 2 bad ends in a row', page({ rollup: rollup('succeeded', 'failed', 'lost') })],
  ['disabled, never ran', page({ rows: [row(1, { isEnabled: false })] })],
  ['1 of 2 rows disabled, failed', page({ rows: [row(1, { isEnabled: false }), row(2)], rollup: rollup('failed') })],
  ['unusable ("rcron check"), never ran', page({ rows: [row(1, { cron: null })] })],
]
for (const [says, of] of states) test(`its state may be: ${says}`, () => equal(stateOf(of), says))

test('the marks of a bar are explained that are in it', () => {
  equal(legendOf('..F.M'), '3 succeeded (.), 1 failed (F), 1 missed (M)')
})

test('changes that were made together are one line; what somebody wrote by hand is shown as it is', () => {
  const change = { at: Date.parse('2026-03-01T12:00:00Z'), actor: 'anna', action: 'edit' }
  const edited = { ...change, was: '{"timeout_s":3600}', became: '{"timeout_s":null}' }
  const changes: readonly AuditRow[] = [
    { id: 'a', subject: 'cron 1 "dump"', ...edited },
    { id: 'b', subject: 'cron 2 "dump"', ...edited },
    {
      id: 'c',
      subject: 'cron 3 "dump"',
      ...change,
      at: change.at - 60_000,
      action: 'add',
      was: null,
      became: '{"id":3}',
    },
    { id: 'd', subject: 'cron 3', ...change, at: 0, was: 'no', became: 'JSON' },
  ]
  deepEqual(changeLines(changes, zone, localMoment), [
    ['2026-03-01T13:00+01:00', 'anna', 'edit', 'timeout_s 3600 → null (2 rows)'],
    ['2026-03-01T12:59+01:00', 'anna', 'add', 'cron 3 "dump"'],
    ['1970-01-01T01:00+01:00', 'anna', 'edit', 'cron 3'],
  ])
})
