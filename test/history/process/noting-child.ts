// A process of its own for a test: notes firings as a daemon does until it is killed, and says which of them it has noted.

import { createHash } from 'node:crypto'
import { writeSync } from 'node:fs'
import { addMinutes } from '../../../src/domain/minute.ts'
import { NO_OUTPUT } from '../../../src/domain/run.ts'
import type { RunEvent } from '../../../src/domain/run-event.ts'
import { HistoryRows } from '../../../src/history/history-rows.ts'
import { HistoryWriter } from '../../../src/history/history-writer.ts'
import { HistoryPlan } from '../../../src/history/plan-history.ts'
import { SqliteHistoryJournal } from '../../../src/history/sqlite-history-journal.ts'
import { SqliteJournal } from '../../../src/history/sqlite-journal.ts'
import { SystemClock } from '../../../src/platform/system-clock.ts'
import { createSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import { minute, RecordingLog } from '../../support/builders.ts'
import { someRunFacts } from '../../support/run-facts.ts'

const [journalPath = '', storePath = '', from = '0', manner = ''] = process.argv.slice(2)
/** The firing of which it notes the run, and dies before it can note all of it. */
const diesAt = manner === '' ? -1 : Number(from) + Number(manner)
const [clock, log] = [new SystemClock(), new RecordingLog()]
const file = new SqliteJournal({ path: journalPath, clock, log, thread: null })
const journal = new SqliteHistoryJournal({ file, store: () => 'db', maxBytes: 1e9, clock, log })
const store = createSqliteStore(storePath)
const writer = new HistoryWriter({ store, journal, clock, log })
const idOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32)
const rows = new HistoryRows({
  plan: new HistoryPlan({ installation: 'i', idOf }),
  writer,
  mask: (excerpt) => excerpt,
  keepOf: () => 'all',
})

/** One firing whose run succeeds, or fails. */
function noteFiring(number: number): void {
  const at = Date.now()
  const firing = { ...someRunFacts().firing, minute: addMinutes(minute('2026-03-01T12:00:00Z'), number) }
  const run = someRunFacts({ id: idOf(`run ${number}`), firing })
  const outcome = number % 5 === 0 ? ({ kind: 'failed', exitCode: 1 } as const) : ({ kind: 'succeeded' } as const)
  const result = { outcome, output: NO_OUTPUT, startedAt: at, durationMs: 5, endedByItself: true }
  const events: readonly RunEvent[] = [
    { kind: 'fired', at, firing, crons: [1] },
    { kind: 'ended', at, run, result },
    { kind: 'firing-ended', at, firing, attempts: [{ cron: run, run: run.id, outcome }] },
  ]
  for (const event of events) {
    rows.note(event)
    if (number === diesAt && event.kind === 'ended') process.kill(process.pid, 'SIGKILL')
  }
  writeSync(1, `${number}\n`)
}

if (manner === 'last') {
  await writer.flushed()
  await store.close()
} else {
  for (let number = Number(from); ; number++) {
    noteFiring(number)
    // Some in one turn, then others have theirs: the writer above all.
    if (number % 7 === 0) await new Promise((next) => setTimeout(next, 1))
    if (number % 50 === 0) void writer.flushed()
  }
}
