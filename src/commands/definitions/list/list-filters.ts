import { InvalidInputError } from '../../../domain/errors.ts'
import { matchesGlob } from '../../../domain/glob.ts'
import { aboutWord, errorAbout, type Problem } from '../../../domain/problem.ts'

/** What a row shows to each filter. */
export type Filtered = {
  readonly name: string
  /** What else it is called. */
  readonly alias?: string | null
  /** As it is listed, with its port. */
  readonly host?: string
  readonly hostName?: string | null
  readonly user?: string
  readonly userName?: string | null
  readonly tags?: readonly string[]
  /** All that is true of it. */
  readonly states?: readonly string[]
}

/** Takes those rows that every kind of filter takes; of one kind any may. */
export type Filter = (row: Filtered) => boolean

type Key = 'host' | 'user' | 'tag' | 'state'
type Term = { readonly key: Key | 'name'; readonly pattern: string }

/**
 * What the words of a list ask for: patterns of names, and `host:`, `user:`, `tag:` and `state:` where the list has them. Throws an InvalidInputError
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
  const { key, patterns } = /^(?<key>host|user|tag|state):(?<patterns>.*)$/s.exec(word)?.groups ?? {}
  if (!hasKeys || key === undefined || patterns === undefined) return [{ key: 'name', pattern: word }]
  return patterns.split(',').map((pattern) => ({ key: key as Key, pattern }))
}

function problemsOf({ key, pattern }: Term, states: readonly string[]): readonly Problem[] {
  if (key !== 'state' || states.some((state) => matchesGlob(pattern, state))) return []
  return [errorAbout(aboutWord(`state:${pattern}`), `there is no such state, expected one of ${states.join(', ')}`)]
}

function holds({ key, pattern }: Term, row: Filtered): boolean {
  const { name, alias, host = '', hostName, user = '', userName, tags = [], states = [] } = row
  switch (key) {
    case 'name':
      return matchesAny(pattern, [name, alias])
    case 'host':
      return isHost(pattern.toLowerCase(), host.toLowerCase()) || matchesAny(pattern, [hostName])
    case 'user':
      return matchesAny(pattern, [user, userName])
    case 'tag':
      return tags.some((tag) => matchesGlob(pattern, tag))
    case 'state':
      return states.some((state) => matchesGlob(pattern, state))
    default:
      return key satisfies never
  }
}

function matchesAny(pattern: string, names: readonly (string | null | undefined)[]): boolean {
  return names.some((name) => typeof name === 'string' && matchesGlob(pattern, name))
}

/** With its port or without. */
function isHost(pattern: string, host: string): boolean {
  return matchesGlob(pattern, host) || matchesGlob(pattern, host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1'))
}
