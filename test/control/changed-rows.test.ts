import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { changedRows } from '../../src/control/act/changed-rows.ts'
import { aCronRow, anAuth, aSystem } from '../support/builders.ts'

const before = {
  auths: [anAuth()],
  systems: [aSystem(), aSystem({ id: 2, host: 'db2' })],
  crons: [aCronRow({ id: 1, cron_name: 'dump' }), aCronRow({ id: 2, cron_name: 'sync' })],
}

test('rows that were added, edited and removed are named by kind, id and name', () => {
  const after = {
    auths: [anAuth({ password: 'another' })],
    systems: [aSystem()],
    crons: [aCronRow({ id: 2, cron_name: 'sync', enabled: 0 }), aCronRow({ id: 3, cron_name: 'new "one"' })],
  }
  deepEqual(changedRows(before, after), {
    added: ['cron 3 "new \\"one\\""'],
    edited: ['auth 1 "cron"', 'cron 2 "sync"'],
    removed: ['system 2 db2:22', 'cron 1 "dump"'],
  })
})

test('equal rows are no change', () => {
  deepEqual(changedRows(before, structuredClone(before)), { added: [], edited: [], removed: [] })
})
