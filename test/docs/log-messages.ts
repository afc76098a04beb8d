import { globSync, readFileSync } from 'node:fs'

/** A message as the page lists it: what varies stands as `…`; its level, or `by outcome`. */
export type LogMessage = { readonly level: string; readonly message: string }

export type FoundMessages = {
  readonly messages: readonly LogMessage[]
  /** Calls whose message the source does not say. */
  readonly unread: readonly string[]
}

const LEVEL = '(?:debug|info|warn|error|alarm)'

/** `log.warn(fields, 'message')`, `log[levelOf(outcome)](fields, …)`, and `say(fields, …)`, a last word of level error. */
const CALL = new RegExp(
  `(?:\\blog|#log)(?:\\.(?<fixed>${LEVEL})|\\[(?<computed>\\w+)\\([^)]*\\)\\])\\(|\\bthis\\.(?<own>warn)\\((?=\\{)|(?<![#.])(?<last>\\bsay)\\((?=\\{)`,
  'g',
)

/** `['info', fields, 'message']`, a line before it is handed to the log. */
const LINE = new RegExp(`\\[(?:'(?<fixed>${LEVEL})'|(?<computed>levelOf\\w*)\\([^)]*\\)), (?=[^'])`, 'g')

/** What is not a message: an argument that is passed on. */
const PASSED_ON = /^(?:message|line)$/

export function logMessagesIn(pattern: string): FoundMessages {
  const sources = globSync(pattern).map((path) => [path, readFileSync(path, 'utf8')] as const)
  return logMessagesOf(new Map(sources))
}

export function logMessagesOf(sources: ReadonlyMap<string, string>): FoundMessages {
  const constants = constantsOf([...sources.values()].join('\n'))
  const messages: LogMessage[] = []
  const unread: string[] = []
  for (const [path, text] of sources) {
    for (const { level, rest, line } of placesIn(text)) {
      const [, argument = ''] = topLevelParts(rest, ',')
      const found = messagesOf(argument.trim(), constants)
      if (found === null) unread.push(`${path}:${line}: ${argument.trim()}`)
      else messages.push(...found.map((message) => ({ level, message })))
    }
  }
  return { messages, unread }
}

type Place = { readonly level: string; readonly rest: string; readonly line: number }

function placesIn(text: string): readonly Place[] {
  const calls = [...text.matchAll(CALL)].map((match) => ({ ...match.groups, index: match.index, end: match[0].length }))
  const lines = [...text.matchAll(LINE)].map((match) => ({
    ...match.groups,
    index: match.index,
    // The level is a part of its own: the fields come first in a call.
    end: match[0].length,
  }))
  return [...calls, ...lines].map(({ fixed, computed, own, index, end }: Match) => ({
    level: fixed ?? own ?? (computed === undefined ? 'error' : 'by outcome'),
    rest: text.slice(index + end),
    line: text.slice(0, index).split('\n').length,
  }))
}

type Match = {
  readonly index: number
  readonly end: number
  readonly fixed?: string
  readonly computed?: string
  readonly own?: string
}

/** Every constant in capitals that is a text, or an object of texts: with what it can be. */
function constantsOf(text: string): ReadonlyMap<string, readonly string[]> {
  const declared = text.matchAll(/\bconst (?<name>[A-Z][A-Z_]+)(?:: [^=\n]+)? =\s*(?<kind>['"{])/g)
  return new Map(
    [...declared].map(({ groups = {}, index, 0: { length } }) => {
      const [value = ''] = topLevelParts(text.slice(index + length - 1), '\n')
      // Without the names of an object's members.
      const texts = [...value.replace(/'[^'\n]*':/g, '').matchAll(/'(?<text>[^'\n]*)'|"(?<other>[^"\n]*)"/g)]
      const parts = texts.map((match) => match.groups?.['text'] ?? match.groups?.['other'] ?? '')
      return [groups['name'] ?? '', groups['kind'] === '{' ? parts : [parts.join('')]]
    }),
  )
}

/** What the expression can say; empty where it passes on what somebody else says, null where it cannot be read. */
function messagesOf(expression: string, constants: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  if (PASSED_ON.test(expression) || expression.includes(': string')) return []
  const [condition = '', choices] = topLevelParts(expression, '?')
  if (choices !== undefined) {
    const either = topLevelParts(expression.slice(condition.length + 1), ':')
    const found = either.map((choice) => messagesOf(choice.trim(), constants))
    return found.some((it) => it === null) ? null : found.flatMap((it) => it ?? [])
  }
  const text = /^(?<quote>['"`])(?<text>[\s\S]*)\k<quote>$/.exec(expression)?.groups?.['text']
  if (text !== undefined) {
    return [text.replace(/\$\{(\w+)?[^}]*\}/g, (_all, name: string) => constants.get(name)?.[0] ?? '…')]
  }
  return constants.get(/^(?<name>[A-Z][A-Z_]+)(?:\[.*\])?$/.exec(expression)?.groups?.['name'] ?? '') ?? null
}

/** A text in quotes, or one character. */
const TOKEN = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|[\s\S]/g

/** What stands between `separator`s up to the bracket that closes around it; brackets and quotes are passed over as a whole. */
function topLevelParts(text: string, separator: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const isEnd = depth === 0 && ')]}'.includes(token)
    if (isEnd || (depth === 0 && token === separator)) {
      parts.push(text.slice(from, index))
      from = index + 1
    }
    if (isEnd) return parts
    depth += stepOf(token)
  }
  return [...parts, text.slice(from)]
}

function stepOf(token: string): number {
  if ('([{'.includes(token)) return 1
  return ')]}'.includes(token) ? -1 : 0
}
