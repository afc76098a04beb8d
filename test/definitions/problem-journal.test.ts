import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { ProblemJournal } from '../../src/definitions/problem-journal.ts'
import type { Problem } from '../../src/domain/problem.ts'
import { RecordingLog } from '../support/builders.ts'

const broken: Problem = {
  severity: 'error',
  subject: 'cron 7 (backup)',
  field: 'cron_min',
  message: '"61", expected 0 to 59',
  hint: null,
}
const odd: Problem = { ...broken, severity: 'warning', field: 'cron_dom', message: '30 February never comes' }

test('each problem is told when it appears, with its severity, and once more when it is gone', () => {
  const log = new RecordingLog()
  const journal = new ProblemJournal(log)
  journal.record([broken])
  journal.record([broken, odd, odd])
  journal.record([odd])
  journal.record([broken, odd])
  deepEqual(
    log.entries.map(({ level, message, fields }) => [level, message, fields['field']]),
    [
      ['error', 'definition cannot be used', 'cron_min'],
      ['warn', 'definition may not be as meant', 'cron_dom'],
      ['info', 'definition mended', 'cron_min'],
      ['error', 'definition cannot be used', 'cron_min'],
    ],
  )
})

test('a problem that changed is told as it is now, and the old one as mended', () => {
  const log = new RecordingLog()
  const journal = new ProblemJournal(log)
  journal.record([broken])
  journal.record([{ ...broken, message: '"62", expected 0 to 59' }])
  deepEqual(log.of('error').length, 2)
  deepEqual(log.of('info'), ['definition mended'])
})
