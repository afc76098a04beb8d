import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { planLogins, type WantedLogins } from '../../../src/commands/login-test/plan-logins.ts'
import type { CronRow, Definitions } from '../../../src/domain/rows.ts'
import { anAuth, aSystem } from '../../support/builders.ts'

/** Three systems, two of one name; three auths, two of one user; the third system is used by no cron. */
const definitions: Definitions = {
  systems: [
    aSystem({ id: 1, host: 'db1' }),
    aSystem({ id: 2, host: 'db1', port: 2222 }),
    aSystem({ id: 3, host: 'spare' }),
  ],
  auths: [anAuth({ id: 1, user: 'one' }), anAuth({ id: 2, user: 'two' }), anAuth({ id: 3, user: 'two' })],
  crons: [
    [1, 2],
    [1, 1],
    [1, 2],
    [2, 3],
  ].map(([host, user], index) => ({ id: index + 1, host, user, enabled: 0 }) as CronRow),
}

const rows: readonly (readonly [string, Partial<WantedLogins>, readonly string[]])[] = [
  ['every auth of every cron, once, and the unused system', {}, ['1 as 1', '1 as 2', '2 as 3', '3 unused']],
  ['a system by id', { systems: ['2'] }, ['2 as 3']],
  ['systems by name, all that have it', { systems: ['db1'] }, ['1 as 1', '1 as 2', '2 as 3']],
  ['a system by name and port', { systems: ['db1:2222'] }, ['2 as 3']],
  ['a system that is named twice', { systems: ['1', 'db1'] }, ['1 as 1', '1 as 2', '2 as 3']],
  ['an unused system', { systems: ['spare'] }, ['3 unused']],
  ['an unused system with an auth', { systems: ['spare'], user: 'one' }, ['3 as 1']],
  ['an unused system with a user of two auths', { systems: ['3'], user: 'two' }, ['3 as 2', '3 as 3']],
  ['one auth wherever a cron uses it', { user: 'two' }, ['1 as 2', '2 as 3']],
  ['one auth by id', { user: '3' }, ['2 as 3']],
  ['a named system with an auth that no cron of it uses', { systems: ['1'], user: '3' }, ['1 as 3']],
]
for (const [what, wanted, expected] of rows) {
  test(`planned is ${what}`, () => {
    const { logins, missing } = planLogins(definitions, { systems: [], user: null, ...wanted })
    const shown = logins.map((login) =>
      login.kind === 'login' ? `${login.system.id} as ${login.auth.id}` : `${login.system.id} unused`,
    )
    deepEqual([shown, missing], [expected, []])
  })
}

test('what is not there is told, system and auth alike', () => {
  const { missing } = planLogins(definitions, { systems: ['db1', 'db9'], user: 'nine' })
  deepEqual(missing, [
    { noun: 'system', reference: 'db9' },
    { noun: 'auth', reference: 'nine' },
  ])
})
