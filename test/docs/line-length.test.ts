import { deepEqual, ok } from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

const MAX_CHARACTERS = 119

test('pages are read beside something else: their lines, but those of tables, have less than 120 characters', () => {
  const pages = ['README.md', ...globSync('docs/*.md')]
  ok(pages.length > 10, `only ${pages.length} pages are found`)
  const longer = pages.flatMap((page) =>
    readFileSync(page, 'utf8')
      .split('\n')
      .map((line, index) => ({ line, where: `${page}:${index + 1}` }))
      .filter(({ line }) => [...line].length > MAX_CHARACTERS && !line.startsWith('|')),
  )
  deepEqual(
    longer.map(({ where }) => where),
    [],
  )
})
