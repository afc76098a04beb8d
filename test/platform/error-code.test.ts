import { equal } from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { codeOf, codeOrNameOf, codeOrNull, isSqliteBusy, sqliteCodeOf } from '../../src/platform/error-code.ts'

const coded = Object.assign(new Error('about /secret'), { code: 'ENOENT' })

test('an error is named by its code; without one by its text, or where that may hold a secret by its name', () => {
  const table = [
    [coded, 'ENOENT', 'ENOENT', 'ENOENT'],
    [new RangeError('about'), 'RangeError: about', 'RangeError', null],
    ['thrown', 'thrown', 'unknown error', null],
    [undefined, 'undefined', 'unknown error', null],
  ] as const
  for (const [error, ...names] of table) {
    equal([codeOf(error), codeOrNameOf(error), codeOrNull(error)].join(), names.join())
  }
})

test('an error of SQLite is told by its number', () => {
  using database = new DatabaseSync(':memory:')
  try {
    database.exec('select * from nowhere')
  } catch (error) {
    equal(sqliteCodeOf(error), 1)
    equal(isSqliteBusy(error), false)
  }
  for (const [errcode, isBusy] of [
    [5, true],
    [261, true],
    [11, false],
  ] as const) {
    equal(isSqliteBusy(Object.assign(new Error('of SQLite'), { errcode })), isBusy)
  }
  equal(sqliteCodeOf(coded), null)
})
