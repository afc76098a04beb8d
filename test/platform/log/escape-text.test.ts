import { equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cutText, escapeBlock, escapeJson, escapeText } from '../../../src/platform/log/escape-text.ts'

const ROWS = [
  ['plain ä 日本 👍', 'plain ä 日本 👍', 'visible characters stay'],
  ['a\nb\r\nc\td', 'a\\nb\\r\\nc\\td', 'line breaks and tabs'],
  ['\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m', 'escape sequences'],
  ['\x9b31m\x85', '\\x9b31m\\x85', 'controls of the second set, NEL among them'],
  ['\x00\x07\x7f', '\\x00\\x07\\x7f', 'NUL, bell, delete'],
  ['a\u2028b\u2029c', 'a\\u{2028}b\\u{2029}c', 'line and paragraph separators'],
  ['\u202egnp.exe\u2066x\u200f', '\\u{202e}gnp.exe\\u{2066}x\\u{200f}', 'direction overrides'],
  ['a\u200bb\ufeffc\u00ad', 'a\\u{200b}b\\u{feff}c\\xad', 'characters without a width'],
  [
    'a\u3164\u115f\u2800\u034f',
    'a\\u{3164}\\u{115f}\\u{2800}\\u{034f}',
    'fillers, which look like a blank or like nothing',
  ],
  ['⚠️', '⚠️', 'a sign keeps the shape that is chosen for it'],
  ['\u{e0041}', '\\u{e0041}', 'tags, which hide text'],
  ['\ud800x', '\\u{d800}x', 'lone surrogates'],
  [Buffer.from([0x61, 0xff, 0xfe]).toString('utf8'), 'a��', 'what was invalid UTF-8 stands as a replacement'],
  ['<0>x', '<0>x', 'a priority is plain text: it is never first in a line'],
] as const

for (const [text, expected, sentence] of ROWS) {
  test(`escapeText: ${sentence}`, () => equal(escapeText(text), expected))
}

test('whatever comes, nothing invisible is left, and JSON keeps its value', () => {
  const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      ok(!unseen.test(escapeText(text)))
      const json = escapeJson(JSON.stringify({ text }))
      ok(!unseen.test(json))
      equal(JSON.parse(json).text, text)
    }),
  )
})

test('in a text of several lines those stay, and nothing else that is not seen', () => {
  equal(escapeBlock('a\tb\r\nc\n\u001b[2J\r\u0085'), 'a\tb\nc\n\\x1b[2J\\r\\x85')
})

test('JSON on several lines keeps them', () => {
  equal(escapeJson(JSON.stringify(['\u009b'], null, 2)), '[\n  "\\u009b"\n]')
})

test('a cut text says how much is missing', () => {
  equal(cutText('abcdef', 4), 'abcd…(2 more)')
  equal(cutText('abcd', 4), 'abcd')
})
