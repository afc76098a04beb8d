import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { plainOf, writtenRunOf } from '../../src/store/written-run.ts'

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

test('any text becomes at most 255 whole characters, and stays as it is where it fits', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (errors) => {
      const written = writtenRunOf({ ...run, errors }).errors ?? ''
      equal(written.isWellFormed(), true)
      equal([...written].length <= 255, true)
      if ([...errors].length <= 255 && errors.isWellFormed() && !errors.includes('\0')) equal(written, errors)
    }),
  )
  equal(writtenRunOf({ ...run, errors: `${'x'.repeat(254)}💥💥` }).errors, `${'x'.repeat(254)}💥`)
  equal(writtenRunOf({ ...run, errors: 'a\ud83d\0b' }).errors, 'a\ufffd\ufffdb')
})

test('plain text has no character that a character set may lack', () => {
  equal(plainOf(writtenRunOf({ ...run, errors: 'é\n💥\u001b[31m' })).errors, '?\n??[31m')
  equal(plainOf(writtenRunOf({ ...run, errors: null })).errors, null)
})
