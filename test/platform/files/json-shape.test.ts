import { deepEqual, throws } from 'node:assert/strict'
import { test } from 'node:test'
import {
  amount,
  byKind,
  count,
  fields,
  flag,
  listOf,
  made,
  oneOf,
  orAbsent,
  orNull,
  pairOf,
  readJson,
  type Shape,
  scalar,
  text,
  whole,
} from '../../../src/platform/files/json-shape.ts'

const SHAPES = byKind({
  circle: fields({ kind: oneOf(['circle']), radius: amount }),
  square: fields({ kind: oneOf(['square']), side: amount }),
})

const FITTING: readonly (readonly [string, Shape<unknown>, unknown, unknown])[] = [
  ['text', text, '', ''],
  ['true or false', flag, false, false],
  ['a number', amount, -1.5, -1.5],
  ['a whole number', whole, -7, -7],
  ['a count', count, 0, 0],
  ['one of some words', oneOf(['a', 'b']), 'b', 'b'],
  ['a value that is known', scalar('an x', (found): found is 'x' => found === 'x'), 'x', 'x'],
  ['null where that may be', orNull(text), null, null],
  ['something where null may be', orNull(text), 'a', 'a'],
  ['what is there where it may be absent', fields({ a: orAbsent(whole, 1) }), { a: 2 }, { a: 2 }],
  ['what is absent where that means something', fields({ a: orAbsent(whole, 1) }), {}, { a: 1 }],
  ['a list', listOf(whole), [1, 2], [1, 2]],
  ['a list of nothing', listOf(whole), [], []],
  ['a list of two', pairOf(whole), [1, 2], [1, 2]],
  ['an object, without what is not known of it', fields({ a: whole }), { a: 1, b: 2 }, { a: 1 }],
  ['one of several shapes', SHAPES, { kind: 'square', side: 2, radius: 1 }, { kind: 'square', side: 2 }],
  ['what is made of a value', made(pairOf(whole), ([from, to]) => to - from), [1, 3], 2],
]
for (const [what, shape, value, expected] of FITTING) {
  test(`${what} fits`, () => deepEqual(readJson(JSON.stringify(value), shape, 'it'), expected))
}

const MISFITS: readonly (readonly [string, Shape<unknown>, string, string])[] = [
  ['text for a number', whole, '"1"', 'found text, expected a whole number'],
  ['a fraction for a whole number', whole, '1.5', 'found a number, expected a whole number'],
  ['a number that is not exact', whole, '9007199254740993', 'found a number, expected a whole number'],
  ['a number that is none', amount, '1e999', 'found a number, expected a number'],
  ['less than nothing', count, '-1', 'found a number, expected a whole number from 0 on'],
  ['null where it may not be', text, 'null', 'found null, expected text'],
  [
    'null where only absence may be',
    fields({ a: orAbsent(flag, false) }),
    '{"a":null}',
    'a: found null, expected true or false',
  ],
  ['another word', oneOf(['a', 'b']), '"c"', 'found text, expected "a" or "b"'],
  ['an object for a list', listOf(text), '{}', 'found an object, expected a list'],
  ['a list of three for two', pairOf(whole), '[1,2,3]', 'found a list, expected a list of two'],
  ['a list for an object', fields({}), '[]', 'found a list, expected an object'],
  ['no known kind', SHAPES, '{"kind":"line"}', 'kind: found text, expected "circle" or "square"'],
  ['what another kind has', SHAPES, '{"kind":"circle","side":2}', 'radius: found nothing, expected a number'],
  ['a field that is missing', fields({ a: text }), '{}', 'a: found nothing, expected text'],
  [
    'all that is wrong, each at its place',
    fields({ a: listOf(fields({ b: text })), c: made(pairOf(whole), ([one]) => one) }),
    '{"a":[{"b":"x"},{"b":1}],"c":[1,null]}',
    'a[1].b: found a number, expected text; c[1]: found null, expected a whole number',
  ],
]
for (const [what, shape, json, said] of MISFITS) {
  test(`${what} does not fit`, () => {
    throws(() => readJson(json, shape, 'a thing'), {
      name: 'UnusableFileError',
      message: `it is not a thing of this version of rcron (${said})`,
    })
  })
}

test('what is torn is no JSON', () => {
  throws(() => readJson('{"a":', text, 'a thing'), { message: 'it is incomplete, or not JSON' })
})

test('what is found stays unsaid: it may be a secret', () => {
  throws(
    () => readJson('{"a":"hunter2","b":["hunter2"]}', fields({ a: whole, b: whole }), 'a thing'),
    ({ message }: Error) => !message.includes('hunter2'),
  )
})
