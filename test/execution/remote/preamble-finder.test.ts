import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { PreambleFinder } from '../../../src/execution/remote/preamble-finder.ts'
import { until } from '../../support/wait-until.ts'

const ID = '0123456789abcdef0123456789abcdef'
const PREAMBLE = `RCRON1 ${ID} pid=12 pgid=12 start=345 boot=b8-1 cg=- spool=home\n`

function feed(bytes: Buffer, sizes: readonly number[]) {
  const finder = new PreambleFinder(ID)
  const output: Buffer[] = []
  let answers = 0
  let at = 0
  for (let index = 0; at < bytes.length; index += 1) {
    const end = at + (sizes[index % sizes.length] ?? 1)
    const found = finder.push(bytes.subarray(at, end))
    if (found.answer !== null) answers += 1
    output.push(found.output)
    at = end
  }
  return { finder, answers, output: Buffer.concat(output) }
}

test('however stdout is cut, the noise is dropped and every byte after the preamble is the output', () => {
  const noise = fc.oneof(
    fc.string(),
    fc.constantFrom(`RCRON1 ${ID} `, `RCRON1 ${ID} pid=x\n`, 'RCRON1 RCRON1 ', PREAMBLE.slice(0, 50)),
  )
  fc.assert(
    fc.property(
      noise,
      fc.uint8Array(),
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
      (before, after, sizes) => {
        const bytes = Buffer.concat([Buffer.from(before), Buffer.from(PREAMBLE), Buffer.from(after)])
        const { finder, answers, output } = feed(bytes, sizes)
        equal(answers, 1)
        ok(finder.found)
        deepEqual(output, Buffer.from(after))
      },
    ),
  )
})

test('a second preamble is output', () => {
  const { output } = feed(Buffer.from(PREAMBLE + PREAMBLE), [7])
  equal(output.toString(), PREAMBLE)
})

test('endless noise is not held', async () => {
  const finder = new PreambleFinder(ID)
  const chunk = Buffer.alloc(65_536, 'RCRON1 ')
  const before = heldBytes()
  for (let round = 0; round < 1000; round += 1) equal(finder.push(chunk).output.length, 0)
  // Of 64 MB hardly any; what is let go is not free at once.
  await until('hardly any of it is held', () => heldBytes() - before < 8 * 1024 * 1024)
  ok(!finder.found)
})

/** Bytes of buffers that are still referred to. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().arrayBuffers
}
