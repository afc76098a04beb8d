import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { nearestNames } from '../../../src/domain/references/nearest-names.ts'

const NAMES = ['dump', 'dump-wal', 'sync', 'db/backup-main', 'dump']

for (const [word, expected] of [
  ['dumb', ['dump']],
  ['DUMP', ['dump', 'dump-wal']],
  ['snyc', []],
  ['db/bakup-main', ['db/backup-main']],
  ['backup', ['db/backup-main']],
  ['nothing', []],
] as const) {
  test(`${word} may be ${expected.join(' or ') || 'none of them'}`, () =>
    deepEqual(nearestNames(word, NAMES), expected))
}
