import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { statusOfFiring } from '../../../src/commands/live/firing-status.ts'
import type { FiringAnswer } from '../../../src/control/schemas.ts'

type Outcome = FiringAnswer['outcomes'][number]

function outcome(kind: Outcome['outcome'], more: Partial<Outcome> = {}): Outcome {
  return { run: null, host: 'db1', outcome: kind, exitCode: null, signal: null, description: '', ...more }
}

const ROWS: readonly (readonly [string, Partial<FiringAnswer>, number])[] = [
  ['it goes on', { state: 'active', hasSucceeded: null, outcomes: [] }, 8],
  ['it succeeded', { hasSucceeded: true, outcomes: [outcome('succeeded', { exitCode: 0 })] }, 0],
  [
    'its second host succeeded',
    { hasSucceeded: true, outcomes: [outcome('failed', { exitCode: 3 }), outcome('succeeded')] },
    0,
  ],
  ['it failed with 3', { outcomes: [outcome('failed', { exitCode: 3 })] }, 3],
  [
    'its last host failed with 4',
    { outcomes: [outcome('failed', { exitCode: 3 }), outcome('failed', { exitCode: 4 })] },
    4,
  ],
  ['one of all failed', { outcomes: [outcome('failed', { exitCode: 9 }), outcome('succeeded')] }, 9],
  ['a signal ended it', { outcomes: [outcome('signaled', { signal: 'SIGKILL' })] }, 137],
  ['a signal of another name', { outcomes: [outcome('signaled', { signal: 'TERM' })] }, 143],
  ['it was skipped', { outcomes: [outcome('skipped')] }, 6],
  ['one row was skipped, another failed', { outcomes: [outcome('failed', { exitCode: 5 }), outcome('skipped')] }, 5],
  ['it was blocked', { outcomes: [outcome('blocked')] }, 6],
  ['it was lost', { outcomes: [outcome('lost')] }, 7],
  ['rcron failed over it', { outcomes: [outcome(null)] }, 7],
  ['it timed out', { outcomes: [outcome('timed-out')] }, 20],
  ['no host was reached', { outcomes: [outcome('unreachable')] }, 20],
  ['nothing came of it', { outcomes: [] }, 6],
]

for (const [what, answer, expected] of ROWS) {
  test(`${what}: ${expected}`, () => {
    const base: Omit<FiringAnswer, 'state' | 'hasSucceeded' | 'outcomes'> = {
      firing: '',
      job: 'dump',
      action: 'failover',
      hosts: [],
      isDisabled: false,
      active: [],
    }
    equal(statusOfFiring({ ...base, state: 'ended', hasSucceeded: false, outcomes: [], ...answer }), expected)
  })
}
