import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { adoptedRunOf, lockOfRun } from '../../../src/dispatch/locks/lock-of-run.ts'
import type { SystemRow } from '../../../src/domain/rows.ts'
import { aCron, anAuth, aSystem, minute } from '../../support/builders.ts'

const system = aSystem({ host: 'host1', port: 22, local_port: 2022 })
const run = { id: 'a'.repeat(32), cron: aCron({ system }), minute: minute('2026-03-01T12:00:00Z') }
const lock = lockOfRun(run, { startedAt: 1000, series: null, rest: [2], isWaiting: false })
const accessBy = (row: SystemRow, auth = anAuth(), of = lock) =>
  adoptedRunOf(of, () => ({ system: row, auth })).access()

test('a row is a way to the run while it means the same machine and account', () => {
  deepEqual(accessBy(system)?.system, system)
  equal(accessBy({ ...system, host: 'host2' }), null)
  equal(accessBy({ ...system, port: 2200 }), null)
  equal(accessBy({ ...system, local_port: 2200 }), null)
  equal(accessBy(system, anAuth({ user: 'other' })), null)
})

test('a lock of an earlier rcron holds no local port', () => {
  deepEqual(accessBy({ ...system, local_port: 2200 }, anAuth(), { ...lock, localPort: null })?.system.local_port, 2200)
})

test('whose connection was its own is told, of a lock of an earlier rcron by its action', () => {
  const isOwn = (part: Partial<typeof lock>) => adoptedRunOf({ ...lock, ...part }, () => null).ownConnection
  deepEqual(
    [
      isOwn({}),
      isOwn({ ownConnection: true }),
      isOwn({ ownConnection: null }),
      isOwn({ ownConnection: null, action: 'clobber' }),
    ],
    [false, true, false, true],
  )
})
