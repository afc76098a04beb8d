import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { hostCells } from '../../../src/commands/look/hosts.ts'
import type { DescribedHost } from '../../../src/control/hosts/host-schemas.ts'

const NOW = '2026-11-28T15:43:11+01:00'
const host: DescribedHost = {
  host: 'db1',
  port: 22,
  names: [],
  state: 'reachable',
  since: '2026-11-28T15:02:11+01:00',
  seen: NOW,
  reason: null,
  logins: [],
  paused: null,
  active: 2,
  waiting: 0,
  limit: 8,
  jobs: 3,
  crons: 4,
  enabled: 4,
}
const login = { user: 'backup', until: '2026-11-28T15:45:00+01:00', refusals: 2, reason: 'wrong key' }

const ROWS: readonly (readonly [string, Partial<DescribedHost>, readonly unknown[]])[] = [
  ['all is well', {}, ['db1:22', 'reachable', '15:02:11+01:00', '2/8', 3, 4, '']],
  [
    'it has a name, and more runs than places',
    { names: ['primary'], active: 8, waiting: 3 },
    ['db1:22 (primary)', 'reachable', '15:02:11+01:00', '8/8 +3', 3, 4, ''],
  ],
  [
    'it cannot be reached',
    { state: 'unreachable', since: '2026-11-27T15:02:11+01:00', reason: 'timed out' },
    ['db1:22', 'unreachable', '2026-11-27T15:02+01:00', '2/8', 3, 4, 'timed out'],
  ],
  [
    'no login is tried, and it is paused',
    { state: 'waiting', reason: 'as backup: wrong key', logins: [login], paused: 'system:db1 is paused' },
    [
      'db1:22',
      'waiting, paused',
      '15:02:11+01:00',
      '2/8',
      3,
      4,
      'no login as backup before 15:45:00+01:00, after 2 refused in a row: wrong key; system:db1 is paused',
    ],
  ],
  [
    'nothing was there yet',
    { state: 'untried', since: null, seen: null },
    ['db1:22', 'untried', null, '2/8', 3, 4, ''],
  ],
]
for (const [what, facts, cells] of ROWS) {
  test(`the line of a host, where ${what}`, () => {
    deepEqual(hostCells({ generated: NOW, items: [{ ...host, ...facts }] }), [cells])
  })
}
