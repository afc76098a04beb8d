import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ACTIONS } from '../../../src/domain/action.ts'
import { type AttemptOutcome, firingEnd, isAsBad } from '../../../src/domain/reasons/firing-end.ts'
import { reasonOfEvent } from '../../../src/domain/reasons/reason-of-event.ts'
import { reasonOfOutcome } from '../../../src/domain/reasons/reason-of-outcome.ts'
import {
  describeReason,
  type EndCode,
  endCodeOf,
  fieldsOfReason,
  nextCommandOf,
  REASONS,
  type ReasonCode,
} from '../../../src/domain/reasons/reasons.ts'
import { NO_OUTPUT } from '../../../src/domain/run.ts'
import type { RunEvent } from '../../../src/domain/run-event.ts'
import { ANY_OUTCOME } from '../../support/any-outcome.ts'
import { someRunFacts } from '../../support/run-facts.ts'

const CODES = Object.keys(REASONS) as readonly ReasonCode[]
const ANY_ATTEMPT: fc.Arbitrary<AttemptOutcome> = fc.option(ANY_OUTCOME, { nil: null })
const ANY_ACTION = fc.constantFrom(...ACTIONS)

test('every way a run can end has exactly one code, which is an end', () => {
  fc.assert(
    fc.property(ANY_ATTEMPT, (outcome) => {
      equal(endCodeOf(reasonOfOutcome(outcome)), reasonOfOutcome(outcome))
    }),
  )
})

test('every way a firing can end has exactly one code, which is an end', () => {
  fc.assert(
    fc.property(ANY_ACTION, fc.array(ANY_ATTEMPT), (action, attempts) => {
      const { code } = firingEnd(action, attempts)
      equal(endCodeOf(code), code)
    }),
  )
})

test('the code of an end on its own is that of its outcome, whatever the action', () => {
  fc.assert(
    fc.property(ANY_ACTION, ANY_ATTEMPT, (action, outcome) => {
      equal(firingEnd(action, [outcome]).code, reasonOfOutcome(outcome))
    }),
  )
})

test('no end is left without a way to it', () => {
  const reached = new Set<EndCode>()
  fc.assert(
    fc.property(ANY_ACTION, fc.array(ANY_ATTEMPT), (action, attempts) => {
      reached.add(firingEnd(action, attempts).code)
    }),
    { numRuns: 5000, seed: 1 },
  )
  // These are what somebody said of it afterwards.
  const said: readonly EndCode[] = ['RESOLVED_SUCCEEDED', 'RESOLVED_FAILED']
  deepEqual([...reached, ...said].sort(), CODES.filter((code) => REASONS[code].isEnd).sort())
})

test('a walk that succeeds in the end has succeeded, whatever came before', () => {
  fc.assert(
    fc.property(fc.constantFrom('failover', 'shuffle', 'clobber'), fc.array(ANY_ATTEMPT), (action, before) => {
      const { kind, code, decidedBy } = firingEnd(action, [...before, { kind: 'succeeded' }])
      deepEqual({ kind, code, decidedBy }, { kind: 'succeeded', code: 'SUCCEEDED', decidedBy: before.length })
    }),
  )
})

test('of all at once the worst speaks for all, and the order does not matter', () => {
  fc.assert(
    fc.property(fc.array(ANY_ATTEMPT, { minLength: 1 }), (attempts) => {
      const { kind } = firingEnd('all', attempts)
      for (const one of attempts) ok(isAsBad(kind, one?.kind ?? 'unknown'))
      equal(firingEnd('all', [...attempts].reverse()).kind, kind)
    }),
  )
})

const failed = { kind: 'failed', exitCode: 3 } as const
const rows: readonly [string, AttemptOutcome[], EndCode][] = [
  ['one host that failed', [failed], 'FAILED'],
  ['two hosts that failed', [failed, failed], 'NO_HOST_LEFT'],
  ['a failure, then a host that succeeded', [failed, { kind: 'succeeded' }], 'SUCCEEDED'],
  ['a failure, then a loss', [failed, { kind: 'lost', reason: '' }], 'NO_HOST_LEFT'],
  ['a failure, then a kill', [failed, { kind: 'killed', by: 'operator' }], 'KILLED'],
  ['nothing at all', [], 'INTERNAL_ERROR'],
]
for (const [what, attempts, code] of rows)
  test(`a failover of ${what} ends with ${code}`, () => equal(firingEnd('failover', attempts).code, code))

const run = someRunFacts()
const job = run.firing.job
const span = { job, crons: [1], count: 1, first: run.firing.minute, last: run.firing.minute }
const result = { outcome: failed, output: NO_OUTPUT, startedAt: 0, durationMs: 1, endedByItself: true }
const events: { readonly [Kind in RunEvent['kind']]: readonly [RunEvent & { readonly kind: Kind }, ReasonCode] } = {
  fired: [{ kind: 'fired', at: 0, firing: run.firing, crons: [1] }, 'DUE'],
  'firing-ended': [{ kind: 'firing-ended', at: 0, firing: run.firing, attempts: [] }, 'FIRING_ENDED'],
  continued: [{ kind: 'continued', at: 0, run, crons: [2] }, 'CONTINUED'],
  'not-continued': [{ kind: 'not-continued', at: 0, run, reason: '' }, 'NOT_CONTINUED'],
  queued: [{ kind: 'queued', at: 0, run, limit: 'host', most: 1, reason: '' }, 'QUEUED_HOST'],
  'awaiting-host': [{ kind: 'awaiting-host', at: 0, run, reason: '' }, 'AWAITING_HOST'],
  started: [{ kind: 'started', at: 0, run }, 'STARTED'],
  'contact-lost': [{ kind: 'contact-lost', at: 0, run, since: 0, reason: '' }, 'CONTACT_LOST'],
  'contact-still-lost': [{ kind: 'contact-still-lost', at: 0, run, since: 0, reason: '' }, 'CONTACT_LOST'],
  'contact-found': [{ kind: 'contact-found', at: 0, run }, 'CONTACT_FOUND'],
  adopted: [{ kind: 'adopted', at: 0, run }, 'ADOPTED'],
  'not-adopted': [{ kind: 'not-adopted', at: 0, run, failure: new Error('x') }, 'NOT_ADOPTED'],
  'kill-unconfirmed': [{ kind: 'kill-unconfirmed', at: 0, run, by: 'operator', reason: '' }, 'KILL_UNCONFIRMED'],
  ended: [{ kind: 'ended', at: 0, run, result }, 'FAILED'],
  'ended-elsewhere': [{ kind: 'ended-elsewhere', at: 0, run }, 'ENDED_ELSEWHERE'],
  'not-run': [{ kind: 'not-run', at: 0, run, outcome: { kind: 'skipped', reason: '' } }, 'OVERLAP_SKIPPED'],
  missed: [{ kind: 'missed', at: 0, ...span, caughtUp: 0 }, 'MISSED_DAEMON_DOWN'],
  interrupted: [{ kind: 'interrupted', at: 0, ...span, reason: '' }, 'INTERRUPTED'],
}
for (const [kind, [event, code]] of Object.entries(events))
  test(`${kind} has the code ${code}`, () => equal(reasonOfEvent(event), code))

const FIELDS = new Set(['job', 'host', 'user', 'minute', 'reason', 'exitCode', 'signal', 'tried'])
test('sentences are sentences, their fields are those that history has, and commands are commands', () => {
  for (const code of CODES) {
    match(code, /^[A-Z]+(_[A-Z]+)*$/)
    match(REASONS[code].sentence, /^([A-Z{]|rcron ).*[.}]$/)
    match(REASONS[code].next ?? 'rcron', /^rcron\b/)
    deepEqual(
      fieldsOfReason(code).filter((name) => !FIELDS.has(name)),
      [],
    )
  }
})

test('a sentence has its fields filled in, and says where one is not known; no command is half known', () => {
  equal(describeReason('FAILED', { exitCode: 3, host: 'db1' }), 'Its command ended with exit code 3 on db1.')
  equal(describeReason('AUTH_FAILED', { host: '{user}', reason: 'no' }), '{user} did not let ? in: no')
  equal(nextCommandOf('AUTH_FAILED', { host: 'db1' }), 'rcron test db1')
  equal(nextCommandOf('AUTH_FAILED', {}), null)
  equal(nextCommandOf('SUCCEEDED', { host: 'db1' }), null)
})

test('what no rcron of this version writes is no code', () => {
  deepEqual(['FAILED', 'STARTED', 'toString', ''].map(endCodeOf), ['FAILED', null, null, null])
})
