import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { keepNewest } from '../../src/platform/bounded-map.ts'

test('a full map lets its oldest entry go; one that is put in again is its newest, and drives no other out', () => {
  const kept = new Map<string, number>()
  for (const [at, key] of ['a', 'b', 'a', 'c'].entries()) keepNewest(kept, key, at, 2)
  deepEqual(
    [...kept],
    [
      ['a', 2],
      ['c', 3],
    ],
  )
})
