import { deepEqual } from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

const PAGE = 'docs/faults.md'

/** `| E6 | fault | what happens | what is reported |` */
const ROW = /^\| (?<row>[A-Z]\d+) \|/gm

/** The rows at the start of a test's name: `'E6: …'`, `'B2, B3: …'`. */
const QUOTED = /\b(?:test|it|describe)\(\s*['"`](?<rows>[A-Z]\d+(?:, [A-Z]\d+)*): /g

const rows = [...readFileSync(PAGE, 'utf8').matchAll(ROW)].map(({ groups = {} }) => groups['row'] ?? '')
const quotes = globSync('test/**/*.ts').flatMap((file) => quotedIn(file, readFileSync(file, 'utf8')))

test('every row that a test names stands in docs/faults.md', () => {
  const strays = quotes.filter(({ row }) => !rows.includes(row))
  deepEqual(
    strays.map(({ file, row }) => `${file} names ${row}: add this row to ${PAGE}`),
    [],
  )
})

test('every row of docs/faults.md is named by a test, and stands there once', () => {
  const named = new Set(quotes.map(({ row }) => row))
  deepEqual(
    rows.filter((row) => !named.has(row)).map((row) => `no test is named '${row}: …'`),
    [],
  )
  deepEqual(
    rows.filter((row, index) => rows.indexOf(row) !== index).map((row) => `${row} stands twice in ${PAGE}`),
    [],
  )
})

test('rows are found in names of tests, alone and in lists', () => {
  const file = "test('B2, B3: silent', async () => {})\n  test(\n`E6: dead`)\ntest('B1 is no row here')"
  deepEqual(
    quotedIn('a', file).map(({ row }) => row),
    ['B2', 'B3', 'E6'],
  )
})

function quotedIn(file: string, text: string): readonly { readonly file: string; readonly row: string }[] {
  return [...text.matchAll(QUOTED)].flatMap(({ groups = {} }) =>
    (groups['rows'] ?? '').split(', ').map((row) => ({ file, row })),
  )
}
