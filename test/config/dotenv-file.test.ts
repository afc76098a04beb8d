import { deepEqual, equal, match } from 'node:assert/strict'
import { chmodSync, chownSync, lchownSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readDotenvFile } from '../../src/config/dotenv-file.ts'
import { withDotenv } from '../../src/config/with-dotenv.ts'
import { reportedOf } from '../../src/domain/problem.ts'

const directory = mkdtempSync(join(tmpdir(), 'rcron-dotenv-'))
after(() => rmSync(directory, { recursive: true }))
const STRANGER = 65_534
const skip = process.getuid?.() === 0 ? false : 'only root can make files of others'

let files = 0

function file(text: string | Buffer): string {
  files += 1
  const path = join(directory, String(files))
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

const ignored: readonly (readonly [what: string, change: (path: string) => void, why: RegExp])[] = [
  ["a stranger's", (path) => chownSync(path, STRANGER, STRANGER), /belongs to .*user id 65534, expected/],
  ['one that others can write', (path) => chmodSync(path, 0o666), /can be written by others \(mode 666\)/],
  [
    'one that a group of strangers can write',
    (path) => {
      chownSync(path, 0, STRANGER)
      chmodSync(path, 0o660)
    },
    /can be written by others \(mode 660\)/,
  ],
  [
    "a stranger's link to a file of ours",
    (path) => {
      const target = file('RCRON_STATE_DIR=/tmp/trap\n')
      rmSync(path)
      symlinkSync(target, path)
      lchownSync(path, STRANGER, STRANGER)
    },
    /belongs to .*user id 65534/,
  ],
]
for (const [what, change, why] of ignored) {
  test(`F9: ${what} is ignored with a word of why`, { skip }, () => {
    const path = file('RCRON_STATE_DIR=/tmp/trap\n')
    change(path)
    const { values, problems } = readDotenvFile(path)
    deepEqual(values, {})
    equal(problems.length, 1)
    equal(problems[0]?.severity, 'warning')
    match(problems[0]?.message ?? '', why)
  })
}

test('a link of our own is followed', () => {
  const path = file('A=1\n')
  symlinkSync(path, join(directory, 'own-link'))
  deepEqual(readDotenvFile(join(directory, 'own-link')), { values: { A: '1' }, problems: [] })
})

/** Each is one value of RCRON_DATABASE_PASSWORD; null: it is refused, since a part of it would be lost. */
const passwords: readonly (readonly [written: string, value: string | null])[] = [
  ['ab#cd $x', null],
  ['#abcd', null],
  ['ab #cd', 'ab'],
  ['ab # a comment, cron#5', 'ab'],
  ["'ab#cd $x'", 'ab#cd $x'],
  ['"ab#cd" # why', 'ab#cd'],
  ['"two\nlines#2"', 'two\nlines#2'],
]
for (const [written, value] of passwords) {
  test(`the value ${JSON.stringify(written)} is ${value === null ? 'refused' : JSON.stringify(value)}`, () => {
    const { values, problems } = readDotenvFile(
      file(`# RCRON_X=a#b\nRCRON_DATABASE_PASSWORD=${written}\nCOLOUR=#fff\n`),
    )
    if (value !== null) deepEqual([values['RCRON_DATABASE_PASSWORD'], problems], [value, []])
    const said = problems
      .map(reportedOf)
      .map(({ subject, message, hint }) => `${subject}: ${message}; ${hint}`)
      .join()
    if (value === null) match(said, /^RCRON_DATABASE_PASSWORD: found # .*\(line 2 of .*single quotes/)
    // The folder's name is made of random letters.
    equal(said.replaceAll(directory, '').includes('cd'), false)
  })
}

test('what the environment sets is not judged in the file', () => {
  const { environment } = withDotenv({ RCRON_DATABASE_PASSWORD: 'whole' }, file('RCRON_DATABASE_PASSWORD=ab#cd\n'))
  equal(environment['RCRON_DATABASE_PASSWORD'], 'whole')
})

test('UTF-8 with its mark is read, UTF-16 is refused in a clear word', () => {
  const text = 'RCRON_LOG_LEVEL=warn\r\n'
  deepEqual(readDotenvFile(file(`\u{feff}${text}`)).values, { RCRON_LOG_LEVEL: 'warn' })
  for (const bytes of [Buffer.from(`\u{feff}${text}`, 'utf16le'), Buffer.from(`\u{feff}${text}`, 'utf16le').swap16()]) {
    match(readDotenvFile(file(bytes)).problems[0]?.message ?? '', /is UTF-16, expected UTF-8/)
  }
})

test('the zero bytes of UTF-16 without its mark are named', () => {
  const bytes = Buffer.from('RCRON_LOG_LEVEL=warn\n', 'utf16le')
  match(readDotenvFile(file(bytes)).problems[0]?.message ?? '', /zero bytes, as UTF-16 does, expected UTF-8/)
})

const odd: readonly (readonly [what: string, text: string | Buffer, said: RegExp | null])[] = [
  [
    'a line without =',
    'RCRON_TIMEZONE Europe/Vienna\n',
    /^error RCRON_TIMEZONE: .*found a line without = \(line 2 .*expected NAME=value/,
  ],
  ['a name alone', 'export RCRON_TIMEZONE\n', /^error RCRON_TIMEZONE: .*found a line without = \(line 2 /],
  ['a colon without a blank', 'RCRON_TIMEZONE:UTC\n', /^error RCRON_TIMEZONE: .*found a line without = \(line 2 /],
  ['a colon and a blank', 'RCRON_TIMEZONE: UTC\n', null],
  [
    'a quote that stays open',
    "RCRON_TIMEZONE='UTC\n",
    /^error RCRON_TIMEZONE: .*begins with a quote and does not end.*\(line 2 /,
  ],
  ['a quote that ends on the next line', "RCRON_TIMEZONE='a\nRCRON_STATE_DIR b'\n", null],
  ['a quote in another one', 'RCRON_TIMEZONE="\'UTC"\n', null],
  [
    'a value in Latin-1',
    Buffer.from('RCRON_TIMEZONE=\xe4\n', 'latin1'),
    /^error RCRON_TIMEZONE: .*not UTF-8 \(line 2 /,
  ],
  ['a comment in Latin-1', Buffer.from('# f\xfcr\nRCRON_TIMEZONE=UTC\n', 'latin1'), null],
  [
    'a variable that is set twice',
    'RCRON_TIMEZONE=UTC\n\nRCRON_TIMEZONE=GMT\n',
    /^warning RCRON_TIMEZONE: is set 2 times \(lines 2, 4 /,
  ],
  ['what is no variable of ours', "A b\nA=1\nA=2\nB='c\n", null],
  ['a comment', '# RCRON_TIMEZONE UTC\n', null],
]
for (const [what, text, wanted] of odd) {
  test(`${what} is ${wanted === null ? 'as it should be' : 'told with its line'}`, () => {
    const { problems } = readDotenvFile(file(Buffer.concat([Buffer.from('# rcron\n'), Buffer.from(text)])))
    const said = problems
      .map(reportedOf)
      .map((it) => `${it.severity} ${it.subject}: ${it.message}; ${it.hint}`)
      .join('\n')
    if (wanted === null) equal(said, '')
    else match(said, wanted)
    equal(problems.length, wanted === null ? 0 : 1)
  })
}
