import { deepEqual, doesNotMatch, equal } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { plainOf, writtenRunOf } from '../../../src/store/runs/run-columns.ts'

const run = { cronId: 1, lastRun: Date.UTC(2026, 1, 3, 4, 5, 6, 789), durationMs: 1_234, errors: 'failed' }

test('a record is written in UTC, seconds and text', () => {
  deepEqual(writtenRunOf(run), { last_run: '2026-02-03 04:05:06', duration: 1.23, errors: 'failed' })
  deepEqual(writtenRunOf({ ...run, durationMs: null, errors: null }), {
    last_run: '2026-02-03 04:05:06',
    duration: null,
    errors: null,
  })
})

test('what a column cannot hold is the nearest that it can', () => {
  deepEqual(writtenRunOf({ ...run, lastRun: -1, durationMs: -5 }), {
    last_run: '1970-01-01 00:00:01',
    duration: 0,
    errors: 'failed',
  })
  deepEqual(writtenRunOf({ ...run, lastRun: 1e15, durationMs: 1e15 }), {
    last_run: '2038-01-19 03:14:07',
    duration: 999_999.99,
    errors: 'failed',
  })
})

const UNSEEN = /[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u

test('any text becomes at most 255 whole characters, all of which can be seen', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (errors) => {
      const written = writtenRunOf({ ...run, errors }).errors ?? ''
      equal(written.isWellFormed(), true)
      equal([...written].length <= 255, true)
      doesNotMatch(written, UNSEEN)
    }),
  )
  equal(writtenRunOf({ ...run, errors: `${'x'.repeat(254)}💥💥` }).errors, `${'x'.repeat(254)}💥`)
  const seen = 'exit code 3: naïve 日本 👍\n\tsecond line'
  equal(writtenRunOf({ ...run, errors: seen }).errors, seen)
  equal(writtenRunOf({ ...run, errors: 'a\ud83d\0b\r\nc' }).errors, 'a\\u{d83d}\\x00b\nc')
  equal(writtenRunOf({ ...run, errors: '\u001b[2J\u009b\u202e' }).errors, '\\x1b[2J\\x9b\\u{202e}')
})

test('plain text has no character that a character set may lack', () => {
  equal(plainOf(writtenRunOf({ ...run, errors: 'é\n💥\u001b[31m' })).errors, '?\n?\\x1b[31m')
  equal(plainOf(writtenRunOf({ ...run, errors: null })).errors, null)
})
