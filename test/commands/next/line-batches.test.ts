import { deepEqual, equal } from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { lineBatches } from '../../../src/commands/next/line-batches.ts'

async function batchesOf(chunks: readonly (string | Buffer)[]): Promise<readonly (readonly string[])[]> {
  const batches: (readonly string[])[] = []
  for await (const batch of lineBatches(Readable.from(chunks.map((chunk) => Buffer.from(chunk))))) batches.push(batch)
  return batches
}

const rows: readonly (readonly [string, readonly (string | Buffer)[], readonly (readonly string[])[]])[] = [
  ['nothing', [], []],
  ['one line', ['a\n'], [['a']]],
  ['a line without its end', ['a'], [['a']]],
  ['several in one chunk', ['a\nb\n'], [['a', 'b']]],
  ['one over several chunks', ['a', 'b', 'c\n'], [['abc']]],
  ['an end and a beginning in one chunk', ['a', 'b\nc', 'd'], [['ab'], ['cd']]],
  ['empty lines', ['\n\na\n'], [['', '', 'a']]],
  ['a character cut in two', [Buffer.from([0xc3]), Buffer.from([0xa4, 0x0a])], [['ä']]],
]
for (const [what, chunks, expected] of rows) {
  test(`lines of ${what}`, async () => deepEqual(await batchesOf(chunks), expected))
}

test('a line without an end is kept within a bound, and the next line is whole', async () => {
  const chunk = 'x'.repeat(100_000)
  const batches = await batchesOf([...Array.from({ length: 30 }, () => chunk), '\nnext\n'])
  deepEqual([batches.length, batches[0]?.[1]], [1, 'next'])
  equal((batches[0]?.[0]?.length ?? 0) <= 1_200_000, true)
})
