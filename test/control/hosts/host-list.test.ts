import { deepEqual, equal, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { HostContacts } from '../../../src/control/hosts/host-contacts.ts'
import { type HostListParts, hostListOf } from '../../../src/control/hosts/host-list.ts'
import type { RunFacts } from '../../../src/domain/run-event.ts'
import { zoneOf } from '../../../src/schedule/timezone.ts'
import { aCron, anAuth, aSystem } from '../../support/builders.ts'
import { someRunFacts } from '../../support/run-facts.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const one = aSystem({ id: 1, host: 'db1', name: 'primary' })
const two = aSystem({ id: 2, host: 'db2', port: 2222 })

function list(overrides: Partial<HostListParts> = {}) {
  return hostListOf({
    of: null,
    now: NOW,
    zone: zoneOf('Europe/Berlin'),
    crons: [
      aCron({ id: 1, name: 'dump', system: one }),
      aCron({ id: 2, name: 'dump', system: two }),
      aCron({ id: 3, name: 'sync', system: one, enabled: false }),
    ],
    pauses: [],
    active: [],
    contacts: new HostContacts(),
    pausedLogins: () => [],
    limit: 8,
    ...overrides,
  }).items
}

test('each host has its jobs, its rows and the names of its systems', () => {
  deepEqual(
    list().map(({ host, port, names, state, jobs, crons, enabled, limit }) => {
      return [host, port, names, state, jobs, crons, enabled, limit]
    }),
    [
      ['db1', 22, ['primary'], 'untried', 2, 2, 1, 8],
      ['db2', 2222, [], 'untried', 1, 1, 1, 8],
    ],
  )
})

test('runs that are active and that wait are counted apart, also where their crons were removed', () => {
  const run = (overrides: Partial<RunFacts>, isWaiting: boolean) => ({ present: someRunFacts(overrides), isWaiting })
  const active = [
    run({ host: 'db1' }, false),
    run({ host: 'db1' }, true),
    run({ host: 'db1' }, true),
    run({ host: 'gone' }, false),
    { present: null, isWaiting: true },
  ]
  deepEqual(
    list({ active }).map(({ host, active: now, waiting, crons }) => [host, now, waiting, crons]),
    [
      ['db1', 1, 2, 2],
      ['db2', 0, 0, 1],
      ['gone', 1, 0, 0],
    ],
  )
})

test('what has trouble stands first, with since when in the zone of rcron', () => {
  const contacts = new HostContacts()
  contacts.note({ kind: 'started', at: NOW, run: someRunFacts({ host: 'db1' }) })
  const run = someRunFacts({ host: 'db2', port: 2222 })
  contacts.note({ kind: 'contact-lost', at: NOW, since: NOW - 60_000, run, reason: 'no answer' })
  deepEqual(
    list({ contacts }).map(({ host, state, since, seen, reason }) => [host, state, since, seen, reason]),
    [
      ['db2', 'unreachable', '2026-03-01T12:59:00+01:00', '2026-03-01T12:59:00+01:00', 'no answer'],
      ['db1', 'reachable', '2026-03-01T13:00:00+01:00', '2026-03-01T13:00:00+01:00', null],
    ],
  )
})

test('logins that are left alone are told once for each user that is of use there', () => {
  const login = { leftMs: 90_000, count: 2, reason: 'wrong key' }
  const crons = [one, aSystem({ id: 3, host: 'db1' })].map((system) => aCron({ id: system.id, system, auth: anAuth() }))
  const pausedLogins = () => [
    { user: 'cron', ...login },
    { user: 'nobody', ...login },
  ]
  const [host] = list({ crons, pausedLogins })
  equal(host?.state, 'waiting')
  deepEqual(host?.logins, [{ user: 'cron', until: '2026-03-01T13:01:30+01:00', refusals: 2, reason: 'wrong key' }])
})

const pause = (kind: string, subject: string, until: number | null = null) => ({
  row: { id: 'a'.repeat(32), kind, subject, since: 0, until, reason: 'disks', actor: 'anna' },
  window: null,
})
const PAUSES: readonly (readonly [ReturnType<typeof pause>, readonly boolean[]])[] = [
  [pause('system', 'primary'), [true, false]],
  [pause('system', 'db2:2222'), [false, true]],
  [pause('all', ''), [true, true]],
  [pause('job', 'dump'), [false, false]],
  [pause('system', 'primary', NOW), [false, false]],
]
for (const [paused, expected] of PAUSES) {
  const { kind, subject, until } = paused.row
  test(`a pause of ${kind} ${subject}${until === null ? '' : ' that is over'} is shown at its hosts`, () => {
    const row = { ...paused.row, schedule: null, minutes: null, timezone: null }
    const items = list({ pauses: [{ ...paused, row }] })
    deepEqual(
      items.map((item) => item.paused !== null),
      expected,
    )
  })
}

const PATTERNS: readonly (readonly [string, readonly string[]])[] = [
  ['db1', ['db1']],
  ['DB*', ['db1', 'db2']],
  ['*:2222', ['db2']],
  ['prim*', ['db1']],
]
for (const [of, hosts] of PATTERNS) {
  test(`the pattern ${of} takes ${hosts.join(' and ')}`, () => {
    deepEqual(
      list({ of }).map(({ host }) => host),
      hosts,
    )
  })
}

test('a pattern that takes nothing is refused', () => {
  throws(() => list({ of: 'db3' }), /db3: no cron has such a host/)
})
