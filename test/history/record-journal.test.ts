import { deepEqual, equal, ok } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { RecordQueue } from '../../src/history/record-queue.ts'
import { SqliteJournal } from '../../src/history/sqlite-journal.ts'
import { SqliteRecordJournal } from '../../src/history/sqlite-record-journal.ts'
import { identityOf, type ProcessIdentity } from '../../src/platform/process-identity.ts'
import type { RunRecord } from '../../src/store/runs/run-recorder.ts'
import { FakeRecorder } from '../dispatch/a-dispatch.ts'
import { RecordingLog } from '../support/builders.ts'
import { HandClock, settled } from '../support/hand-clock.ts'

const GONE: ProcessIdentity = { pid: 999_999_999, start: '1', boot: 'an earlier one' }
const aRecord = (cronId: number, errors: string | null = null): RunRecord => ({
  cronId,
  lastRun: 1_750_000_000_000 + cronId,
  durationMs: 12.5,
  errors,
})

function aPath(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-journal-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, 'run-records.db')
}

type Manner = { readonly holder?: ProcessIdentity; readonly store?: string; readonly isAway?: boolean }

/** A process of an installation, as far as records go. */
function aProcess(t: TestContext, path: string, { holder, store = 'db', isAway = false }: Manner = {}) {
  const [clock, log, recorder] = [new HandClock('2026-03-01T12:00:00Z'), new RecordingLog(), new FakeRecorder()]
  if (isAway) recorder.failure = new Error('the store is unavailable')
  const file = new SqliteJournal({ path, clock, log, thread: null })
  const journal = new SqliteRecordJournal({ file, store: () => store, ...(holder && { holder }) })
  const close = () => {
    journal[Symbol.dispose]()
    file[Symbol.dispose]()
  }
  t.after(close)
  return { clock, log, recorder, journal, close, queue: new RecordQueue({ recorder, journal, clock, log }) }
}

const leave = async (t: TestContext, path: string, records: readonly RunRecord[], manner: Manner = {}) => {
  const { queue, close } = aProcess(t, path, { holder: GONE, isAway: true, ...manner })
  for (const record of records) queue.add(record)
  await settled()
  close()
}

test('what waits for the store outlives the process: the newest of each row, in order, each once', async (t) => {
  const path = aPath(t)
  await leave(t, path, [aRecord(1, 'first'), aRecord(2), aRecord(1, 'second')])
  equal(statSync(path).mode & 0o777, 0o600)
  const next = aProcess(t, path)
  await next.queue.flushed()
  deepEqual(next.recorder.records, [aRecord(2), aRecord(1, 'second')])
  next.close()
  const last = aProcess(t, path)
  await last.queue.flushed()
  deepEqual(last.recorder.records, [])
})

test('what is with the store when the process goes is not lost, and what the store has is not written again', async (t) => {
  const path = aPath(t)
  const { recorder, queue } = aProcess(t, path, { holder: GONE })
  queue.add(aRecord(1))
  await queue.flushed()
  recorder.recordRun = () => new Promise(() => undefined)
  queue.add(aRecord(2))
  await settled()
  const next = aProcess(t, path)
  await next.queue.flushed()
  deepEqual(next.recorder.records, [aRecord(2)])
})

test('a run that ends now is newer than what an earlier process has left of its row', async (t) => {
  const path = aPath(t)
  await leave(t, path, [aRecord(1, 'old'), aRecord(2, 'old')])
  const { queue, recorder } = aProcess(t, path)
  queue.add(aRecord(1, 'new'))
  await queue.flushed()
  deepEqual(recorder.records, [aRecord(2, 'old'), aRecord(1, 'new')])
})

test('what a living process waits with is left to it, and found when both it and the outage are over', async (t) => {
  const path = aPath(t)
  const other = aProcess(t, path, { isAway: true, holder: identityOf(process.ppid) })
  other.queue.add(aRecord(3))
  const daemon = aProcess(t, path, { isAway: true, holder: { ...GONE, pid: 1 } })
  daemon.queue.add(aRecord(1))
  await settled()
  await leave(t, path, [aRecord(2)])
  daemon.recorder.failure = null
  await daemon.clock.advance(1000)
  await daemon.queue.flushed()
  deepEqual(daemon.recorder.records, [aRecord(1), aRecord(2)])
  deepEqual(other.recorder.records, [])
})

test('records of another database wait until that is in use again', async (t) => {
  const path = aPath(t)
  await leave(t, path, [aRecord(1)], { store: 'one' })
  const other = aProcess(t, path, { store: 'other' })
  await other.queue.flushed()
  const same = aProcess(t, path, { store: 'one' })
  await same.queue.flushed()
  deepEqual([other.recorder.records, same.recorder.records], [[], [aRecord(1)]])
})

const broken: Readonly<Record<string, (path: string) => void>> = {
  'is torn': (path) => writeFileSync(path, 'x'.repeat(8192)),
  'is cut short': (path) => truncateSync(path, 3000),
  'is a link': (path) => {
    rmSync(path)
    symlinkSync('/etc/hostname', path)
  },
  'is a directory': (path) => {
    rmSync(path)
    mkdirSync(path)
  },
  'is of a later rcron': (path) => {
    using database = new DatabaseSync(path)
    database.exec('pragma user_version = 7')
  },
}

for (const [how, damage] of Object.entries(broken)) {
  test(`a journal that ${how} costs one warning and no record`, async (t) => {
    const path = aPath(t)
    await leave(t, path, [aRecord(1)])
    damage(path)
    const { queue, recorder, log } = aProcess(t, path)
    for (const id of [2, 3, 4]) queue.add(aRecord(id))
    await queue.flushed()
    deepEqual([recorder.records, log.of('warn').length], [[2, 3, 4].map((id) => aRecord(id)), 1])
    if (how !== 'is torn' && how !== 'is cut short') return
    ok(readdirSync(dirname(path)).some((name) => name.startsWith(`${basename(path)}.bad-`)))
    await leave(t, path, [aRecord(5)])
    const next = aProcess(t, path)
    await next.queue.flushed()
    deepEqual(next.recorder.records, [aRecord(5)])
  })
}

test('on a full disk records are kept in memory, with one warning, and journaled again when there is room', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-full-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', directory], { stdio: 'ignore' })
  } catch {
    rmSync(directory, { recursive: true })
    return t.skip('mounting is not allowed here')
  }
  t.after(() => {
    execFileSync('umount', ['-l', directory])
    rmSync(directory, { recursive: true })
  })
  const path = join(directory, 'run-records.db')
  const { queue, recorder, log, clock, close } = aProcess(t, path, { holder: GONE, isAway: true })
  queue.add(aRecord(1))
  try {
    writeFileSync(join(directory, 'fill'), 'x'.repeat(256 * 1024))
  } catch {
    // Full: as much of it as there was room for is there.
  }
  for (let id = 2; id < 100; id++) queue.add(aRecord(id, 'y'.repeat(1000)))
  await settled()
  equal(log.of('warn').length, 1)
  rmSync(join(directory, 'fill'))
  await clock.advance(30_000)
  queue.add(aRecord(100))
  await settled()
  equal(recorder.records.length, 0)
  close()
  const next = aProcess(t, path)
  await next.queue.flushed()
  const left = next.recorder.records.map(({ cronId }) => cronId)
  ok(left.includes(1) && left.includes(100), `left were ${left}`)
})
