import { deepEqual, equal } from 'node:assert/strict'
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
const named = {
  job: 'backup',
  run: run.id,
  cron: 1,
  host: 'host1:22',
  user: 'cron',
  minute: '2026-03-01T12:00Z',
}
const { run: _run, ...ofCron } = named
const ours = { ...named, how: 'schedule' }
const job = { job: 'backup', action: 'failover', crons: [1, 2], outcome: 'missed' }

type Facts<Kind extends RunEvent['kind']> = Omit<RunEventOf<Kind>, 'kind' | 'at'>
type Line = readonly [level: string, fields: object, message: string]
type Rows = { readonly [Kind in RunEvent['kind']]: readonly (readonly [Facts<Kind>, ...Line[]])[] }

const endOf = (of: RunFacts): Facts<'ended'> => {
  const outcome = { kind: 'failed', exitCode: 3 } as const
  return { run: of, result: { outcome, output: NO_OUTPUT, startedAt: 0, durationMs: 5, endedByItself: true } }
}
const end = { outcome: 'failed', exitCode: 3, durationMs: 5, stdoutBytes: 0, stderrBytes: 0 }

/** Of the firing, which is over with it. */
const over = {
  ...{ ...named, durationMs: 5, outcome: 'failed', exitCode: 3, code: 'FAILED' },
  ...{ reason: 'Its command ended with exit code 3 on host1.', stdoutBytes: 0, stderrBytes: 0 },
}

const rows: Rows = {
  fired: [[{ firing, crons: [1] }]],
  'firing-ended': [[{ firing, attempts: [] }]],
  continued: [
    [{ run: adopted, crons: [2, 3] }, ['info', { ...named, hosts: 2 }, 'failover continues after an adopted run']],
  ],
  'not-continued': [
    [
      { run: adopted, reason: 'why' },
      ['error', { ...named, reason: 'why' }, 'failover does not continue after an adopted run'],
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
      ['warn', { job: 'backup', run: run.id, by: 'shutdown', reason: 'why' }, 'cannot confirm that run is dead'],
    ],
  ],
  ended: [
    [endOf(run), ['warn', { ...ours, ...end }, 'run ended'], ['error', over, 'job backup failed on host1']],
    [
      endOf(adopted),
      ['warn', { ...named, adopted: true, ...end }, 'run ended'],
      ['error', { ...over, adopted: true }, 'job backup failed on host1'],
    ],
  ],
  'ended-elsewhere': [[{ run }, ['info', ours, 'run ended by another rcron process, which reports the outcome']]],
  'not-run': [
    [
      { run, outcome: { kind: 'killed', by: 'clobber' } },
      ['warn', { ...ours, outcome: 'killed', by: 'clobber' }, 'run killed'],
      [
        'warn',
        {
          ...{ ...named, outcome: 'killed', by: 'clobber', code: 'CLOBBERED' },
          reason: 'The next firing of the job ended it on host1, as the action clobber has it.',
        },
        'job backup was killed on host1',
      ],
    ],
    [
      { run: noRun, outcome: { kind: 'skipped', reason: 'why' } },
      ['warn', { ...ofCron, outcome: 'skipped', reason: 'why' }, 'run skipped'],
      [
        'warn',
        {
          ...{ ...ofCron, outcome: 'skipped', reason: 'A run before it was still active: why' },
          code: 'OVERLAP_SKIPPED',
        },
        'job backup was skipped',
      ],
    ],
    [
      { run: noRun, outcome: { kind: 'blocked', reason: 'why' } },
      ['warn', { ...ofCron, outcome: 'blocked', reason: 'why' }, 'run blocked'],
      [
        'error',
        {
          ...{ ...ofCron, outcome: 'blocked', code: 'OVERLAP_BLOCKED' },
          reason: 'The run before it could not be confirmed dead: why',
        },
        'job backup was blocked',
      ],
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
  test(`the lines of ${kind}, where each run has its own`, () => {
    for (const [facts, ...lines] of examples) {
      const log = new RecordingLog()
      new LogLines(log, 'runs').note({ kind, at: 0, ...facts } as RunEvent)
      const logged = log.entries.map(({ level, fields, message }) => [level, fields, message])
      deepEqual(logged, lines)
      for (const { fields } of log.entries) equal(Object.keys(fields)[0], 'job')
    }
  })
}
