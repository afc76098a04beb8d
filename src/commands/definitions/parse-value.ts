import type { Column, Columns } from '../../domain/columns/column.ts'
import { type WordKind, wordsFinding, wordsIn } from '../../domain/columns/words.ts'
import { secondsIn } from '../shared/parse-span.ts'

/** What the databases take for a whole number at most. */
const LARGEST = 2_147_483_647

/**
 * A column's value in the words of a command line; an empty text takes the value of an optional column away. Throws an Error that says what
 * was expected.
 */
export function parseValue(text: string, column: Column): string | number | null {
  if (text === '' && column.nullable === true) return null
  const { kind, choices, words } = column
  if (kind === 'flag') return flag(text)
  if (kind === 'position') return position(text, choices ?? [])
  if (kind === 'whole') return whole(text, column)
  if (words !== undefined) return wordsOf(text, words)
  return choices === undefined ? text : choice(text, choices)
}

/** As they are stored: `prod,db`. */
function wordsOf(text: string, kind: WordKind): string {
  const taken = kind === 'list' ? wordsIn(text).join(',') : text
  const finding = wordsFinding(taken, kind)
  if (finding !== null) throw new Error(finding)
  return taken
}

/** What shows rows of a table: what their numbers stand for, and what null means; of a secret, that it is there. */
export function rowShower(columns: Columns): (row: Readonly<Record<string, unknown>>) => Record<string, unknown> {
  const entries = Object.entries(columns)
  return (row) => {
    const shown: Record<string, unknown> = {}
    for (const [name, column] of entries) shown[name] = shownValue(row[name], column)
    return shown
  }
}

function shownValue(value: unknown, { choices, kind, secret, shownWhenNull, words }: Column): unknown {
  if (value === null || value === undefined) return shownWhenNull ?? null
  if (secret === true) return '(hidden)'
  if (words === 'list') return wordsIn(String(value))
  return kind === 'position' ? (choices?.[Number(value)] ?? value) : value
}

function whole(text: string, { range, unit }: Column): number {
  const { least, most } = { least: range?.least ?? 0, most: range?.most ?? LARGEST }
  const number = unit === undefined || /^\d+$/.test(text) ? wholeNumber(text) : timeIn(unit, text)
  if (Number.isInteger(number) && number >= least && number <= most) return number
  const orTime =
    unit === undefined ? '' : ` (${unit}), or a time such as ${unit === 'seconds' ? '90s, ' : ''}5m, 2h or 1d`
  throw new Error(`expected a whole number from ${least} to ${most}${orTime}`)
}

/** NaN where it is none. */
function wholeNumber(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.NaN
}

function timeIn(unit: 'seconds' | 'minutes', text: string): number {
  return unit === 'seconds' ? secondsIn(text) : secondsIn(text) / 60
}

/** 0 or 1, as the columns hold it; the words of the trade are taken as well. */
function flag(text: string): number {
  if (['1', 'yes', 'true', 'on'].includes(text.toLowerCase())) return 1
  if (['0', 'no', 'false', 'off'].includes(text.toLowerCase())) return 0
  throw new Error('expected 0 or 1')
}

/** The number itself, or the word that it stands for. */
function position(text: string, choices: readonly string[]): number {
  const number = /^\d+$/.test(text) ? Number(text) : choices.indexOf(text)
  if (choices[number] !== undefined) return number
  throw new Error(`expected ${choices.map((choice, index) => `${index} (${choice})`).join(', ')}`)
}

function choice(text: string, choices: readonly string[]): string {
  if (choices.includes(text)) return text
  throw new Error(`expected ${choices.join(', ')}`)
}
