import { deepEqual, ok, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { RunOutputs } from '../../src/control/act/run-outputs.ts'
import type { FeedMessage, FeedReader } from '../../src/control/feed.ts'
import { ActiveRun } from '../../src/dispatch/active/active-run.ts'
import { jobKey } from '../../src/domain/job.ts'
import { type RunResult, resultWithoutOutput } from '../../src/domain/run.ts'
import { LiveOutputs } from '../../src/execution/output/live-outputs.ts'
import { OutputCapture } from '../../src/execution/output/output-capture.ts'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'
import { HandClock, settled } from '../support/hand-clock.ts'
import { someRunFacts } from '../support/run-facts.ts'

class Reader implements FeedReader {
  isBehind = false
  isOver = false
  readonly told: FeedMessage[] = []

  send(message: FeedMessage): void {
    this.told.push(message)
  }

  end(): void {
    this.isOver = true
  }

  get kinds() {
    return this.told.map(({ kind }) => kind)
  }

  get said() {
    return this.told.flatMap((it) => (it.kind === 'output' ? [[it.stream, it.text, it.omittedBytes]] : []))
  }
}

const run = someRunFacts()
const SUCCEEDED = { kind: 'succeeded' } as const

function aLab() {
  const secrets = new KnownSecrets()
  secrets.note('hunter2-hunter2')
  const clock = new HandClock(0)
  const outputs = new LiveOutputs({ clock, secrets })
  const told = new RunOutputs(() => ({ outputs, mask: (excerpt) => secrets.maskExcerpt(excerpt) }))
  const { job, minute } = run.firing
  const active = new ActiveRun({ id: run.id, job: jobKey(job), minute, crons: [1], state: 'running', present: run })
  const capture = new OutputCapture()
  const result = (): RunResult => ({ ...resultWithoutOutput(SUCCEEDED, 1), durationMs: 5, output: capture.captured() })
  const end = () => {
    outputs.ended(run.id)
    told.note({ kind: 'ended', at: 0, run, result: result() })
    active.end()
  }
  const follow = () => {
    const reader = new Reader()
    const following = told.follow(run.id, [active], reader)
    return { reader, leave: () => following[Symbol.dispose]() }
  }
  return { clock, outputs, told, active, capture, end, follow }
}

test('a run is followed from what it has printed to its end', async () => {
  const { clock, outputs, told, capture, end, follow } = aLab()
  outputs.opened(run.id, capture)
  capture.add('stdout', Buffer.from('before\n'))
  const { reader } = follow()
  capture.add('stderr', Buffer.from('it is hunter2-hunter2\n'))
  await clock.advance(20)
  told.note({ kind: 'contact-lost', at: 0, run, since: 0, reason: 'reset' })
  told.note({ kind: 'contact-found', at: 0, run })
  end()
  await settled()
  deepEqual(reader.kinds, ['run', 'output', 'output', 'contact', 'contact', 'end'])
  deepEqual(reader.told[0], {
    kind: 'run',
    run: run.id,
    job: 'backup',
    action: 'failover',
    host: 'host1',
    isHeard: true,
  })
  deepEqual(reader.said, [
    ['stdout', 'before\n', 0],
    ['stderr', 'it is [secret]\n', 0],
  ])
  deepEqual(reader.told.at(-1), {
    kind: 'end',
    outcome: 'succeeded',
    exitCode: 0,
    signal: null,
    description: 'succeeded',
    durationMs: 5,
  })
  ok(reader.isOver)
})

test('a slow reader is told how much was left out when it has caught up; the others have all of it', async () => {
  const { clock, outputs, capture, end, follow } = aLab()
  outputs.opened(run.id, capture)
  const [slow, quick] = [follow().reader, follow().reader]
  for (const [text, isBehind] of [
    ['one\n', true],
    ['two\n', true],
    ['three\n', false],
    ['four\n', true],
  ] as const) {
    slow.isBehind = isBehind
    capture.add('stdout', Buffer.from(text))
    await clock.advance(1_000)
  }
  end()
  deepEqual(slow.said, [
    ['stdout', 'three\n', 8],
    ['stdout', 'four\n', 0],
  ])
  deepEqual(quick.said.map(([, text]) => text).join(''), 'one\ntwo\nthree\nfour\n')
})

test('to a reader that is too slow until the end, the last of what was left out is told', async () => {
  const { clock, outputs, capture, end, follow } = aLab()
  outputs.opened(run.id, capture)
  const { reader } = follow()
  reader.isBehind = true
  for (const text of ['x'.repeat(100_000), '\n', 'the end\n']) {
    capture.add('stdout', Buffer.from(text))
    await clock.advance(1_000)
  }
  end()
  const [[, text, omitted] = [], ...others] = reader.said
  deepEqual([others, omitted], [[], 100_009 - 8_192])
  ok(String(text).endsWith('xx\nthe end\n'))
})

test('of a run that cannot be heard it is told at its end what is kept', () => {
  const { capture, end, follow } = aLab()
  const { reader } = follow()
  capture.add('stdout', Buffer.from(`hunter2-hunter2 ${'x'.repeat(20_000)}`))
  end()
  deepEqual(reader.kinds, ['run', 'output', 'output', 'end'])
  deepEqual(
    reader.told.map((it) => (it.kind === 'run' ? it.isHeard : it.kind === 'output' ? it.omittedBytes : null)),
    [false, 0, 20_016 - 16_384, null],
  )
  ok(String(reader.said[0]?.[1]).startsWith('[secret] xxx'))
})

test('a run that has ended just now is told of as a whole', () => {
  const { outputs, capture, end, follow } = aLab()
  outputs.opened(run.id, capture)
  capture.add('stdout', Buffer.from('quick\n'))
  end()
  const { reader } = follow()
  deepEqual(reader.kinds, ['run', 'output', 'end'])
  ok(reader.isOver)
})

test('a run whose end nobody tells ends for its readers all the same', async () => {
  const { active, follow } = aLab()
  const { reader } = follow()
  active.end()
  await settled()
  deepEqual(
    reader.told.map((it) => (it.kind === 'end' ? it.outcome : it.kind)),
    ['run', null],
  )
})

test('a run that was not begun ends for who waits for it', () => {
  const { told, follow } = aLab()
  const { reader } = follow()
  told.note({ kind: 'not-run', at: 0, run, outcome: { kind: 'killed', by: 'operator' } })
  deepEqual(reader.kinds, ['run', 'end'])
})

test('a reader that has left is told nothing, and keeps nothing', async () => {
  const { outputs, capture, end, follow } = aLab()
  outputs.opened(run.id, capture)
  const { reader, leave } = follow()
  leave()
  deepEqual(capture.listener, null)
  end()
  await settled()
  deepEqual(reader.kinds, ['run'])
})

test('a run that is not there is refused', () => {
  const { told } = aLab()
  throws(() => told.follow('f'.repeat(32), [], new Reader()), /run f{32} is not active/)
})
