import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { NO_OUTPUT } from '../../src/domain/run.ts'
import type { RunEvent, RunEventOf, RunFacts } from '../../src/domain/run-event.ts'
import { LogLines } from '../../src/history/log-lines.ts'
import { minute, RecordingLog } from '../support/builders.ts'
import { someRunFacts } from '../support/run-facts.ts'

const run = someRunFacts()
const { firing, id: _, ...rest } = run
const noRun = { ...rest, firing, id: null }
const adopted = someRunFacts({ firing: { ...firing, how: null }, attempt: null, isAdopted: true })
const failure = new Error('no room')
const first = minute('2026-03-01T12:00:00Z')
const last = minute('2026-03-01T13:00:00Z')
const missed = { job: firing.job, crons: [1, 2], first, last }

/** The fields by which a run is named in every line. */
const named = { run: run.id, cron: 1, job: 'backup', host: 'host1', user: 'cron', minute: '2026-03-01T12:00Z' }
const { run: _run, ...ofCron } = named
const ours = { ...named, how: 'schedule' }
const job = { job: 'backup', action: 'failover', crons: [1, 2], outcome: 'missed' }

type Facts<Kind extends RunEvent['kind']> = Omit<RunEventOf<Kind>, 'kind' | 'at'>
type Line = readonly [level: string, fields: object, message: string]
type Rows = { readonly [Kind in RunEvent['kind']]: readonly (readonly [Facts<Kind>, Line | null])[] }

const endOf = (of: RunFacts): Facts<'ended'> => {
  const outcome = { kind: 'failed', exitCode: 3 } as const
  return { run: of, result: { outcome, output: NO_OUTPUT, startedAt: 0, durationMs: 5, endedByItself: true } }
}
const end = { outcome: 'failed', exitCode: 3, durationMs: 5, stdoutBytes: 0, stderrBytes: 0, output: '' }

const rows: Rows = {
  fired: [[{ firing, crons: [1] }, null]],
  'firing-ended': [[{ firing, attempts: [] }, null]],
  continued: [
    [{ run: adopted, crons: [2, 3] }, ['info', { ...named, hosts: 2 }, 'failover continues after an adopted run']],
  ],
  'not-continued': [
    [
      { run: adopted, reason: 'why' },
      ['warn', { ...named, reason: 'why' }, 'failover does not continue after an adopted run'],
    ],
  ],
  queued: [
    [
      { run, limit: 'host', most: 2, reason: 'why' },
      ['info', { ...ours, limit: 'RCRON_MAX_CONCURRENT_RUNS_PER_HOST', reason: 'why' }, 'run waits for a slot'],
    ],
    [
      { run, limit: 'runs', most: 9, reason: 'why' },
      ['info', { ...ours, limit: 'RCRON_MAX_CONCURRENT_RUNS', reason: 'why' }, 'run waits for a slot'],
    ],
  ],
  'awaiting-host': [
    [{ run, reason: 'why' }, ['info', { ...ours, limit: 'login', reason: 'why' }, 'run waits for its host']],
  ],
  started: [
    [{ run }, ['info', ours, 'run started']],
    [{ run: { ...run, waitMs: 7 } }, ['info', { ...ours, waitMs: 7 }, 'run started']],
  ],
  'contact-lost': [
    [
      { run, since: 0, reason: 'why' },
      ['warn', { ...ours, reason: 'why' }, 'lost contact with run; still counted as active, will probe again'],
    ],
  ],
  'contact-still-lost': [
    [
      { run: adopted, since: 0, reason: 'why' },
      ['warn', { ...named, adopted: true, reason: 'why' }, 'still no contact with run, for another reason'],
    ],
  ],
  'contact-found': [[{ run }, ['info', ours, 'contact with run restored']]],
  adopted: [[{ run: adopted }, ['info', { ...named, adopted: true }, 'run adopted']]],
  'not-adopted': [
    [
      { run: { ...adopted, isAdopted: false }, failure },
      ['error', { ...named, err: failure }, 'run not adopted: cannot rewrite its lock; retrying'],
    ],
  ],
  'kill-unconfirmed': [
    [
      { run, by: 'shutdown', reason: 'why' },
      ['warn', { run: run.id, by: 'shutdown', reason: 'why' }, 'cannot confirm that run is dead'],
    ],
  ],
  ended: [
    [endOf(run), ['error', { ...ours, ...end }, 'run ended']],
    [endOf(adopted), ['error', { ...named, adopted: true, ...end }, 'run ended']],
  ],
  'ended-elsewhere': [[{ run }, ['info', ours, 'run ended by another rcron process, which reports the outcome']]],
  'not-run': [
    [
      { run, outcome: { kind: 'killed', by: 'clobber' } },
      ['warn', { ...ours, outcome: 'killed', by: 'clobber' }, 'run killed'],
    ],
    [
      { run: noRun, outcome: { kind: 'skipped', reason: 'why' } },
      ['warn', { ...ofCron, outcome: 'skipped', reason: 'why' }, 'run skipped'],
    ],
    [
      { run: noRun, outcome: { kind: 'blocked', reason: 'why' } },
      ['error', { ...ofCron, outcome: 'blocked', reason: 'why' }, 'run blocked'],
    ],
  ],
  missed: [
    [
      { ...missed, count: 4, caughtUp: 1 },
      [
        'warn',
        { ...job, count: 4, caughtUp: 1, first: '2026-03-01T12:00Z', last: '2026-03-01T13:00Z' },
        'minutes missed',
      ],
    ],
  ],
  interrupted: [
    [
      { ...missed, count: 1, last: first, reason: 'why' },
      ['warn', { ...job, count: 1, minute: '2026-03-01T12:00Z', reason: 'why' }, 'minutes missed'],
    ],
    [
      { ...missed, count: 2, reason: 'why' },
      [
        'warn',
        { ...job, count: 2, first: '2026-03-01T12:00Z', last: '2026-03-01T13:00Z', reason: 'why' },
        'minutes missed',
      ],
    ],
  ],
}

for (const [kind, examples] of Object.entries(rows)) {
  test(`the line of ${kind}, its fields in their order`, () => {
    for (const [facts, line] of examples) {
      const log = new RecordingLog()
      new LogLines(log).note({ kind, at: 0, ...facts } as RunEvent)
      const lines = log.entries.map(({ level, fields, message }) => [level, Object.entries(fields), message])
      deepEqual(lines, line === null ? [] : [[line[0], Object.entries(line[1]), line[2]]])
    }
  })
}
