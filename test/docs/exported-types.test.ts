import { deepEqual } from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

const EXPORTED = /(?<comment>\*\/\n)?^export (?:abstract )?(?:type|interface|class) (?<name>\w+)/gm

test('every exported type says in a doc comment what it is', () => {
  const files = globSync('src/**/*.ts').map((path) => [path, readFileSync(path, 'utf8')] as const)
  deepEqual(
    files.flatMap(([path, text]) => unexplained(text).map((name) => `${path}: ${name}`)),
    [],
  )
})

test('a type without a word is found, whatever kind it is and whatever stands above it', () => {
  const text = `
/** Explained. */
export type A = string

export interface B {
  /** Not of the interface. */
  readonly c: A
}
// No doc comment.
export class D {}
/**
 * Explained, too.
 */
export abstract class E {}
export type { F } from './f.ts'
`
  deepEqual(unexplained(text), ['B', 'D'])
})

function unexplained(text: string): readonly string[] {
  return [...text.matchAll(EXPORTED)]
    .filter(({ groups = {} }) => groups['comment'] === undefined)
    .map(({ groups = {} }) => groups['name'] ?? '')
}
