import { deepEqual } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ProblemJournal } from '../../src/definitions/problem-journal.ts'
import { createSystemReportedProblems } from '../../src/definitions/system-reported-problems.ts'
import type { Problem } from '../../src/domain/problem.ts'
import { RecordingLog } from '../support/builders.ts'
import { until } from '../support/wait-until.ts'

const broken: Problem = {
  severity: 'error',
  about: { kind: 'cron', id: 7, name: 'backup' },
  field: 'cron_min',
  message: '"61", expected 0 to 59',
  hint: null,
}
const odd: Problem = { ...broken, severity: 'warning', field: 'cron_dom', message: '30 February never comes' }

test('each problem is told when it appears, with its severity, and once more when it is gone', async () => {
  const log = new RecordingLog()
  const journal = new ProblemJournal(log)
  await journal.record([broken])
  await journal.record([broken, odd, odd])
  await journal.record([odd])
  await journal.record([broken, odd])
  deepEqual(
    log.entries.map(({ level, message, fields }) => [level, message, fields['field']]),
    [
      ['error', 'cannot use definition', 'cron_min'],
      ['warn', 'questionable definition', 'cron_dom'],
      ['info', 'definition fixed', 'cron_min'],
      ['error', 'cannot use definition', 'cron_min'],
    ],
  )
})

test('a problem that changed is told as it is now, and the old one as mended', async () => {
  const log = new RecordingLog()
  const journal = new ProblemJournal(log)
  await journal.record([broken])
  await journal.record([{ ...broken, message: '"62", expected 0 to 59' }])
  deepEqual(log.of('error').length, 2)
  deepEqual(log.of('info'), ['definition fixed'])
})

test('what a process has said the next one does not say again, once it is in writing', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-told-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  /** What a process says that finds these problems. */
  const said = async (problems: readonly Problem[], writing?: Promise<void>) => {
    const log = new RecordingLog()
    if (writing !== undefined) log.writing = writing
    const recorded = new ProblemJournal(log, createSystemReportedProblems(directory, log)).record(problems)
    if (writing === undefined) await recorded
    else await until('all is said', () => log.entries.length === problems.length)
    return log.entries.map(({ level, message }) => `${level} ${message}`)
  }
  const neverWritten = new Promise<void>(() => undefined)
  deepEqual(await said([broken, odd], neverWritten), ['error cannot use definition', 'warn questionable definition'])
  deepEqual((await said([broken, odd])).length, 2)
  deepEqual(await said([broken, odd]), [])
  deepEqual(await said([odd]), ['info definition fixed'])
  deepEqual(await said([broken, odd]), ['error cannot use definition'])

  writeFileSync(join(directory, 'told-problems.json'), '{"format"')
  deepEqual((await said([broken, odd])).length, 2)
  deepEqual(await said([broken, odd]), [])

  rmSync(directory, { recursive: true })
  const [first, ...others] = await said([odd])
  deepEqual(
    [first, others],
    [
      'warn questionable definition',
      ['error cannot record the reported problems of definitions; the next tick reports them again'],
    ],
  )
})
