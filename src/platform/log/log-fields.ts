import { cutText } from './escape-text.ts'
import type { LogFields } from './log.ts'

/** A value that can be written as it is. */
export type PlainValue = string | number | boolean | null | readonly unknown[] | object
/** Fields of a log line as they are printed. */
export type PlainFields = Readonly<Record<string, PlainValue>>

/** What comes first in a line, in this order. */
const ORDER = ['job', 'run', 'cron', 'host', 'system', 'user', 'minute', 'outcome', 'exitCode', 'durationMs', 'waitMs']

const MAX_VALUE = 4_000

/** The fields in their order, cut to a length, errors as text. What is undefined is left out. Never throws. */
export function plainFields(fields: LogFields): PlainFields {
  const first = ORDER.filter((name) => name in fields)
  const rest = Object.keys(fields).filter((name) => !ORDER.includes(name))
  const plain: Record<string, PlainValue> = {}
  for (const name of [...first, ...rest]) {
    const value = plainValue(fields[name])
    if (value !== undefined) plain[name] = value
  }
  return plain
}

function plainValue(value: unknown): PlainValue | undefined {
  if (value === null || typeof value === 'boolean' || typeof value === 'undefined') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'string') return cutText(value, MAX_VALUE)
  if (value instanceof Error) return cutText(describeError(value), MAX_VALUE)
  if (value instanceof Uint8Array) return cutText(new TextDecoder().decode(value.subarray(0, 4 * MAX_VALUE)), MAX_VALUE)
  return plainObject(value)
}

/** Objects in one piece of JSON, unless that is too long for a line. */
function plainObject(value: unknown): PlainValue {
  try {
    const json = JSON.stringify(value) ?? String(value)
    return json.length > MAX_VALUE ? cutText(json, MAX_VALUE) : JSON.parse(json)
  } catch {
    return `(${typeof value} that cannot be written)` // A circle, a bigint within, a getter that throws.
  }
}

/** An operator's mistake by its message and hint; anything else with its stack. Further properties, such as a driver's `sql`, may hold secrets. */
function describeError(error: Error): string {
  if ('hint' in error) return typeof error.hint === 'string' ? `${error.message}; ${error.hint}` : error.message
  const cause = error.cause instanceof Error ? `; because of: ${describeError(error.cause)}` : ''
  return `${error.stack ?? error.message}${cause}`
}
