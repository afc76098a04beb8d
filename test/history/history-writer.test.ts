import { deepEqual, equal, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { RunRow } from '../../src/domain/history/run-row.ts'
import { HistoryWriter } from '../../src/history/history-writer.ts'
import type { HistoryRow } from '../../src/history/plan-history.ts'
import { SqliteHistoryJournal } from '../../src/history/sqlite-history-journal.ts'
import { SqliteJournal } from '../../src/history/sqlite-journal.ts'
import type { HistoryBatch } from '../../src/store/history/history-store.ts'
import { DatabaseFault, type FaultKind } from '../../src/store/sql/database-fault.ts'
import { RecordingLog } from '../support/builders.ts'
import { HandClock, settled } from '../support/hand-clock.ts'
import { aFiringRow, aRunRow } from '../support/history-rows.ts'

/** A store that takes what it is given, unless it is told not to. */
class FakeStore {
  readonly batches: HistoryBatch[] = []
  fault: FaultKind | null = null
  /** Refuses a batch that holds this row. */
  unfit = ''

  async writeHistory(batch: HistoryBatch): Promise<void> {
    const ids = [...batch.firings, ...batch.runs].map(({ id }) => id)
    if (this.fault !== null) throw new DatabaseFault({ kind: this.fault, message: 'no', hint: null })
    if (ids.includes(this.unfit)) throw new DatabaseFault({ kind: 'too-long', message: 'no', hint: null })
    this.batches.push(batch)
  }

  get ids(): readonly string[] {
    return this.batches.flatMap(({ firings, runs }) => [...firings, ...runs].map(({ id }) => id))
  }

  get runs(): readonly RunRow[] {
    return this.batches.flatMap(({ runs }) => runs)
  }
}

function aPath(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-history-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, 'run-records.db')
}

function aProcess(t: TestContext, path: string, { store = new FakeStore(), name = 'db', maxBytes = 1e9 } = {}) {
  const [clock, log] = [new HandClock('2026-03-01T12:00:00Z'), new RecordingLog()]
  const file = new SqliteJournal({ path, clock, log, thread: null })
  t.after(() => file[Symbol.dispose]())
  const journal = new SqliteHistoryJournal({ file, store: () => name, maxBytes, clock, log })
  return { clock, log, store, file, journal, writer: new HistoryWriter({ store, journal, clock, log }) }
}

const firing = (id: string): HistoryRow => ({
  kind: 'firing',
  row: aFiringRow({ id }),
  isShown: false,
})
const run = (id: string, text = 'ok\n'): HistoryRow => {
  const output = { stdout: { head: text, tail: '' }, stderr: { head: '', tail: '' } }
  return { kind: 'run', row: aRunRow({ id, firing: `of ${id}`, output }), endsFiring: false }
}
const ids = (count: number) => Array.from({ length: count }, (_, at) => `f${at}`)

test('rows gather, and are written together, in order, each once', async (t) => {
  const { store, writer, clock } = aProcess(t, aPath(t))
  await clock.advance(500)
  for (const id of ids(3)) writer.add(firing(id))
  writer.add(run('r1'))
  await settled()
  equal(store.batches.length, 0)
  await clock.advance(500)
  equal(store.batches.length, 1)
  deepEqual(store.ids, ['f0', 'f1', 'f2', 'r1'])
  await writer.flushed()
  deepEqual(store.runs[0]?.output?.stdout.head, 'ok\n')
})

test('while the store is away rows wait, and are written in order when it is back; who asks does not wait for the pause to gather', async (t) => {
  const { store, writer, clock, log } = aProcess(t, aPath(t))
  store.fault = 'away'
  for (const id of ids(250)) writer.add(firing(id))
  await clock.advance(500)
  await clock.advance(60_000)
  deepEqual(store.ids, [])
  equal(log.of('info').filter((line) => line.startsWith('store unavailable')).length, 1)
  store.fault = null
  await clock.advance(60_000)
  await writer.flushed()
  deepEqual(store.ids, ids(250))
})

test('what waits when the process ends is written by the next one, and not again by the one after', async (t) => {
  const path = aPath(t)
  const first = aProcess(t, path)
  first.store.fault = 'away'
  for (const id of ids(3)) first.writer.add(firing(id))
  first.file[Symbol.dispose]()
  const next = aProcess(t, path)
  await next.writer.flushed()
  deepEqual(next.store.ids, ids(3))
  next.file[Symbol.dispose]()
  const last = aProcess(t, path)
  await last.writer.flushed()
  deepEqual(last.store.ids, [])
})

test('rows of another database wait until that is in use again', async (t) => {
  const path = aPath(t)
  const other = aProcess(t, path, { name: 'other' })
  other.store.fault = 'away'
  other.writer.add(firing('theirs'))
  const ours = aProcess(t, path)
  ours.writer.add(firing('ours'))
  await ours.writer.flushed()
  deepEqual(ours.store.ids, ['ours'])
  const back = aProcess(t, path, { name: 'other' })
  await back.writer.flushed()
  deepEqual(back.store.ids, ['theirs'])
})

test('a journal that is full loses what was printed, the oldest first, and never what happened', async (t) => {
  const path = aPath(t)
  const { store, writer, clock, log } = aProcess(t, path, { maxBytes: 1_000_000 })
  store.fault = 'away'
  const printed = 'x'.repeat(10_000)
  for (const id of ids(300)) writer.add(run(id, printed))
  await clock.advance(500)
  equal(log.of('warn').filter((line) => line.startsWith('journal of history is full')).length, 1)
  const beside = new DatabaseSync(path)
  const pages = beside.prepare('pragma page_count').get()
  const size = Number(pages?.['page_count']) * 4096
  beside.close()
  ok(size < 2_500_000, `${size} bytes`)
  store.fault = null
  await clock.advance(60_000)
  await writer.flushed()
  deepEqual(store.ids, ids(300))
  const kept = store.runs.map(({ output }) => output !== null)
  const firstKept = kept.indexOf(true)
  ok(firstKept > 100 && firstKept < 300)
  ok(kept.slice(firstKept).every((each) => each))
})

test('where there are no tables nothing is kept, nothing waits, and they are looked for again', async (t) => {
  const { store, writer, clock, journal, log } = aProcess(t, aPath(t))
  store.fault = 'missing-table'
  writer.add(firing('lost'))
  await clock.advance(500)
  deepEqual(journal.next(10), [])
  writer.add(firing('lost too'))
  deepEqual(journal.next(10), [])
  store.fault = null
  await clock.advance(60_000)
  writer.add(firing('kept'))
  await writer.flushed()
  deepEqual([store.ids, log.entries], [['kept'], []])
})

test('a row that no store takes is said to be a bug, and keeps no other one back', async (t) => {
  const { store, writer, log } = aProcess(t, aPath(t))
  store.unfit = 'f2'
  for (const id of ids(5)) writer.add(firing(id))
  await writer.flushed()
  deepEqual(store.ids, ['f0', 'f1', 'f3', 'f4'])
  deepEqual(log.of('error'), ['bug in rcron: a row of history cannot be written'])
})

test('a journal that cannot be used keeps rows in memory', async (t) => {
  const { store, writer, log } = aProcess(t, '/proc/nowhere/run-records.db')
  for (const id of ids(3)) writer.add(firing(id))
  await writer.flushed()
  deepEqual(store.ids, ids(3))
  deepEqual(log.of('warn'), ['cannot keep all queued run records in the journal'])
})

test('a firing that a run of it shows comes with what is written next, and waits in the journal where the store is away', async (t) => {
  const path = aPath(t)
  const shown = (id: string): HistoryRow => ({ kind: 'firing', row: aFiringRow({ id }), isShown: true })
  const { store, writer, clock, journal, file } = aProcess(t, path)
  writer.add(shown('f1'))
  writer.add(run('r1'))
  deepEqual(
    journal.next(9).map(({ row }) => row.row.id),
    ['r1'],
  )
  await clock.advance(500)
  equal(store.batches.length, 1)
  deepEqual(store.ids, ['f1', 'r1'])
  store.fault = 'away'
  writer.add(shown('f2'))
  await clock.advance(500)
  writer.add(shown('f3'))
  writer[Symbol.dispose]()
  file[Symbol.dispose]()
  const next = aProcess(t, path)
  await next.writer.flushed()
  deepEqual(next.store.ids, ['f2', 'f3'])
})

test('runs that printed much are written a few at a time, each once, in order', async (t) => {
  const { store, writer } = aProcess(t, aPath(t))
  for (const id of ids(30)) writer.add(run(id, 'x'.repeat(60_000)))
  await writer.flushed()
  deepEqual(store.ids, ids(30))
  for (const { runs } of store.batches) ok(runs.length <= 8, `${runs.length} runs at once`)
})
