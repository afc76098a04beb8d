import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { judgeWalks } from './judge-walks.ts'
import { B, evidence, NEXT_MINUTE, rulesOf, told } from './synthetic-evidence.ts'

const FAILED = { outcome: 'failed', exitCode: 2, at: 300 }
const SECOND = { run: B, cron: 2, at: 600 }
const DISABLED_AT = 5000

const CASES = [
  { says: 'that ends with a success', ends: [told()], rules: [] },
  { says: 'that ends with a loss', ends: [told({ outcome: 'lost' })], rules: [] },
  { says: 'that fails on all its hosts', ends: [told(FAILED), told({ ...FAILED, ...SECOND })], rules: [] },
  { says: 'that stops after a failure', ends: [told(FAILED)], rules: ['cancelled'] },
  {
    says: 'that stops after a host that was not reached',
    ends: [told({ outcome: 'unreachable' })],
    rules: ['cancelled'],
  },
  { says: 'that fails again and again on one host', ends: [told(FAILED), told(FAILED)], rules: ['cancelled'] },
  {
    says: 'that stops while the job goes on in the next minute',
    ends: [told(FAILED), told({ ...SECOND, minute: NEXT_MINUTE })],
    rules: ['cancelled'],
  },
  { says: 'of an action that has none', ends: [told({ ...FAILED, job: 'all' })], rules: [] },
  {
    says: 'whose next run waited when its daemon died',
    ends: [told(FAILED), told({ ...SECOND, outcome: 'missed', teller: 1 })],
    rules: [],
  },
  {
    says: 'whose next run waited when its daemon stopped',
    ends: [told(FAILED), told({ ...SECOND, outcome: 'killed', by: 'shutdown' })],
    rules: [],
  },
  { says: 'that the next daemon gives up', ends: [told({ ...FAILED, isAdopted: true })], rules: ['cancelled'] },
  {
    says: 'that the next daemon gives up, its crons being disabled',
    ends: [told({ ...FAILED, isAdopted: true, at: 5200 })],
    rules: [],
  },
  {
    says: 'that its own daemon gives up, its crons being disabled',
    ends: [told({ ...FAILED, at: 5200 })],
    rules: ['cancelled'],
  },
  {
    says: 'of which the success is told before the failure that led to it',
    ends: [told(SECOND), told({ ...FAILED, isAdopted: true, at: 700 })],
    rules: [],
  },
  {
    says: 'that stops long before it can be clobbered',
    ends: [told({ ...FAILED, job: 'clobber' })],
    rules: ['cancelled'],
  },
  { says: 'that stops when it is clobbered', ends: [told({ ...FAILED, job: 'clobber', at: 1100 })], rules: [] },
]

for (const { says, ends, rules } of CASES) {
  test(`a walk ${says}`, () => {
    deepEqual(rulesOf(judgeWalks(evidence([], ends, { disabledAt: DISABLED_AT }))), rules)
  })
}
