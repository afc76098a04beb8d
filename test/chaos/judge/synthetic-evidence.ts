import { addMinutes, minuteOf } from '../../../src/domain/minute.ts'
import type { HostRun } from '../host-journal.ts'
import type { ChaosJob } from '../jobs.ts'
import type { ToldEnd, ToldOutcome } from '../tale.ts'
import type { Evidence } from './evidence.ts'

/** Minutes are a second long here, and this one begins at 0. */
export const NOON = minuteOf(Date.parse('2030-01-01T12:00:00Z'))
export const NEXT_MINUTE = addMinutes(NOON, 1)

const JOBS: readonly ChaosJob[] = [
  { name: 'walk', action: 'failover', hosts: 2, longest: 10 },
  { name: 'late', action: 'failover', hosts: 2, longest: 10, more: { timeout_s: 0.3 } },
  { name: 'clobber', action: 'clobber', hosts: 2, longest: 10 },
  { name: 'all', action: 'all', hosts: 2, longest: 10 },
]
export const A = 'a'.repeat(32)
export const B = 'b'.repeat(32)

/** A run that lived from 100 to 400. */
export function seen(overrides: Partial<HostRun> = {}): HostRun {
  const run = { id: A, job: 'walk', starts: [100], ends: [{ at: 400, status: 0 }], lastSign: 400, lastSignOfAny: 400 }
  return { ...run, ...overrides }
}

/** Its success, told at 500 by the first daemon. */
export function told(overrides: Partial<ToldEnd> = {}): ToldEnd {
  const fate = { outcome: 'succeeded', exitCode: 0, signal: null, by: null, isAdopted: false, isRecorded: true }
  return { run: A, job: 'walk', cron: 1, minute: NOON, ...fate, at: 500, teller: 0, ...overrides }
}

/** That the job's cron was skipped in the next minute. */
export function skipped(overrides: Partial<ToldOutcome> = {}): ToldOutcome {
  const fate = { outcome: 'skipped', exitCode: null, isRecorded: false }
  return { ...told(), run: null, minute: NEXT_MINUTE, ...fate, at: 1100, ...overrides }
}

/** One daemon that was ready before noon and lives on for ten minutes, unless `overrides` says otherwise. */
export function evidence(
  runs: readonly HostRun[],
  outcomes: readonly ToldOutcome[],
  { tale, ...overrides }: Partial<Omit<Evidence, 'tale'>> & { readonly tale?: Partial<Evidence['tale']> } = {},
): Evidence {
  return {
    hosts: new Map(runs.map((run) => [run.id, run])),
    tale: {
      outcomes,
      firings: outcomes.map(({ job, minute, teller }) => ({ job, from: minute, to: minute, isMissed: false, teller })),
      begun: new Set(),
      firstToldAt: new Map(),
      unlocked: [],
      counts: { unknown: 0, found: 0, adopted: 0 },
      bugs: [],
      ...tale,
    },
    jobs: JOBS,
    beganAt: (minute) => (minute - NOON) * 1000,
    minutes: [NOON],
    disabledAt: 10_000,
    lives: [{ number: 0, readyAt: -1000, until: 10_000, stoppingAt: 10_000 }],
    kills: new Map([[0, 501]]),
    exits: new Map(),
    diskFaults: [],
    byHand: [],
    rows: [],
    ...overrides,
  }
}

/** The names of the rules that were broken. */
export function rulesOf(violations: readonly { readonly rule: string }[]): readonly string[] {
  return violations.map(({ rule }) => rule)
}
