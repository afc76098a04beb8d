import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { addMinutes } from '../../../src/domain/minute.ts'
import { judgeSkips } from './judge-skips.ts'
import { A, B, evidence, NEXT_MINUTE, NOON, rulesOf, seen, skipped, told } from './synthetic-evidence.ts'

const LIVES = [
  { number: 0, readyAt: -1000, until: 1500, stoppingAt: null },
  { number: 1, readyAt: 2000, until: 9000, stoppingAt: 9000 },
]
const BY_LAST = { teller: 1, at: 2100 }
const FAILED = { outcome: 'failed', exitCode: 2, at: 300 }
const BLOCKED = { ...told({ job: 'clobber', outcome: 'blocked' }), run: null }
const CASES = [
  { says: 'beside a run that ends later', outcomes: [skipped(), told({ at: 1300 })], rules: [] },
  { says: 'beside one that the next daemon takes up', outcomes: [skipped(), told({ at: 3000, teller: 1 })], rules: [] },
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
    outcomes: [told(FAILED), skipped(), told({ run: B, cron: 2, outcome: 'missed', at: 2000, teller: 1 })],
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

const SKIP_BY_HAND = skipped({ minute: addMinutes(NOON, -1000), at: 450 })
const BEGUN = [
  { says: 'beside a run of a later minute that began before, which is told later', at: 300, rules: [] },
  { says: 'beside a run of a later minute that begins after', at: 1200, rules: ['not to be skipped'] },
]

for (const { says, at, rules } of BEGUN) {
  test(`a skip by hand ${says}`, () => {
    const facts = evidence([seen({ starts: [at] })], [SKIP_BY_HAND, told({ at: 2000, teller: 1 })], { lives: LIVES })
    deepEqual(rulesOf(judgeSkips(facts)), rules)
  })
}

for (const { says, outcomes, rules } of CASES) {
  test(`a skip ${says}`, () => {
    deepEqual(rulesOf(judgeSkips(evidence([], outcomes, { lives: LIVES }))), rules)
  })
}

const BY_HAND = addMinutes(NOON, -600)
const FIRED = [
  { says: 'was asked for before', firedAt: 1000, rules: [] },
  { says: 'was asked for afterwards', firedAt: 2000, rules: ['not to be skipped'] },
]
for (const { says, firedAt, rules } of FIRED) {
  test(`a firing by hand skipped beside one of a later minute that ${says}`, () => {
    const outcomes = [skipped({ minute: BY_HAND }), told({ at: 3000 })]
    const firstToldAt = new Map([[`walk ${NOON}`, firedAt]])
    deepEqual(rulesOf(judgeSkips(evidence([], outcomes, { lives: LIVES, tale: { firstToldAt } }))), rules)
  })
}

const missed = { job: 'walk', from: NOON, to: NOON, isMissed: true, teller: 1 }
const WAITING = [
  { says: 'waited for its turn when its daemon died', skip: skipped(), rules: [] },
  { says: 'was given up before', skip: skipped(BY_LAST), rules: ['not to be skipped'] },
]
for (const { says, skip, rules } of WAITING) {
  test(`a skip beside a firing that ${says}`, () => {
    deepEqual(rulesOf(judgeSkips(evidence([], [skip], { lives: LIVES, tale: { firings: [missed] } }))), rules)
  })
}
