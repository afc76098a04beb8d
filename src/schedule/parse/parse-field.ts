import type { Field } from './field.ts'
import { type Item, type ItemFault, parseItem } from './parse-item.ts'
import { quote, type ScheduleFinding } from './schedule-finding.ts'

/** A field's values in rising order without doubles; empty if it has an error. */
export type ParsedField = {
  readonly values: readonly number[]
  /** Whether its text begins with `*`, whatever follows. */
  readonly star: boolean
  readonly findings: readonly ScheduleFinding[]
}

/** Reads one field: items separated by commas. Every item that is wrong gets a finding. */
export function parseField(field: Field, text: string): ParsedField {
  const star = text.startsWith('*')
  if (text === '') return { values: [], star, findings: [error(field, 'is empty', 'write "*" for every value')] }
  const parts = text.split(',')
  const findings = parts.includes('') ? [emptyItem(field, parts)] : []
  const items: Item[] = []
  for (const part of parts.filter((it) => it !== '')) {
    const item = parseItem(field, part)
    if ('found' in item) findings.push(refusal(field, text, item))
    else items.push(item)
  }
  if (findings.length > 0) return { values: [], star, findings }
  return { values: valuesOf(field, items), star, findings: items.flatMap((item) => largeStep(field, text, item)) }
}

function error(field: Field, message: string, hint: string | null): ScheduleFinding {
  return { severity: 'error', field: field.name, message, hint }
}

function refusal(field: Field, text: string, { found, expected, hint }: ItemFault): ScheduleFinding {
  const where = found === quote(text) ? found : `${quote(text)} holds ${found}`
  return error(field, `${where}, expected ${expected}`, hint)
}

function emptyItem(field: Field, parts: readonly string[]): ScheduleFinding {
  const kept = parts.filter((it) => it !== '').join(',')
  const hint = kept === '' ? 'write "*" for every value' : `write ${quote(kept)}`
  return error(field, `${quote(parts.join(','))} has an empty item, expected a value between commas`, hint)
}

function valuesOf(field: Field, items: readonly Item[]): readonly number[] {
  const values = new Set<number>()
  for (const { first, last, step } of items) {
    for (let value = first; value <= last; value += step) values.add(value > field.last ? field.min : value)
  }
  return [...values].sort((a, b) => a - b)
}

function largeStep(field: Field, text: string, { first, last, step }: Item): readonly ScheduleFinding[] {
  if (step === 1 || first + step <= last) return []
  const message = `${quote(text)} has a step (${step}) larger than its range, so only ${first} counts`
  return [{ severity: 'warning', field: field.name, message, hint: `write "${first}" if that is meant` }]
}
