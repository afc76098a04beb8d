import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import type { OutputPiece } from '../../../src/execution/output/followed-output.ts'
import { LiveOutputs } from '../../../src/execution/output/live-outputs.ts'
import { OutputCapture } from '../../../src/execution/output/output-capture.ts'
import { KnownSecrets } from '../../../src/secrets/known-secrets.ts'
import { HandClock } from '../../support/hand-clock.ts'

const RUN = 'a'.repeat(32)

function aRun(...secrets: readonly string[]) {
  const known = new KnownSecrets()
  for (const secret of secrets) known.note(secret)
  const clock = new HandClock(0)
  const outputs = new LiveOutputs({ clock, secrets: known })
  const capture = new OutputCapture()
  const print = (text: string, stream: 'stdout' | 'stderr' = 'stdout') => capture.add(stream, Buffer.from(text))
  const follow = () => {
    const pieces: OutputPiece[] = []
    const following = outputs.follow(RUN, { take: (piece) => pieces.push(piece) })
    const said = () => pieces.map(({ stream, text, omittedBytes }) => [stream, text, omittedBytes])
    return { pieces, said, stop: () => following[Symbol.dispose]() }
  }
  return { clock, outputs, capture, print, follow }
}

test('a reader is given what was printed before, and what is printed from then on', async () => {
  const { clock, outputs, capture, print, follow } = aRun()
  outputs.opened(RUN, capture)
  print('before\n')
  const { said } = follow()
  print('one ')
  print('two\n')
  print('bad\n', 'stderr')
  deepEqual(said(), [['stdout', 'before\n', 0]])
  await clock.advance(20)
  deepEqual(said().slice(1), [
    ['stdout', 'one two\n', 0],
    ['stderr', 'bad\n', 0],
  ])
  const later = follow()
  deepEqual(later.said(), [
    ['stdout', 'before\none two\n', 0],
    ['stderr', 'bad\n', 0],
  ])
  print('last')
  outputs.ended(RUN)
  for (const reader of [said(), later.said()]) deepEqual(reader.at(-1), ['stdout', 'last', 0])
})

test('a run that has not begun can be followed, and is heard when it begins', async () => {
  const { clock, outputs, capture, print, follow } = aRun()
  const { said } = follow()
  equal(outputs.isHeard(RUN), false)
  outputs.opened(RUN, capture)
  equal(outputs.isHeard(RUN), true)
  print('hello\n')
  await clock.advance(20)
  deepEqual(said(), [['stdout', 'hello\n', 0]])
})

test('nobody listens where nobody reads', async () => {
  const { clock, outputs, capture, print, follow } = aRun()
  outputs.opened(RUN, capture)
  equal(capture.listener, null)
  const { stop, pieces } = follow()
  ok(capture.listener !== null)
  print('x')
  stop()
  stop()
  equal(capture.listener, null)
  await clock.advance(20)
  deepEqual(pieces, [])
  const again = follow()
  deepEqual(again.said(), [['stdout', 'x', 0]])
})

test('what was left out before is counted', () => {
  const { outputs, capture, print, follow } = aRun()
  outputs.opened(RUN, capture)
  print('x'.repeat(20_000))
  deepEqual(
    follow().pieces.map(({ text, omittedBytes }) => [text.length, omittedBytes]),
    [
      [4096, 0],
      [12_288, 20_000 - 16_384],
    ],
  )
})

test('a flood is passed on in part, all of it is counted, and the other stream has its own room', async () => {
  const { clock, outputs, capture, print, follow } = aRun()
  outputs.opened(RUN, capture)
  const { pieces } = follow()
  const line = `${'x'.repeat(1023)}\n`
  let printed = 0
  for (let round = 0; round < 5; round++) {
    for (let n = 0; n < 1000; n++) print(line)
    printed += 1000 * line.length
    print('trouble\n', 'stderr')
    await clock.advance(20)
  }
  outputs.ended(RUN)
  const of = (stream: string) => pieces.filter((piece) => piece.stream === stream)
  const passed = of('stdout').reduce((sum, { text }) => sum + text.length, 0)
  const omitted = of('stdout').reduce((sum, { omittedBytes }) => sum + omittedBytes, 0)
  equal(passed + omitted, printed)
  equal(passed, 5 * 256 * 1024 + 12 * 1024)
  equal(of('stderr').length, 5)
})

test('a flood that pauses ends with its last bytes', async () => {
  const { clock, outputs, capture, print, follow } = aRun()
  outputs.opened(RUN, capture)
  const { pieces } = follow()
  print('x'.repeat(1_000_000))
  print('the end\n')
  await clock.advance(20)
  equal(pieces.length, 1)
  await clock.advance(20)
  equal(pieces.length, 2)
  ok(pieces[1]?.text.endsWith('xthe end\n'))
  equal(pieces[1]?.omittedBytes, 1_000_008 - 256 * 1024 - 12 * 1024)
  print('more\n')
  await clock.advance(20)
  deepEqual(pieces[2], { kind: 'output', stream: 'stdout', text: 'more\n', omittedBytes: 0 })
})

test('many readers are given less each, and the same', async () => {
  const { clock, outputs, capture, print, follow } = aRun()
  outputs.opened(RUN, capture)
  const readers = Array.from({ length: 64 }, follow)
  print('x'.repeat(1024 * 1024))
  await clock.advance(20)
  for (const { pieces } of readers) {
    equal(pieces.length, 1)
    equal(pieces[0], readers[0]?.pieces[0])
    equal(pieces[0]?.text.length, 16 * 1024)
  }
})

test('passing on takes a twentieth of the time at most', async () => {
  const { clock, outputs, capture, print } = aRun()
  outputs.opened(RUN, capture)
  let times = 0
  outputs.follow(RUN, {
    take: () => {
      times += 1
      clock.standStill(10)
    },
  })
  for (let ms = 0; ms < 2_000; ms += 10) {
    print('x')
    await clock.advance(10)
  }
  ok(times >= 5 && times <= 11, String(times))
})

test('secrets are replaced across the borders of what comes, and characters stay whole', async () => {
  const { clock, outputs, capture, print, follow } = aRun('hunter2-hunter2')
  outputs.opened(RUN, capture)
  print('before hunter2-')
  const { said } = follow()
  print('hunter2 after é\n')
  const euro = Buffer.from('€\n')
  capture.add('stdout', euro.subarray(0, 1))
  await clock.advance(20)
  capture.add('stdout', euro.subarray(1))
  outputs.ended(RUN)
  equal(
    said()
      .map(([, text]) => text)
      .join(''),
    'before [secret] after é\n€\n',
  )
})

test('rubbish is passed on as what it can be shown as', async () => {
  const { outputs, capture, follow } = aRun()
  outputs.opened(RUN, capture)
  const { said } = follow()
  capture.add('stdout', Buffer.from([0x1b, 0x5b, 0x00, 0xff, 0xfe, 0x41, 0xc3]))
  outputs.ended(RUN)
  equal(
    said()
      .map(([, text]) => text)
      .join(''),
    '\u001b[\u0000\ufffd\ufffdA\ufffd',
  )
})
