import { equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { OperatorError } from '../../../src/domain/errors.ts'
import { plainFields } from '../../../src/platform/log/log-fields.ts'
import { formatJournalLine, formatTextLine } from '../../../src/platform/log/log-line.ts'

const time = Date.parse('2026-03-01T12:00:00.007Z')

function journal(
  fields: Record<string, unknown>,
  level: 'debug' | 'info' | 'warn' | 'error' | 'alarm' = 'info',
): string {
  return formatJournalLine({ level, time, message: 'run ended', fields: plainFields(fields) })
}

const ROWS = [
  [
    { exitCode: 3, user: 'u', cron: 12, zeal: 'z', outcome: 'failed' },
    'cron=12 user=u outcome=failed exitCode=3 zeal=z',
    'stable order',
  ],
  [{ a: 'x y', b: '', c: 'q"\\' }, 'a="x y" b="" c="q\\"\\\\"', 'quotes where they are needed'],
  [
    { reason: '<0>panic\n<0>more' },
    'reason="<0>panic\\n<0>more"',
    'a line break does not begin a line, nor a priority',
  ],
  [{ reason: '\x1b]0;title\x07' }, 'reason="\\x1b]0;title\\x07"', 'escapes do not reach a terminal'],
  [{ 'a\nb': 1 }, 'a\\nb=1', 'names are escaped too'],
  [{ a: null, b: true, c: undefined, d: Number.NaN }, 'a=null b=true d=NaN', 'what is undefined is left out'],
  [{ a: [1, 'x'], b: { c: 1 } }, 'a="[1,\\"x\\"]" b="{\\"c\\":1}"', 'objects as JSON'],
  [{ a: Buffer.from([0x61, 0xff]) }, 'a="a�"', 'bytes as text'],
  [
    { a: 10n, b: { c: 10n } },
    'a="(bigint that cannot be written)" b="(object that cannot be written)"',
    'what cannot be written, said so',
  ],
  [{ err: new OperatorError('cannot', 'do this') }, 'err="cannot; do this"', "an operator's error by message and hint"],
] as const

for (const [fields, expected, sentence] of ROWS) {
  test(`journal: ${sentence}`, () => equal(journal(fields), `<6>run ended ${expected}`))
}

for (const [level, priority] of [
  ['debug', 7],
  ['info', 6],
  ['warn', 4],
  ['error', 3],
  ['alarm', 1],
] as const) {
  test(`${level} has priority ${priority}`, () => ok(journal({}, level).startsWith(`<${priority}>run`)))
}

test('a long value is cut with a count, and a line stays below the 48 KiB at which the journal breaks it', () => {
  match(journal({ a: 'x'.repeat(1_000_000) }), /x{4000}…\(996000 more\)"$/)
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`f${i}`, '\n日'.repeat(2_000)]))
  const line = journal(many)
  ok(Buffer.byteLength(line) < 48 * 1024)
  match(line, /more\)$/)
})

test('a bug is logged with its stack and causes on one line, without other properties', () => {
  const error = Object.assign(new Error('boom', { cause: new Error('deep') }), { sql: 'secret' })
  const line = journal({ err: error })
  match(line, /err="Error: boom\\n {4}at .*; because of: Error: deep/)
  ok(!line.includes('secret') && !line.includes('\n'))
})

test('text for people has time and level, in colour on request', () => {
  const event = { level: 'warn', time, message: 'run ended', fields: plainFields({ cron: 1 }) } as const
  equal(formatTextLine(event, false), '2026-03-01T12:00:00.007Z warn  run ended cron=1')
  const coloured = formatTextLine(event, true)
  ok(coloured.includes('\x1b[33mwarn \x1b[39m'), JSON.stringify(coloured))
})
