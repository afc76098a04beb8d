import { deepEqual } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { REASONS } from '../../src/domain/reasons/reasons.ts'
import { FIRINGS, HISTORY_SET, RUNS } from '../../src/store/history/history-tables.ts'

const page = readFileSync('docs/history.md', 'utf8')

test('docs/history.md lists every code with which a firing ends, with its sentence, and no other', () => {
  const listed = [...page.matchAll(/^\| `([A-Z_]+)` \| (.*) \|$/gm)].map(([, code, sentence]) => [code, sentence])
  const ends = Object.entries(REASONS).filter(([, { isEnd }]) => isEnd)
  deepEqual(
    listed,
    ends.map(([code, { sentence }]) => [code, sentence]),
  )
})

test('docs/history.md names every table, and every column of firings and runs', () => {
  const names = [
    ...HISTORY_SET.tables.map(({ name }) => name),
    ...Object.keys(FIRINGS.columns),
    ...Object.keys(RUNS.columns),
  ]
  deepEqual(
    names.filter((name) => !page.includes(`\`${name}\``)),
    [],
  )
})
