import { type Field, readValue } from './field.ts'
import { itemFault } from './item-fault.ts'

/** One item of a list: every `step`th value from `first` to `last`. A weekday range may reach 7, which is Sunday. */
export type Item = {
  readonly first: number
  readonly last: number
  readonly step: number
}

/** Why an item is refused, and the spelling that works; null where there is none. */
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
