import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { modulesToLoad, type Part } from '../../build/fewer-parts.ts'

const LARGE = 100_000

function aPart(module: string, bytes: number, ...entries: readonly string[]): Part {
  return { modules: [module], bytes, entries: new Set(entries) }
}

const ROWS: readonly (readonly [string, readonly Part[], Readonly<Record<string, readonly string[]>>])[] = [
  ['one part stays as it is', [aPart('a', 10, 'x', 'y')], {}],
  ['large parts stay apart', [aPart('a', LARGE, 'x', 'y'), aPart('b', LARGE, 'x', 'y', 'z')], {}],
  [
    'a small part goes where all load what load it: the others load it too',
    [aPart('a', 10, 'x', 'y'), aPart('b', LARGE, 'x', 'y', 'z')],
    { z: ['a'] },
  ],
  [
    'of two such the one that the fewer load',
    [aPart('a', 10, 'x', 'y'), aPart('b', LARGE, 'w', 'x', 'y', 'z'), aPart('c', LARGE, 'x', 'y', 'z')],
    { z: ['a'] },
  ],
  ['a small part that no other one goes with stays', [aPart('a', 10, 'x', 'y'), aPart('b', LARGE, 'x', 'z')], {}],
  [
    'small parts go together, and on',
    [aPart('a', 10, 'x'), aPart('b', 20, 'x', 'y'), aPart('c', LARGE, 'x', 'y', 'z')],
    { y: ['a'], z: ['b', 'a'] },
  ],
]
for (const [what, parts, expected] of ROWS) {
  test(what, () => deepEqual(Object.fromEntries(modulesToLoad(parts)), expected))
}
