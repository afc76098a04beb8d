import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { judgeSkips } from './judge-skips.ts'
import { A, B, evidence, NEXT_MINUTE, NOON, rulesOf, skipped, told } from './synthetic-evidence.ts'

const LIVES = [
  { readyAt: -1000, until: 1500, stoppingAt: null },
  { readyAt: 2000, until: 9000, stoppingAt: 9000 },
]
const BY_LAST = { daemon: 1, at: 2100 }
const FAILED = { outcome: 'failed', exitCode: 2, at: 300 }
const BLOCKED = { ...told({ job: 'clobber', outcome: 'blocked' }), run: null }
const CASES = [
  { says: 'beside a run that ends later', outcomes: [skipped(), told({ at: 1300 })], rules: [] },
  { says: 'beside one that the next daemon takes up', outcomes: [skipped(), told({ at: 3000, daemon: 1 })], rules: [] },
  { says: 'beside one that is just being put away', outcomes: [told({ at: 900 }), skipped()], rules: [] },
  { says: 'with nothing beside it', outcomes: [skipped()], rules: ['not to be skipped'] },
  { says: 'after a run that had ended', outcomes: [told({ at: 300 }), skipped()], rules: ['not to be skipped'] },
  {
    says: 'beside a run of its own minute',
    outcomes: [skipped(), told({ minute: NEXT_MINUTE, at: 1300 })],
    rules: ['not to be skipped'],
  },
  {
    says: 'beside a run of another job',
    outcomes: [skipped(), told({ job: 'late', at: 1300 })],
    rules: ['not to be skipped'],
  },
  {
    says: 'beside another cron of an action that starts all',
    outcomes: [skipped({ job: 'all', cron: 2 }), told({ job: 'all', at: 1300 })],
    rules: ['not to be skipped'],
  },
  {
    says: 'beside a firing that is blocked later',
    outcomes: [skipped({ job: 'clobber' }), { ...BLOCKED, at: 1300 }],
    rules: [],
  },
  {
    says: 'beside a firing that was blocked before',
    outcomes: [{ ...BLOCKED, at: 300 }, skipped({ job: 'clobber' })],
    rules: ['not to be skipped'],
  },
  {
    says: 'beside a walk whose next run waited when its daemon died',
    outcomes: [told(FAILED), skipped(), told({ run: B, cron: 2, outcome: 'missed', at: 2000, daemon: 1 })],
    rules: [],
  },
  {
    says: 'beside a walk that has come to its end',
    outcomes: [told(FAILED), skipped()],
    rules: ['not to be skipped'],
  },
  {
    says: 'because another run has the lock file',
    outcomes: [told({ at: 1300 }), { ...skipped(), run: B }],
    rules: [],
  },
  {
    says: 'because nobody has the lock file',
    outcomes: [{ ...skipped(), run: A }],
    rules: ['not to be skipped'],
  },
]

for (const { says, outcomes, rules } of CASES) {
  test(`a skip ${says}`, () => {
    deepEqual(rulesOf(judgeSkips(evidence([], outcomes, { lives: LIVES }))), rules)
  })
}

const missed = { job: 'walk', from: NOON, to: NOON, isMissed: true, daemon: 1 }
const WAITING = [
  { says: 'waited for its turn when its daemon died', skip: skipped(), rules: [] },
  { says: 'was given up before', skip: skipped(BY_LAST), rules: ['not to be skipped'] },
]
for (const { says, skip, rules } of WAITING) {
  test(`a skip beside a firing that ${says}`, () => {
    deepEqual(rulesOf(judgeSkips(evidence([], [skip], { lives: LIVES, tale: { firings: [missed] } }))), rules)
  })
}
