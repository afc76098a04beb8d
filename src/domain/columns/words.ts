/** What a tag, or the name of a system or an auth, looks like. */
export const WORD = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/

/** What was expected of a text that is none, in words. */
export const EXPECTED_WORD = 'expected letters, digits, ".", "_" and "-", a letter or digit first, 63 at most'

/** What a column of words holds: one that is no number, since those are ids, or several. */
export type WordKind = 'name' | 'list'

/** What is wrong with a text as words of that kind; null where nothing is. Pure. */
export function wordsFinding(text: string, kind: WordKind): string | null {
  const bad = (kind === 'list' ? wordsIn(text) : [text]).find((word) => !WORD.test(word))
  if (bad !== undefined) {
    const several = kind === 'list' ? '; tags are separated by commas' : ''
    return `${JSON.stringify(bad.slice(0, 80))}, ${EXPECTED_WORD}${several}`
  }
  return kind === 'name' && /^\d+$/.test(text) ? `${text} is a number, and numbers are ids; expected a name` : null
}

/** The words of a text that lists them, those that are none of them included; each once. */
export function wordsIn(text: string | null): readonly string[] {
  if (text === null) return NONE
  return [...new Set(text.split(',').map((word) => word.trim()))]
}

const NONE: readonly string[] = []
