import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { Dispatcher, type DispatcherParts } from '../../src/dispatch/dispatcher.ts'
import { SystemRunLocks } from '../../src/dispatch/locks/system-run-locks.ts'
import type { Cron } from '../../src/domain/cron.ts'
import type { SystemRow } from '../../src/domain/rows.ts'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { SubscribedJournal } from '../../src/history/journal.ts'
import { LastRunRecords } from '../../src/history/last-run-records.ts'
import { LogLines } from '../../src/history/log-lines.ts'
import { RecordQueue } from '../../src/history/record-queue.ts'
import type { ProcessIdentity } from '../../src/platform/process-identity.ts'
import type { RunRecord, RunRecorder } from '../../src/store/runs/run-recorder.ts'
import { anAuth, aSystem, RecordingLog } from '../support/builders.ts'
import { FakeExecutor } from '../support/fake-executor.ts'
import { HandClock } from '../support/hand-clock.ts'

/** A store that remembers, and is away while `failure` is set. */
export class FakeRecorder implements RunRecorder {
  readonly records: RunRecord[] = []
  failure: Error | null = null
  asked = 0

  async recordRun(record: RunRecord): Promise<void> {
    this.asked += 1
    if (this.failure !== null) throw this.failure
    this.records.push(record)
  }
}

type Overrides = {
  readonly placeOf?: NonNullable<DispatcherParts['placeOf']>
  readonly limits?: { readonly runs: number; readonly runsPerHost: number }
  /** The lock directory of an earlier dispatcher, or of another process. */
  readonly directory?: string
  /** Whose locks it makes. Absent: this process's. */
  readonly holder?: ProcessIdentity
  /** It is a tick. */
  readonly isTransient?: boolean
  /** The system of every run that is adopted. */
  readonly system?: SystemRow
  /** The present rows. */
  readonly crons?: readonly Cron[]
}

/** A dispatcher over lock files in a directory of its own, hosts in the hands of the test, and a clock moved by hand. */
export function aDispatch(t: TestContext, { limits = { runs: 64, runsPerHost: 10 }, ...overrides }: Overrides = {}) {
  const directory = overrides.directory ?? mkdtempSync(join(tmpdir(), 'rcron-dispatch-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const { holder, placeOf, isTransient = false, crons = [] } = overrides
  const clock = new HandClock('2026-03-01T12:00:00Z')
  const log = new RecordingLog()
  const executor = new FakeExecutor()
  const recorder = new FakeRecorder()
  const found: number[] = []
  const records = new RecordQueue({ recorder, clock, log })
  const events: RunEvent[] = []
  const dispatcher = new Dispatcher({
    executor,
    journal: new SubscribedJournal(log, [
      new LogLines(log, 'runs'),
      new LastRunRecords(records),
      { name: 'test', note: (event) => events.push(event) },
    ]),
    clock,
    log,
    limits,
    isTransient,
    ...(placeOf && { placeOf }),
    locks: SystemRunLocks.open({ directory, clock, log, ...(holder && { holder }) }),
    accessTo: (systemId, authId) => ({
      system: overrides.system ?? aSystem({ id: systemId, host: `host${systemId}` }),
      auth: anAuth({ id: authId }),
    }),
    cronOf: (id) => crons.find((cron) => cron.id === id) ?? null,
    installation: '0'.repeat(32),
    onFound: ({ cronId }) => found.push(cronId),
  })
  const locks = () => readdirSync(directory).filter((name) => name.endsWith('.rcron'))
  return { directory, clock, log, executor, recorder, records, events, dispatcher, locks, found }
}
