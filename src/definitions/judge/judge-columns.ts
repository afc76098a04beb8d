import type { Column, Columns } from '../../domain/columns/column.ts'
import { type WordKind, wordsFinding } from '../../domain/columns/words.ts'
import { quote } from '../../schedule/parse/schedule-finding.ts'
import { type RowFinding, refuse, warn } from './row-finding.ts'

type Row = Readonly<Record<string, unknown>>
/** What is wrong with a value, and what to do; null where nothing is. */
type Judge = (value: string | number) => readonly [message: string, hint: string | null] | null

/** What judges the values of a row by what the table of columns says of them. What they come to together, others judge. */
export function rowJudge(columns: Columns): (row: Row) => readonly RowFinding[] {
  const judges = Object.entries(columns).flatMap(([name, column]) =>
    judgesOf(column).map((judge) => ({ name, judge, tell: column.isNote === true ? warn : refuse })),
  )
  return (row) =>
    judges.flatMap(({ name, judge, tell }) => {
      const value = row[name]
      const found = typeof value === 'string' || typeof value === 'number' ? judge(value) : null
      return found === null ? [] : [tell(name, ...found)]
    })
}

function judgesOf(column: Column): readonly Judge[] {
  const { kind, range, choices, length, words, isNote } = column
  if (kind === 'flag') return [flag]
  if (range !== undefined) return [within(range, column)]
  if (choices !== undefined) return [kind === 'position' ? position(choices) : choice(choices)]
  if (words !== undefined) return [ofWords(column, words)]
  if (kind === 'text' && isNote === true) return [length === undefined ? plain : either(noLonger(length), plain)]
  // A database that counts says so itself; columns of the first rcron were never counted elsewhere.
  return kind === 'text' && length !== undefined && column.nullable === true ? [noLonger(length)] : []
}

const flag: Judge = (value) => (value === 0 || value === 1 ? null : [`${value}, expected 0 or 1`, null])

function within({ what, least, most }: NonNullable<Column['range']>, { nullable }: Column): Judge {
  const bounds = most === null ? `, ${least} or more` : ` from ${least} to ${most}`
  const largest = most ?? Number.MAX_SAFE_INTEGER
  return (value) =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= largest
      ? null
      : [`${value}, expected ${what}${bounds}`, nullable === true ? 'or NULL for the default' : null]
}

function position(choices: readonly string[]): Judge {
  const listed = choices.map((name, number) => `${number} (${name})`).join(', ')
  return (value) =>
    typeof value === 'number' && choices[value] !== undefined ? null : [`${value}, expected one of ${listed}`, null]
}

function choice(choices: readonly string[]): Judge {
  return (value) =>
    choices.some((it) => it === value) ? null : [`${quote(String(value))}, expected ${choices.join(' or ')}`, null]
}

function noLonger(length: number): Judge {
  return (value) =>
    String(value).length > length && [...String(value)].length > length
      ? [`is longer than ${length} characters`, 'shorten it']
      : null
}

function ofWords({ length }: Column, words: WordKind): Judge {
  const form: Judge = (value) => {
    const finding = wordsFinding(String(value), words)
    return finding === null ? null : [finding, 'or NULL for none']
  }
  return length === undefined ? form : either(noLonger(length), form)
}

/** What the first of the two says that has something to say. */
function either(one: Judge, other: Judge): Judge {
  return (value) => one(value) ?? other(value)
}

const plain: Judge = (value) =>
  /\p{Cc}/u.test(String(value)) ? ['contains control characters', 'remove them: it is one line of text'] : null
