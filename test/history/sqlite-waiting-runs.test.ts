import { deepEqual, throws } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { SqliteHistoryJournal } from '../../src/history/sqlite-history-journal.ts'
import { SqliteJournal } from '../../src/history/sqlite-journal.ts'
import { SqliteWaitingRuns } from '../../src/history/sqlite-waiting-runs.ts'
import { RecordingLog } from '../support/builders.ts'
import { HandClock } from '../support/hand-clock.ts'
import { aFiringRow, aRunRow } from '../support/history-rows.ts'

const STORE = 'sqlite:x'

/** The journal of a daemon that is at work, with these runs. */
function aJournal(t: TestContext, ...runs: readonly ReturnType<typeof aRunRow>[]) {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-waiting-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'run-records.db')
  const base = { clock: new HandClock(0), log: new RecordingLog() }
  const file = new SqliteJournal({ path, thread: null, ...base })
  t.after(() => file[Symbol.dispose]())
  const journal = new SqliteHistoryJournal({ file, store: () => STORE, maxBytes: 1e9, ...base })
  journal.add([{ kind: 'firing', row: aFiringRow(), isShown: false }])
  for (const row of runs) journal.add([{ kind: 'run', row, endsFiring: true }])
  const waiting = new SqliteWaitingRuns(path, STORE)
  t.after(() => waiting[Symbol.dispose]())
  return { waiting, path, file }
}

const ANY = { host: null, attempt: null }
const first = aRunRow({ id: 'aaaa1', attempt: 1, host: 'db1', kind: 'failed', endedAt: 5, startedAt: 1 })
const second = aRunRow({ id: 'aaaa2', attempt: 2, host: 'db2', cron: 2, endedAt: 9, startedAt: 6 })

test('a run that waits for the store is found by its id, its job and its row, with what it printed', (t) => {
  const { waiting } = aJournal(t, first, second)
  deepEqual(waiting.find({ begins: 'aaaa1' }), [first])
  deepEqual(waiting.find({ begins: 'aaaa' }), [second, first])
  deepEqual(waiting.find({ of: { job: 'dump' }, ...ANY }), [second])
  deepEqual(waiting.find({ of: { cron: 1 }, ...ANY }), [first])
  deepEqual(waiting.find({ of: { job: 'dump' }, host: 'db1', attempt: null }), [first])
  deepEqual(waiting.find({ of: { job: 'dump' }, host: null, attempt: 1 }), [first])
})

test('what is not there is not found', (t) => {
  const { waiting, path } = aJournal(t, first)
  deepEqual(waiting.find({ begins: 'bbbb' }), [])
  deepEqual(waiting.find({ of: { job: 'du*' }, ...ANY }), [])
  using ofAnother = new SqliteWaitingRuns(path, 'sqlite:y')
  deepEqual(ofAnother.find({ begins: 'aaaa' }), [])
  using nowhere = new SqliteWaitingRuns('/nowhere/run-records.db', STORE)
  deepEqual(nowhere.find({ begins: 'aaaa' }), [])
})

test('rows that are none of rcron keep nothing back', (t) => {
  const { waiting, file } = aJournal(t, first)
  file.use(({ database }) =>
    database.exec(`insert into waiting_history (entry, store, row, output) values (1, '${STORE}', '{torn', 'x')`),
  )
  file.use(({ database }) => database.exec("update waiting_history set output = '{' where output is not null"))
  deepEqual(waiting.find({ begins: 'aaaa' }), [{ ...first, output: null }])
})

test('a file that is no journal is said to be none', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-waiting-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'run-records.db')
  writeFileSync(path, 'x'.repeat(8192))
  using waiting = new SqliteWaitingRuns(path, STORE)
  throws(() => waiting.find({ begins: 'aaaa' }), /cannot read .*run-records\.db, where history waits .* not a database/)
})
