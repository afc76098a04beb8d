import { deepEqual, ok } from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { test } from 'node:test'

const PAGES = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/*.md')]

/** `src/config/values.ts`, `test/run.ts`; not a pattern, and not what a reader is to fill in (`src/commands/VERB.ts`). */
const PATH = /`(?<path>(?:src|test|docs|systemd|docker)\/[a-z0-9/._-]+)`/g

/** `[text](docs/security.md#part)`, but no address of the web. */
const LINK = /\]\((?<path>[^)#:]+)(?:#[^)]*)?\)/g

test('every file that the documents name is there', () => {
  const named = PAGES.flatMap((page) => {
    const text = readFileSync(page, 'utf8')
    const paths = [...text.matchAll(PATH)].map(({ groups = {} }) => groups['path'] ?? '')
    const links = [...text.matchAll(LINK)].map(({ groups = {} }) =>
      posix.join(posix.dirname(page), groups['path'] ?? ''),
    )
    return [...paths, ...links].map((path) => ({ page, path }))
  })
  ok(named.length > 40, `only ${named.length} files are named`)
  deepEqual(
    named.filter(({ path }) => !existsSync(path)).map(({ page, path }) => `${page} names ${path}, which is not there`),
    [],
  )
})
