import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { keptOutputOf } from '../../../src/commands/history/kept-output.ts'
import { OutputCapture } from '../../../src/execution/output/output-capture.ts'
import { aRunRow } from '../../support/history-rows.ts'

function keptOf(printed: Buffer, replace: (text: string) => string = (text) => text) {
  const capture = new OutputCapture()
  capture.add('stdout', printed)
  const { streams, stdoutBytes, stderrBytes } = capture.captured()
  const { head, tail } = streams.stdout
  const output = { ...streams, stdout: { head: replace(head), tail: replace(tail) } }
  return keptOutputOf(aRunRow({ output, stdoutBytes, stderrBytes }))
}

test('where nothing is kept there is nothing', () => {
  equal(keptOutputOf(aRunRow({ output: null })), null)
})

test('all that was printed leaves nothing out', () => {
  deepEqual(keptOf(Buffer.from('ok\n')), {
    stdout: { head: 'ok\n', tail: '', bytes: 3, omittedBytes: 0 },
    stderr: { head: '', tail: '', bytes: 0, omittedBytes: 0 },
  })
})

test('what is left out is counted to the byte, characters of several bytes among it', () => {
  for (const text of ['x'.repeat(20_000), 'é'.repeat(15_000), '😀'.repeat(7_001)]) {
    const { stdout } = keptOf(Buffer.from(text)) ?? {}
    const kept = Buffer.byteLength(`${stdout?.head}${stdout?.tail}`)
    equal(stdout?.omittedBytes, Buffer.byteLength(text) - kept)
  }
})

test('where something was replaced it is counted by what had been kept before', () => {
  const rubbish = Buffer.alloc(20_000, 0xff)
  equal(keptOf(rubbish)?.stdout.omittedBytes, 20_000 - 16_384)
  const masked = keptOf(Buffer.from('secret!'.repeat(3_000)), (text) => text.replaceAll('secret!', '[secret]'))
  equal(masked?.stdout.omittedBytes, 21_000 - 16_384)
})
