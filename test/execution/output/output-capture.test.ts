import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { OutputCapture } from '../../../src/execution/output/output-capture.ts'

const BOUND = 64 * 1024

function capture(...chunks: readonly (readonly ['stdout' | 'stderr', string | Buffer])[]) {
  const output = new OutputCapture()
  for (const [stream, chunk] of chunks) output.add(stream, Buffer.from(chunk))
  return output.captured()
}

test('short output is kept whole, in the order it came', () => {
  const output = capture(['stdout', 'one\n'], ['stderr', 'two\n'], ['stdout', 'three\n'])
  deepEqual(output, {
    head: 'one\ntwo\nthree\n',
    tail: '',
    omittedBytes: 0,
    stdoutBytes: 10,
    stderrBytes: 4,
    streams: { stdout: { head: 'one\nthree\n', tail: '' }, stderr: { head: 'two\n', tail: '' } },
  })
})

test('a character cut between chunks is whole, even with the other stream in between', () => {
  const [first, second] = [Buffer.from('€').subarray(0, 2), Buffer.from('€').subarray(2)]
  equal(capture(['stdout', first], ['stderr', 'E'], ['stdout', second]).head, 'E€')
})

test('bytes that are no UTF-8 stand as replacement characters, and are counted as they were', () => {
  const output = capture(['stdout', Buffer.from([0x61, 0xff, 0xc3])])
  deepEqual([output.head, output.stdoutBytes], ['a\ufffd\ufffd', 3])
})

test('of much output head and tail are kept, and the rest is counted', () => {
  const lines = Array.from({ length: 50_000 }, (_, n) => `line ${n}\n`).join('')
  const parts = Array.from({ length: lines.length / 1000 + 1 }, (_, n) => lines.slice(n * 1000, (n + 1) * 1000))
  const output = capture(...parts.map((part) => ['stdout', part] as const))
  ok(output.head.startsWith('line 0\nline 1\n'))
  ok(output.tail.endsWith('line 49998\nline 49999\n'))
  equal(output.head.length + output.tail.length + output.omittedBytes, lines.length)
  ok(output.head.length + output.tail.length <= BOUND)
})

test('stderr behind much stdout still shows its beginning', () => {
  const output = capture(
    ['stdout', Buffer.alloc(BOUND, 'x')],
    ['stderr', 'the reason'],
    ['stdout', Buffer.alloc(BOUND, 'x')],
  )
  equal(output.streams.stderr.head, 'the reason')
})

test('whatever comes in whatever pieces: nothing is lost unless it is counted, and characters stay whole', () => {
  const piece = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constant('€'.repeat(20_000)))
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 1, max: 9_000 }), (pieces, size) => {
      const text = pieces.join('').toWellFormed()
      const bytes = Buffer.from(text)
      const output = new OutputCapture()
      for (let at = 0; at < bytes.length; at += size) output.add('stdout', bytes.subarray(at, at + size))
      const { head, tail, omittedBytes, stdoutBytes } = output.captured()
      equal(stdoutBytes, bytes.length)
      ok(text.startsWith(head))
      ok(text.endsWith(tail))
      equal(Buffer.byteLength(head) + Buffer.byteLength(tail) + omittedBytes, bytes.length)
      ok(Buffer.byteLength(head) + Buffer.byteLength(tail) <= BOUND)
    }),
    { numRuns: 200 },
  )
})
