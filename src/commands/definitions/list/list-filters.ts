import { InvalidInputError } from '../../../domain/errors.ts'
import { matchesGlob } from '../../../domain/glob.ts'
import { aboutWord, errorAbout, type Problem } from '../../../domain/problem.ts'

/** What a row shows to each filter. */
export type Filtered = {
  readonly name: string
  /** As it is listed, with its port. */
  readonly host?: string
  readonly user?: string
  /** All that is true of it. */
  readonly states?: readonly string[]
}

/** Takes those rows that every kind of filter takes; of one kind any may. */
export type Filter = (row: Filtered) => boolean

type Key = 'host' | 'user' | 'state'
type Term = { readonly key: Key | 'name'; readonly pattern: string }

/**
 * What the words of a list ask for: patterns of names, and `host:`, `user:` and `state:` where the list has them. Throws an InvalidInputError
 * that names every state there is not.
 */
export function filterOf(words: readonly string[], states: readonly string[] | null): Filter {
  const terms = words.flatMap((word) => termsOf(word, states !== null))
  const problems = terms.flatMap((term) => problemsOf(term, states ?? []))
  if (problems.length > 0) throw new InvalidInputError(problems)
  const kinds = [...Map.groupBy(terms, ({ key }) => key).values()]
  return (row) => kinds.every((kind) => kind.some((term) => holds(term, row)))
}

/** `state:failed,lost` are two, either of which will do. */
function termsOf(word: string, hasKeys: boolean): readonly Term[] {
  const { key, patterns } = /^(?<key>host|user|state):(?<patterns>.*)$/s.exec(word)?.groups ?? {}
  if (!hasKeys || key === undefined || patterns === undefined) return [{ key: 'name', pattern: word }]
  return patterns.split(',').map((pattern) => ({ key: key as Key, pattern }))
}

function problemsOf({ key, pattern }: Term, states: readonly string[]): readonly Problem[] {
  if (key !== 'state' || states.some((state) => matchesGlob(pattern, state))) return []
  return [errorAbout(aboutWord(`state:${pattern}`), `there is no such state, expected one of ${states.join(', ')}`)]
}

function holds({ key, pattern }: Term, { name, host = '', user = '', states = [] }: Filtered): boolean {
  switch (key) {
    case 'name':
      return matchesGlob(pattern, name)
    case 'host':
      return isHost(pattern.toLowerCase(), host.toLowerCase())
    case 'user':
      return matchesGlob(pattern, user)
    case 'state':
      return states.some((state) => matchesGlob(pattern, state))
    default:
      return key satisfies never
  }
}

/** With its port or without. */
function isHost(pattern: string, host: string): boolean {
  return matchesGlob(pattern, host) || matchesGlob(pattern, host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1'))
}
