import { UnusableFileError } from './bounded-file.ts'

/**
 * Takes a value of a file as what it must be. What it is not is added to `misfits`, with the place `at` which it stands, and undefined is
 * returned. By hand and not by a library: loading one would take longer than all else that a command does with the file.
 */
export type Shape<Value> = (found: unknown, at: string, misfits: string[]) => Value | undefined

type ValueOf<One> = One extends Shape<infer Value> ? Value : never
type Shapes = Readonly<Record<string, Shape<unknown>>>

export const text = scalar('text', (found): found is string => typeof found === 'string')
export const flag = scalar('true or false', (found): found is boolean => typeof found === 'boolean')
export const amount = scalar('a number', (found): found is number => Number.isFinite(found))
export const whole = scalar('a whole number', (found): found is number => Number.isSafeInteger(found))
export const count = scalar(
  'a whole number from 0 on',
  (found): found is number => Number.isSafeInteger(found) && Number(found) >= 0,
)

/** A value that `isOne` knows, called `expected` in what is said of any other. */
export function scalar<Value>(expected: string, isOne: (found: unknown) => found is Value): Shape<Value> {
  return (found, at, misfits) => {
    if (isOne(found)) return found
    return misfit(found, { at, expected, misfits })
  }
}

export function oneOf<const Words extends readonly string[]>(words: Words): Shape<Words[number]> {
  return scalar(words.map((word) => `"${word}"`).join(' or '), (found): found is Words[number] =>
    words.some((word) => word === found),
  )
}

export function orNull<Value>(shape: Shape<Value>): Shape<Value | null> {
  return (found, at, misfits) => (found === null ? null : shape(found, at, misfits))
}

/** What an earlier rcron did not write, and what it means by that. */
export function orAbsent<Value>(shape: Shape<Value>, meaning: Value): Shape<Value> {
  return (found, at, misfits) => (found === undefined ? meaning : shape(found, at, misfits))
}

export function listOf<Value>(shape: Shape<Value>): Shape<readonly Value[]> {
  return (found, at, misfits) => {
    if (!Array.isArray(found)) return misfit(found, { at, expected: 'a list', misfits })
    const values = found.map((each, index) => shape(each, `${at}[${index}]`, misfits))
    // Where one of them is undefined, a misfit says so: nobody uses the value then.
    return values as readonly Value[]
  }
}

/** A list of exactly two. */
export function pairOf<Value>(shape: Shape<Value>): Shape<readonly [Value, Value]> {
  const each = listOf(shape)
  return (found, at, misfits) => {
    if (!Array.isArray(found) || found.length !== 2) return misfit(found, { at, expected: 'a list of two', misfits })
    return each(found, at, misfits) as readonly [Value, Value]
  }
}

/** An object with these fields. What else it has is a later rcron's, and is left out. */
export function fields<All extends Shapes>(shapes: All): Shape<{ readonly [Name in keyof All]: ValueOf<All[Name]> }> {
  const entries = Object.entries(shapes)
  return (found, at, misfits) => {
    if (typeof found !== 'object' || found === null || Array.isArray(found))
      return misfit(found, { at, expected: 'an object', misfits })
    const given = found as Readonly<Record<string, unknown>>
    const read: Record<string, unknown> = {}
    for (const [name, shape] of entries) read[name] = shape(given[name], at === '' ? name : `${at}.${name}`, misfits)
    return read as { readonly [Name in keyof All]: ValueOf<All[Name]> }
  }
}

/** An object whose `kind` says which of `shapes` it has. */
export function byKind<All extends Shapes>(shapes: All): Shape<ValueOf<All[keyof All]>> {
  const kinds = fields({ kind: oneOf(Object.keys(shapes)) })
  return (found, at, misfits) => {
    const kind = kinds(found, at, misfits)?.kind
    return kind === undefined ? undefined : (shapes[kind]?.(found, at, misfits) as ValueOf<All[keyof All]> | undefined)
  }
}

/** What `make` makes of a value that fits. */
export function made<Value, Made>(shape: Shape<Value>, make: (value: Value) => Made): Shape<Made> {
  return (found, at, misfits) => {
    const before = misfits.length
    const value = shape(found, at, misfits)
    return value === undefined || misfits.length > before ? undefined : make(value)
  }
}

/** The value of a JSON text, called `what` where it is none. Throws an UnusableFileError that names all that does not fit. */
export function readJson<Value>(json: string, shape: Shape<Value>, what: string): Value {
  const misfits: string[] = []
  const value = shape(parse(json), '', misfits)
  if (value === undefined || misfits.length > 0)
    throw new UnusableFileError(`it is not ${what} of this version of rcron (${misfits.join('; ')})`)
  return value
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (error) {
    throw new UnusableFileError('it is incomplete, or not JSON', { cause: error })
  }
}

type Misfit = { readonly at: string; readonly expected: string; readonly misfits: string[] }

/** Says of what kind the value is, and not what it is: that may be long, or a secret. */
function misfit(found: unknown, { at, expected, misfits }: Misfit): undefined {
  misfits.push(`${at === '' ? '' : `${at}: `}found ${kindOf(found)}, expected ${expected}`)
}

function kindOf(found: unknown): string {
  if (found === undefined) return 'nothing'
  if (found === null) return 'null'
  if (Array.isArray(found)) return 'a list'
  return { string: 'text', number: 'a number', boolean: 'true or false' }[typeof found as string] ?? 'an object'
}
