import type { RunFacts } from '../../src/domain/run-event.ts'
import { minute } from './builders.ts'

/** The run of row 1 for 12:00. */
export function someRunFacts(overrides: Partial<RunFacts> = {}): RunFacts {
  const job = { name: 'backup', action: 'failover' } as const
  return {
    id: '1'.repeat(32),
    firing: { job, minute: minute('2026-03-01T12:00:00Z'), series: null, how: 'schedule' },
    cron: 1,
    host: 'host1',
    port: 22,
    user: 'cron',
    attempt: { number: 1, of: 1 },
    hostsLeft: 0,
    waitMs: 0,
    isAdopted: false,
    ...overrides,
  }
}
