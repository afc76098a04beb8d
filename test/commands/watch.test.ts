import { equal, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import type { CommandContext } from '../../src/commands/cli/context.ts'
import { redrawn, watching } from '../../src/commands/shared/watch.ts'

test('what is drawn again begins in the first place, and leaves nothing of what stood there', () => {
  equal(redrawn('one\ntwo\n', 10), '\u001b[Hone\u001b[K\ntwo\u001b[K\n\u001b[J')
})

test('what does not fit is counted, so that nothing moves up', () => {
  equal(redrawn('1\n2\n3\n4\n5\n', 4).replaceAll('\u001b[K', ''), '\u001b[H1\n2\n… 3 more lines\n\u001b[J')
})

for (const [what, isTTY, json, says] of [
  ['a pipe', false, false, /--watch: standard output is not a terminal/],
  ['JSON', true, true, /--watch: found --json too/],
] as const) {
  test(`${what} is refused`, async () => {
    const context = { stdout: { isTTY } } as unknown as CommandContext
    await rejects(
      watching(context, { json }, async () => 0),
      says,
    )
  })
}
