import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { judgeStore } from './judge-store.ts'
import { B, evidence, NEXT_MINUTE, rulesOf, skipped, told } from './synthetic-evidence.ts'

const FAILED = told({ outcome: 'failed', exitCode: 2 })
const ROW = { cron: 1, lastRun: 100, errors: null }
const EMPTY = { cron: 1, lastRun: null, errors: null }
const CASES = [
  { says: 'a success', outcomes: [told()], row: ROW, rules: [] },
  { says: 'a failure', outcomes: [FAILED], row: { ...ROW, errors: 'failed with exit code 2 oops' }, rules: [] },
  { says: 'a success of what failed', outcomes: [FAILED], row: ROW, rules: ['stored'] },
  {
    says: 'another exit code',
    outcomes: [FAILED],
    row: { ...ROW, errors: 'failed with exit code 3' },
    rules: ['stored'],
  },
  {
    says: 'a failure of what succeeded',
    outcomes: [told()],
    row: { ...ROW, errors: 'failed with exit code 2' },
    rules: ['stored'],
  },
  { says: 'nothing of what ran', outcomes: [told()], row: EMPTY, rules: ['stored'] },
  { says: 'nothing of what never ran', outcomes: [], row: EMPTY, rules: [] },
  { says: 'something of what never ran', outcomes: [], row: ROW, rules: ['stored'] },
  { says: 'what was before a skip', outcomes: [told(), skipped()], row: ROW, rules: [] },
  {
    says: 'what was before the last run',
    outcomes: [FAILED, told({ run: B, minute: NEXT_MINUTE, at: 1500 })],
    row: { ...ROW, errors: 'failed with exit code 2' },
    rules: ['stored', 'stored'],
  },
  {
    says: 'what another process told just before the last run',
    outcomes: [told({ ...FAILED, teller: 1 }), told({ run: B, at: 700 })],
    row: { ...ROW, errors: 'failed with exit code 2' },
    rules: [],
  },
  { says: 'a run that began after its end', outcomes: [told()], row: { ...ROW, lastRun: 700 }, rules: ['stored'] },
  { says: 'a run that began before its minute', outcomes: [told()], row: { ...ROW, lastRun: -900 }, rules: ['stored'] },
]

for (const { says, outcomes, row, rules } of CASES) {
  test(`the store says ${says}`, () => {
    deepEqual(rulesOf(judgeStore(evidence([], outcomes, { rows: [row] }))), rules)
  })
}

const LAST = { number: 1, readyAt: 2000, until: 9000, stoppingAt: 9000 }
const LIVES = [
  { says: 'died at once', until: 600, rules: [] },
  { says: 'had all the time it needs', until: 8000, rules: ['stored'] },
]
for (const { says, until, rules } of LIVES) {
  test(`the store says nothing, and the daemon that told it ${says}`, () => {
    const lives = [{ number: 0, readyAt: -1000, until, stoppingAt: null }, LAST]
    deepEqual(rulesOf(judgeStore(evidence([], [told()], { rows: [EMPTY], lives }))), rules)
  })
}
