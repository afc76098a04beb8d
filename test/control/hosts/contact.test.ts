import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { type Contact, contactAfter, findingOf } from '../../../src/control/hosts/contact.ts'
import { HostContacts } from '../../../src/control/hosts/host-contacts.ts'
import { standingOf } from '../../../src/control/hosts/host-standing.ts'
import type { Outcome } from '../../../src/domain/outcome.ts'
import { resultWithoutOutput } from '../../../src/domain/run.ts'
import type { RunEvent } from '../../../src/domain/run-event.ts'
import { someRunFacts } from '../../support/run-facts.ts'

const started = (at: number, user = 'cron'): RunEvent => ({ kind: 'started', at, run: someRunFacts({ user }) })
const lost = (at: number, since: number): RunEvent => {
  return { kind: 'contact-lost', at, run: someRunFacts(), since, reason: 'no answer' }
}
const ended = (at: number, outcome: Outcome, user = 'cron'): RunEvent => {
  return { kind: 'ended', at, run: someRunFacts({ user }), result: resultWithoutOutput(outcome) }
}
const unreachable = (at: number) => ended(at, { kind: 'unreachable', reason: 'timed out' })
const refused = (at: number, user = 'cron') =>
  ended(at, { kind: 'refused', code: 'AUTH_FAILED', reason: 'wrong key' }, user)

const afterAll = (events: readonly RunEvent[]) =>
  events.reduce<Contact | null>((before, event) => {
    const finding = findingOf(event)
    return finding === null ? before : contactAfter(before, finding)
  }, null)

type Row = readonly [what: string, events: readonly RunEvent[], state: string, since: number | null, reason?: string]
const ROWS: readonly Row[] = [
  ['nothing has happened', [], 'untried', null],
  ['a run began', [started(5)], 'reachable', 5],
  ['runs began one after the other', [started(5), ended(6, { kind: 'succeeded' }), started(9)], 'reachable', 5],
  ['the end of an adopted run was found', [ended(7, { kind: 'failed', exitCode: 3 })], 'reachable', 7],
  ['it was not reached', [started(5), unreachable(8), unreachable(9)], 'unreachable', 8, 'timed out'],
  ['it is back', [unreachable(8), started(9)], 'reachable', 9],
  ['contact with a run was lost', [started(5), lost(9, 7)], 'unreachable', 7, 'no answer'],
  [
    'contact is back',
    [started(5), lost(9, 7), { kind: 'contact-found', at: 11, run: someRunFacts() }],
    'reachable',
    11,
  ],
  [
    'contact is not back, for another reason',
    [lost(9, 7), { kind: 'contact-still-lost', at: 12, run: someRunFacts(), since: 7, reason: 'no route' }],
    'unreachable',
    7,
    'no route',
  ],
  ['it refuses the login', [started(5), refused(8), refused(9)], 'refused', 8, 'as cron: wrong key'],
  ['it lets the user in again', [refused(8), started(9)], 'reachable', 8],
  ['it refuses one of two users', [refused(8), started(9, 'anna')], 'refused', 8, 'as cron: wrong key'],
  ['it refuses a user that nothing uses any more', [refused(8, 'gone')], 'reachable', 8],
  ['it refuses, and is not reached then', [refused(8), unreachable(9)], 'unreachable', 9, 'timed out'],
  [
    'it refuses before and after an outage',
    [refused(8), unreachable(9), refused(12)],
    'refused',
    8,
    'as cron: wrong key',
  ],
  [
    'its secret cannot be used, which tells nothing of it',
    [ended(7, { kind: 'refused', code: 'CREDENTIAL_UNUSABLE', reason: 'no key' })],
    'untried',
    null,
  ],
  [
    'no login is tried, which tells nothing new',
    [started(5), ended(7, { kind: 'refused', code: 'BREAKER_OPEN', reason: 'not tried' })],
    'reachable',
    5,
  ],
  ['a run was lost, which tells nothing', [started(5), ended(7, { kind: 'lost', reason: 'booted' })], 'reachable', 5],
]
for (const [what, events, state, since, reason = null] of ROWS) {
  test(`how a host is, where ${what}`, () => {
    const standing = standingOf(afterAll(events), new Set(['cron', 'anna']), false)
    deepEqual([standing.state, standing.since, standing.reason], [state, since, reason])
  })
}

const WAITING: readonly (readonly [string, readonly RunEvent[], string])[] = [
  ['was refused', [refused(8)], 'waiting'],
  ['was refused by a kill alone', [], 'waiting'],
  ['was refused before it could not be reached', [refused(8), unreachable(9)], 'unreachable'],
]
for (const [what, events, state] of WAITING) {
  test(`a host is ${state} while no login is tried that ${what}`, () => {
    equal(standingOf(afterAll(events), new Set(['cron']), true).state, state)
  })
}

test('so much is kept of a host, however many users it refuses and whatever it says', () => {
  const events = Array.from({ length: 100 }, (_, at) =>
    ended(at, { kind: 'refused', reason: 'x'.repeat(10_000) }, `user${at}`),
  )
  const refusals = [...(afterAll(events)?.refusals ?? [])]
  deepEqual([refusals.length, refusals.at(-1)?.[0], refusals[0]?.[1].reason.length], [20, 'user99', 500])
})

test('contacts are kept by host and port', () => {
  const contacts = new HostContacts()
  contacts.note(started(5))
  contacts.note({ kind: 'started', at: 6, run: someRunFacts({ port: 2222 }) })
  contacts.note({ kind: 'started', at: 7, run: someRunFacts({ host: 'fd00::1' }) })
  deepEqual(
    [contacts.of('host1', 22), contacts.of('host1', 2222), contacts.of('fd00::1', 22)].map((it) => it?.since),
    [5, 6, 7],
  )
  equal(contacts.of('host2', 22), null)
})

test('of 10,000 hosts at most something is kept', () => {
  const contacts = new HostContacts()
  for (let at = 0; at <= 10_000; at++) contacts.note({ kind: 'started', at, run: someRunFacts({ host: `h${at}` }) })
  deepEqual([contacts.of('h0', 22), contacts.of('h1', 22)?.since, contacts.of('h10000', 22)?.since], [null, 1, 10_000])
})
