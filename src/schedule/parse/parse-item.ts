import { describeField, type Field, readValue } from './field.ts'
import { hintForItem } from './foreign-item.ts'
import { quote } from './schedule-finding.ts'

/** One item of a list: every `step`th value from `first` to `last`. A weekday range may reach 7, which is Sunday. */
export type Item = {
  readonly first: number
  readonly last: number
  readonly step: number
}

/** Why an item is refused, and the spelling that works; null if there is none. */
export type ItemFault = {
  readonly found: string
  readonly expected: string
  readonly hint: string | null
}

const SHAPE = /^(?:(?<star>\*)|(?<first>[a-z]+|\d+)(?:-(?<last>[a-z]+|\d+))?)(?:\/(?<step>\d+))?$/i

/** Reads one item: `*`, `a`, `a-b`, or `*` or a range with a `/step`. */
export function parseItem(field: Field, text: string): Item | ItemFault {
  const groups = SHAPE.exec(text)?.groups
  if (groups === undefined) return itemFault(field, text, null)
  const item = itemOf(field, groups)
  return item !== null && isSound(field, item, groups) ? item : itemFault(field, text, item)
}

type Groups = Readonly<Record<string, string | undefined>>

function itemOf(field: Field, groups: Groups): Item | null {
  const step = groups['step'] === undefined ? 1 : Number(groups['step'])
  if (groups['star'] !== undefined) return { first: field.min, last: field.last, step }
  const first = readValue(field, groups['first'] ?? '')
  const last = groups['last'] === undefined ? first : readValue(field, groups['last'])
  if (first === null || last === null) return null
  const endsOnSunday = field.name === 'cron_dow' && last === 0 && first > 0
  return { first, last: endsOnSunday ? 7 : last, step }
}

function isSound(field: Field, { first, last, step }: Item, groups: Groups): boolean {
  const steppedSingle = groups['step'] !== undefined && groups['star'] === undefined && groups['last'] === undefined
  return !steppedSingle && step >= 1 && first >= field.min && last <= field.max && first <= last
}

/**
 * Says why `text` is not an item of `field`, and how to write what was probably meant.
 * `item` is its reading where its shape could be read.
 */
function itemFault(field: Field, text: string, item: Item | null): ItemFault {
  const fault = item === null ? shapeFault(field, text) : meaningFault(field, text, item)
  return { found: quote(text), ...fault }
}

type Reason = Omit<ItemFault, 'found'>

function meaningFault(field: Field, text: string, { first, last, step }: Item): Reason {
  const outside = [first, last].find((value) => value < field.min || value > field.max)
  if (outside !== undefined) return { expected: describeField(field), hint: wrappedHint(field, text, outside) }
  if (step === 0) return { expected: 'a step of at least 1', hint: `write ${quote(text.replace(/\/0+$/, ''))}` }
  if (first > last)
    return { expected: 'an ascending range', hint: `write ${quote(wrapped(field, { first, last, step }))}` }
  const range = first >= field.last ? String(first) : `${first}-${field.last}/${step}`
  return { expected: 'a step only after * or a range', hint: `write ${quote(range)}` }
}

/** The only values out of range with a plain meaning: minute 60, hour 24. */
function wrappedHint(field: Field, text: string, outside: number): string | null {
  const isNext = field.min === 0 && outside === field.max + 1 && field.name !== 'cron_dow'
  if (!isNext) return null
  return text === String(outside) ? 'write "0"' : `${field.noun} ${outside} is written 0, as a separate item`
}

/** A range over the end of its field, as a list that cron reads. */
function wrapped(field: Field, { first, last, step }: Item): string {
  if (step === 1) return [spelled(first, field.last), spelled(field.min, last)].join(',')
  const length = field.last - field.min + 1
  const values: number[] = []
  for (let value = first; value <= last + length; value += step) values.push(((value - field.min) % length) + field.min)
  return values.join(',')
}

function spelled(first: number, last: number): string {
  return first === last ? String(first) : `${first}-${last}`
}

function shapeFault(field: Field, text: string): Reason {
  const expected = `${describeField(field)}, *, a range a-b, or * or a range with a /step`
  const hint = hintForItem(field, text) ?? EXTENSIONS.find(({ sign }) => sign.test(text))?.hint ?? nameHint(field, text)
  return { expected, hint }
}

/** What other schedulers read and cron does not. */
const EXTENSIONS: readonly { readonly sign: RegExp; readonly hint: string }[] = [
  { sign: /^\?$/, hint: 'write "*"' },
  { sign: /\s/, hint: 'remove the white space' },
  { sign: /[;|]/, hint: 'separate items with a comma' },
  { sign: /~/, hint: 'random times are not supported: choose one' },
  { sign: /#\d/, hint: 'the nth weekday is not supported: let the command check the day of the month' },
  { sign: /^L|\dL$/i, hint: 'the last day is not supported: run on more days and let the command check the date' },
  {
    sign: /^\d+W$/i,
    hint: 'the nearest working day is not supported: run on more days and let the command check the date',
  },
]

function nameHint(field: Field, text: string): string | null {
  const short = text.replace(/[a-z]{4,}/gi, (word) => {
    const known = field.names.find((name) => word.toLowerCase().startsWith(name))
    return known ?? word
  })
  const readable = short !== text && short.split('-').every((part) => readValue(field, part) !== null)
  return readable ? `write ${quote(short)}` : null
}
