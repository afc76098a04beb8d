import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { compileSnapshot } from '../../../src/definitions/compile-snapshot.ts'
import { type WordKind, wordsFinding, wordsIn } from '../../../src/domain/columns/words.ts'
import { aCronRow, anAuth, aSystem } from '../../support/builders.ts'

const rows: readonly (readonly [WordKind, string, RegExp | null])[] = [
  ['name', 'db1', null],
  ['name', '10.0.0.1', null],
  ['name', 'Web_3.prod-eu', null],
  ['name', '', /^"", expected letters, digits/],
  ['name', '42', /numbers are ids/],
  ['name', '-rf', /^"-rf", expected/],
  ['name', 'db1:22', /^"db1:22", expected/],
  ['name', 'dump@db1', /expected letters/],
  ['name', 'a,b', /expected letters/],
  ['name', 'ß', /expected letters/],
  ['name', 'x'.repeat(63), null],
  ['name', 'x'.repeat(64), /63 at most/],
  ['list', 'prod', null],
  ['list', 'prod,db, 2026', null],
  ['list', 'prod,', /^"", expected .*separated by commas/],
  ['list', 'prod db', /^"prod db"/],
  ['list', '\u001b[31m', /^"\\u001b\[31m"/],
]
for (const [kind, text, says] of rows) {
  test(`${JSON.stringify(text)} as ${kind === 'name' ? 'a name' : 'tags'} is ${says === null ? 'taken' : 'refused'}`, () => {
    const finding = wordsFinding(text, kind)
    if (says === null) equal(finding, null)
    else match(finding ?? '', says)
  })
}

test('words are listed each once, without the space around them', () => {
  deepEqual(wordsIn('prod, db ,prod'), ['prod', 'db'])
  deepEqual(wordsIn(null), [])
})

test('what is wrong with a name, a tag or a note is a warning, and the cron runs', () => {
  const definitions = {
    auths: [anAuth({ name: 'a b' })],
    systems: [aSystem({ name: '7', tags: 'eu,no good' })],
    crons: [aCronRow({ tags: 'nightly,,x', description: 'two\nlines', owner: '\u0007' })],
  }
  const { crons, problems } = compileSnapshot({ definitions, problems: [], defaultTimezone: 'UTC' })
  deepEqual(
    problems.map(({ severity, field }) => [severity, field]),
    ['name', 'name', 'tags', 'description', 'tags', 'owner'].map((field) => ['warning', field]),
  )
  // Of the cron and of its system; what is no word is no tag.
  deepEqual(crons[0]?.tags, ['nightly', 'x', 'eu'])
})
