import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { degradedNotes, describeTotal, failureNotes } from '../../../src/commands/login-test/fold-notes.ts'
import { degraded, type LoginReport } from '../../../src/commands/login-test/login-report.ts'

const SCOPE = degraded('scope', 'none', 'its sessions have no systemd scope')
const LEGACY = (system: number) =>
  degraded('algorithms', 'legacy', `not needed: "rcron system edit ${system} --legacy-algorithms 0"`)

function reportOf(system: number, changes: Partial<LoginReport> = {}): LoginReport {
  return {
    system,
    host: `db${system}`,
    port: 22,
    isLocalPort: false,
    auth: 1,
    user: 'backup',
    addresses: [],
    hostKey: null,
    method: null,
    result: 'works',
    tookMs: null,
    checks: [],
    reason: null,
    remedy: null,
    ...changes,
  }
}

const failing = (system: number, reason: string) =>
  reportOf(system, { result: 'fails', reason, remedy: `rcron system edit ${system} --port` })
const reports = [
  ...Array.from({ length: 45 }, (_, at) => reportOf(at + 1, { checks: [SCOPE, LEGACY(at + 1)] })),
  failing(46, 'connection refused'),
  reportOf(47, { user: null, auth: null, result: 'unused', reason: 'no cron uses it' }),
  failing(48, 'connection refused'),
  failing(49, 'host key changed'),
  reportOf(50, { checks: [degraded('clock', '+9 s', 'its clock is 9 s ahead')] }),
]

test('equal notes are said once, with the first few and a count', () => {
  const where = 'system 1 (db1:22) as backup, system 2 (db2:22) as backup, system 3 (db3:22) as backup and 42 more'
  deepEqual(degradedNotes(reports), [
    `${where}: its sessions have no systemd scope`,
    `${where}: not needed: "rcron system edit ID --legacy-algorithms 0"`,
    'system 47 (db47:22): no cron uses it',
    'system 50 (db50:22) as backup: its clock is 9 s ahead',
  ])
})

test('every login that does not work is named', () => {
  deepEqual(failureNotes(reports), [
    'system 46 (db46:22) as backup, system 48 (db48:22) as backup: connection refused; rcron system edit ID --port',
    'system 49 (db49:22) as backup: host key changed; rcron system edit 49 --port',
  ])
})

test('the total says what became of how many', () => {
  equal(describeTotal(reports), '50 logins: 46 work, 3 fail, 1 unused')
  equal(describeTotal([reportOf(1, { result: 'not-tried' })]), '1 login: 0 work, 1 not tried')
})
