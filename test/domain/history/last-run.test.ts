import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { lastRunAmong } from '../../../src/domain/history/last-run.ts'

const run = (name: string, startedAt: number | null, endedAt: number, minute = 0) => ({
  name,
  startedAt,
  endedAt,
  minute,
})
const ROWS: readonly (readonly [what: string, runs: readonly ReturnType<typeof run>[], last: string | undefined])[] = [
  ['none', [], undefined],
  ['the later minute, whichever ended last', [run('a', 1, 900, 1), run('b', 2, 800, 2)], 'b'],
  ['of one minute what ended last', [run('a', 1, 900), run('b', 2, 800)], 'a'],
  ['one that began, rather than a later one that did not', [run('a', 1, 2, 1), run('b', null, 9, 9)], 'a'],
  ['where none began, the last of all', [run('a', null, 2, 1), run('b', null, 9, 9)], 'b'],
]
for (const [what, runs, last] of ROWS) {
  test(`the last run is ${what}`, () => {
    equal(lastRunAmong(runs)?.name, last)
    equal(lastRunAmong(runs.toReversed())?.name, last)
  })
}
