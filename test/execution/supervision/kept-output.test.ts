import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { captureKept, parseKeptOutput } from '../../../src/execution/supervision/kept-output.ts'
import { withNote } from '../../../src/execution/supervision/output-notes.ts'

const ID = 'ab'.repeat(16)
const part = (name: string, text: string) => `RCRONO ${ID} ${name} ${Buffer.byteLength(text)}\n${text}`

test('parts are read by their length: what a command printed is never taken for an answer', () => {
  const sly = `RCRONO ${ID} err 4\nfakeRCRONP ${ID} state=gone\n`
  const answer = Buffer.from(
    `noise\nRCRONP ${ID} state=exited rc=0\n${part('out', sly)}${part('err', 'oops\n')}RCRONP end\n`,
  )
  const kept = parseKeptOutput(answer, ID)
  deepEqual(
    kept?.map(({ stream, place, bytes }) => [stream, place, bytes.toString()]),
    [
      ['stdout', 'head', sly],
      ['stderr', 'head', 'oops\n'],
    ],
  )
})

for (const [what, answer] of [
  ['nothing', ''],
  ['another run', part('out', 'x').replace(ID, 'cd'.repeat(16))],
  ['a part that was cut off', part('out', 'abcdef').slice(0, -1)],
  ['a part of no known name', part('env', 'x')],
  ['no length', `RCRONO ${ID} out \nabc`],
] as const) {
  test(`${what}: no kept output`, () => {
    equal(parseKeptOutput(Buffer.from(answer), ID), null)
  })
}

test('head and tail of both streams are put together', () => {
  const kept = parseKeptOutput(Buffer.from(part('out', 'a\n') + part('out.tail', 'z\n') + part('err', 'e\n')), ID)
  const captured = captureKept(kept ?? []).captured()
  deepEqual([captured.head, captured.stdoutBytes, captured.streams.stderr.head], ['a\nz\ne\n', 4, 'e\n'])
})

test('a note stands on a line of its own, at the very end', () => {
  const streams = { stdout: { head: 'a', tail: '' }, stderr: { head: '', tail: '' } }
  const output = { head: 'a', tail: '', omittedBytes: 0, stdoutBytes: 1, stderrBytes: 0, streams }
  equal(withNote(output, '[n]\n').head, 'a\n[n]\n')
  deepEqual(withNote({ ...output, tail: 'z\n', omittedBytes: 9 }, '[n]\n'), {
    ...output,
    tail: 'z\n[n]\n',
    omittedBytes: 9,
    streams: { ...streams, stdout: { head: 'a\n[n]\n', tail: '' } },
  })
})
