import { deepEqual, equal, ok } from 'node:assert/strict'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Action } from '../../src/domain/action.ts'
import type { LogRuns } from '../../src/domain/choices.ts'
import type { Outcome } from '../../src/domain/outcome.ts'
import { NO_OUTPUT } from '../../src/domain/run.ts'
import type { AttemptEnd, RunEvent, RunFacts } from '../../src/domain/run-event.ts'
import { LogLines } from '../../src/history/log-lines.ts'
import { SystemLog, type SystemLogOptions } from '../../src/platform/log/system-log.ts'
import { RecordingLog } from '../support/builders.ts'
import { someRunFacts } from '../support/run-facts.ts'

const GOOD: Outcome = { kind: 'succeeded' }
const BAD: Outcome = { kind: 'failed', exitCode: 3 }
const AWAY: Outcome = { kind: 'unreachable', reason: 'it does not answer' }
const LOST: Outcome = { kind: 'lost', reason: 'nobody knows' }
const SKIPPED: Outcome = { kind: 'skipped', reason: 'the one before runs' }

/** A firing of as many hosts as `outcomes`, of which those that are not null end so, in their order. */
function eventsOf(action: Action, outcomes: readonly (Outcome | null)[]): readonly RunEvent[] {
  const of = outcomes.length
  const { firing } = someRunFacts()
  const facts = { ...firing, job: { name: 'dump', action } }
  const runs = outcomes.map((_, at): RunFacts => {
    const walk =
      action === 'all'
        ? { attempt: { number: 1, of: 1 }, hostsLeft: 0 }
        : { attempt: { number: at + 1, of }, hostsLeft: of - at - 1 }
    return someRunFacts({ id: `${at + 1}`.repeat(32), firing: facts, cron: at + 1, host: `db${at + 1}`, ...walk })
  })
  const attempts: AttemptEnd[] = []
  const ends = runs.flatMap((run, at): RunEvent[] => {
    const outcome = outcomes[at] ?? null
    if (outcome === null) return []
    attempts.push({ cron: run, run: run.id, outcome })
    if (outcome.kind === 'skipped') return [{ kind: 'not-run', at: 0, run: { ...run, id: null }, outcome }]
    const result = { outcome, output: NO_OUTPUT, startedAt: 0, durationMs: 14_000, endedByItself: true }
    return [
      { kind: 'started', at: 0, run },
      { kind: 'ended', at: 14_000, run, result },
    ]
  })
  const fired: RunEvent = { kind: 'fired', at: 0, firing: facts, crons: runs.map(({ cron }) => cron) }
  return [fired, ...ends, { kind: 'firing-ended', at: 14_000, firing: facts, attempts }]
}

function linesOf(events: readonly RunEvent[], runs: LogRuns = 'firings') {
  const log = new RecordingLog()
  const lines = new LogLines(log, runs)
  for (const event of events) lines.note(event)
  return log.entries.filter(({ level }) => level !== 'debug')
}

const said = (events: readonly RunEvent[], runs?: LogRuns) =>
  linesOf(events, runs).map(({ level, message }) => `${level}: ${message}`)

const cases: readonly (readonly [string, Action, readonly (Outcome | null)[], readonly string[]])[] = [
  ['one host', 'failover', [GOOD], ['info: job dump succeeded on db1 in 14 s']],
  [
    'the second host, after a failure',
    'failover',
    [BAD, GOOD],
    ['warn: job dump failed on db1, 1st of 2 hosts', 'info: job dump succeeded on db2, 2nd of 2 hosts, in 14 s'],
  ],
  [
    'no host',
    'shuffle',
    [BAD, AWAY, BAD],
    [
      'warn: job dump failed on db1, 1st of 3 hosts',
      'warn: job dump did not begin on db2, 2nd of 3 hosts',
      'error: job dump failed on all 3 hosts',
    ],
  ],
  ['a failure of the only host', 'clobber', [BAD], ['error: job dump failed on db1']],
  [
    'a walk that does not go on, since rcron stops',
    'failover',
    [BAD, null],
    ['warn: job dump failed on db1, 1st of 2 hosts', 'error: job dump failed on db1, 1st of 2 hosts'],
  ],
  [
    'a loss, after which a walk does not go on',
    'failover',
    [LOST, null],
    ['warn: job dump was lost on db1, 1st of 2 hosts', 'alarm: job dump was lost on db1, 1st of 2 hosts'],
  ],
  [
    'a loss, after which it does',
    'failover',
    [LOST, GOOD],
    ['warn: job dump was lost on db1, 1st of 2 hosts', 'info: job dump succeeded on db2, 2nd of 2 hosts, in 14 s'],
  ],
  ['a skipped walk', 'failover', [SKIPPED, SKIPPED], ['warn: job dump was skipped']],
  ['all hosts', 'all', [GOOD, GOOD, GOOD], ['info: job dump succeeded on all 3 hosts in 14 s']],
  [
    'all hosts, of which one failed',
    'all',
    [GOOD, BAD, GOOD],
    ['warn: job dump failed on db2', 'error: job dump failed on 1 of 3 hosts'],
  ],
  [
    'all hosts, of which each failed in its own way',
    'all',
    [AWAY, BAD],
    ['warn: job dump did not begin on db1', 'error: job dump failed on all 2 hosts'],
  ],
  [
    'all hosts, of which one was skipped',
    'all',
    [SKIPPED, GOOD],
    ['warn: job dump was skipped on db1', 'warn: job dump was skipped on 1 of 2 hosts'],
  ],
]

for (const [name, action, outcomes, lines] of cases) {
  test(`the lines of a firing: ${name}`, () => deepEqual(said(eventsOf(action, outcomes)), lines))
}

test('of what errors say, one line each went wrong, and nothing else', () => {
  for (const runs of ['firings', 'runs', 'failures'] as const) {
    for (const [name, action, outcomes] of cases) {
      const errors = linesOf(eventsOf(action, outcomes), runs).filter(
        ({ level }) => level === 'error' || level === 'alarm',
      )
      const last = cases.find(([it]) => it === name)?.[3].at(-1) ?? ''
      equal(errors.length, /^(?:error|alarm)/.test(last) ? 1 : 0, `${runs}: ${name}`)
    }
  }
})

test('a walk is said to be over with the end of its last run, before the lock of that goes', () => {
  for (const outcomes of [[GOOD], [BAD, GOOD], [BAD, BAD], [{ kind: 'killed', by: 'operator' }]] as const) {
    const events = eventsOf('failover', outcomes)
    deepEqual(said(events.slice(0, -1)), said(events))
  }
})

test('failures: what succeeded is not logged', () => {
  deepEqual(said(eventsOf('failover', [GOOD]), 'failures'), [])
  deepEqual(said(eventsOf('failover', [BAD, GOOD]), 'failures'), ['warn: job dump failed on db1, 1st of 2 hosts'])
  deepEqual(said(eventsOf('failover', [BAD]), 'failures'), ['error: job dump failed on db1'])
})

test('runs: each run has its lines as well', () => {
  deepEqual(said(eventsOf('failover', [BAD, GOOD]), 'runs'), [
    ...['info: run started', 'warn: run ended', 'info: run started', 'info: run ended'],
    'info: job dump succeeded on db2, 2nd of 2 hosts, in 14 s',
  ])
})

test('no field is empty, the job comes first and a host has its port', () => {
  for (const [, action, outcomes] of cases) {
    for (const { fields } of linesOf(eventsOf(action, outcomes))) {
      equal(Object.keys(fields)[0], 'job')
      deepEqual(
        Object.values(fields).filter((value) => (value ?? '') === ''),
        [],
      )
      if ('host' in fields) ok(/^db\d:22$/.test(String(fields['host'])))
    }
  }
})

const FIRINGS_A_DAY = 1000 * 60 * 24

for (const format of ['journal', 'text', 'json'] as const) {
  test(`1,000 firings a minute are at most 300 MB a day, and a line has at most 200 bytes: ${format}`, async (t) => {
    const text = await writtenBy(t, format, 500)
    const lines = text.trimEnd().split('\n')
    const sizes = lines.map((line) => Buffer.byteLength(line) + 1).toSorted((a, b) => a - b)
    ok((sizes[Math.floor(sizes.length / 2)] ?? Number.POSITIVE_INFINITY) <= 200, `${lines[0]}`)
    const bytesADay = (Buffer.byteLength(text) / 500) * FIRINGS_A_DAY
    ok(bytesADay <= 300_000_000, `${bytesADay / 1e6} MB`)
  })
}

/** What so many firings log, of which one in 100 fails, and one in 50 succeeds on its second host. */
async function writtenBy(t: TestContext, format: SystemLogOptions['format'], firings: number): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-lines-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'log')
  const descriptor = openSync(path, 'w')
  {
    await using log = new SystemLog({ level: 'info', format, colour: false, journalStream: null, descriptor })
    const lines = new LogLines(log, 'firings')
    for (let firing = 0; firing < firings; firing++) {
      const outcomes = firing % 100 === 0 ? [BAD, BAD] : firing % 50 === 1 ? [BAD, GOOD] : [GOOD, null]
      for (const event of eventsOf('failover', outcomes)) lines.note(event)
    }
  }
  return readFileSync(path, 'utf8')
}
