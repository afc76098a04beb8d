import { parse } from 'dotenv'
import { aboutVariable, errorAbout, type Problem, warningAbout } from '../domain/problem.ts'

type Values = Readonly<Record<string, string>>
type Line = { readonly name: string; readonly number: number; readonly isSetting: boolean; readonly quote: string }

const LINE = /^\s*(?:export\s+)?(?<name>RCRON_[\w.-]*)(?<sign>\s*=|:(?=\s|$))?\s*(?<quote>['"`])?/
/** A value in quotes may hold lines of its own. */
const QUOTED = /[=:][ \t]*(['"`])(?:\\\1|(?!\1)[\s\S])*\1/g

/**
 * What is wrong with rcron's own lines in `text`, the `.env` file at `path`, of which `values` is what the format makes of it: whatever
 * would be lost without a word. Lines of others are theirs. Tells no value, since it may be a secret.
 */
export function judgeLines(path: string, text: string, values: Values): readonly Problem[] {
  const lines = linesOf(text)
  const settings = lines.filter(({ isSetting }) => isSetting)
  const where = (name: string) => `(line ${settings.findLast((it) => it.name === name)?.number} of ${path})`
  return [
    ...lines.filter(({ isSetting }) => !isSetting).map((line) => bare(line, path)),
    ...cutValues(text, values).map((name) => cut(name, where(name))),
    ...settings.filter((line) => isUnclosed(line, values)).map(({ name }) => unclosed(name, where(name))),
    ...settings
      .filter(({ name }) => values[name]?.includes('\u{fffd}'))
      .map(({ name }) => unreadable(name, where(name))),
    ...repeated(settings, path),
  ]
}

function linesOf(text: string): readonly Line[] {
  const kept = text.replace(QUOTED, (value) => value.slice(0, 1) + '\n'.repeat(value.split(/\r\n|\r|\n/).length - 1))
  const quotes = new Map(
    text.split(/\r\n|\r|\n/).map((line, index) => [index, LINE.exec(line)?.groups?.['quote'] ?? '']),
  )
  return kept.split(/\r\n|\r|\n/).flatMap((line, index) => {
    const { name, sign } = LINE.exec(line)?.groups ?? {}
    if (name === undefined) return []
    return [{ name, number: index + 1, isSetting: sign !== undefined, quote: quotes.get(index) ?? '' }]
  })
}

/** Stands for a # that may be part of a value; no text of a file has it. */
const SIGN = '\u{f8ff}'

/** The variables whose values lose what follows a # that no blank precedes: a comment to the format, but one of a password's characters. */
function cutValues(text: string, values: Values): readonly string[] {
  const whole = parse(text.replace(/(?<=\S)#/g, SIGN))
  return Object.keys(whole).filter(
    (name) => name.startsWith('RCRON_') && whole[name]?.replaceAll(SIGN, '#') !== values[name],
  )
}

/** The format takes a quote off only where there is another at the end. */
function isUnclosed({ name, quote }: Line, values: Values): boolean {
  return quote !== '' && values[name]?.startsWith(quote) === true
}

function cut(name: string, where: string): Problem {
  const hint = `write the value in single quotes, ${name}='…', or put a space before the # of a comment`
  return errorAbout(aboutVariable(name), `found # in a value without quotes ${where}, where it begins a comment`, hint)
}

function unclosed(name: string, where: string): Problem {
  const hint = `close the quote, or put a value that begins with a quote into quotes of the other kind`
  return errorAbout(
    aboutVariable(name),
    `found a value that begins with a quote and does not end with it ${where}`,
    hint,
  )
}

function unreadable(name: string, where: string): Problem {
  return errorAbout(aboutVariable(name), `found bytes that are not UTF-8 ${where}`, 'save the file as UTF-8')
}

function bare({ name, number }: Line, path: string): Problem {
  return errorAbout(
    aboutVariable(name),
    `found a line without = (line ${number} of ${path}), expected NAME=value`,
    `write ${name}=…`,
  )
}

function repeated(settings: readonly Line[], path: string): readonly Problem[] {
  return [...Map.groupBy(settings, ({ name }) => name)].flatMap(([name, lines]) => {
    if (lines.length < 2) return []
    const numbers = lines.map(({ number }) => number).join(', ')
    const message = `is set ${lines.length} times (lines ${numbers} of ${path}), and the last one counts`
    return [warningAbout(aboutVariable(name), message, 'leave one of them')]
  })
}
