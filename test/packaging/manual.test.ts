import { deepEqual, equal, match, notEqual } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { describedCommands } from '../../packaging/manual/command-page.ts'
import { paragraphs, verbatim } from '../../packaging/manual/man-text.ts'
import { manualPages } from '../../packaging/manual/manual-pages.ts'
import { releaseOf } from '../../packaging/release.ts'
import { VARIABLE_NAMES } from '../../src/config/variables.ts'
import { RcronCommand } from '../support/rcron-command.ts'
import { examplesOn } from './page-examples.ts'

const PAGES = await manualPages(releaseOf('2.0.0', 1_700_000_000))

/** How a terminal of old shows emphasis: each letter twice. */
const OVERSTRUCK = new RegExp(`.${String.fromCharCode(8)}`, 'g')

/** What a reader sees, without emphasis. */
function shown(page: string): string {
  const { stdout } = spawnSync('mandoc', ['-T', 'utf8', '-O', 'width=120'], { input: page, encoding: 'utf8' })
  return stdout.replaceAll(OVERSTRUCK, '')
}

for (const [name, page] of Object.entries(PAGES)) {
  test(`mandoc finds nothing to say of ${name}`, () => {
    const { status, stdout } = spawnSync('mandoc', ['-T', 'lint', '-W', 'style'], { input: page, encoding: 'utf8' })
    equal(stdout, '')
    equal(status, 0)
  })
}

test('signs that mean something to the formatter stand as they are', () => {
  const text = '.TH \'a\' \\fBb\\fP -- ~/.ssh ^x `y` … "z"'
  for (const page of [paragraphs(text), verbatim(text)]) {
    match(
      shown(`.TH X 1 2026-01-01\n.SH X\n${page}\n`).replaceAll(/\s+/g, ' '),
      / \.TH 'a' \\fBb\\fP -- ~\/\.ssh \^x `y` … "z" /,
    )
  }
})

test('rcron(1) has every command with every option, and rcron(5) every setting', async () => {
  const [commands, settings] = [shown(PAGES['rcron.1'] ?? ''), shown(PAGES['rcron.5'] ?? '')]
  const described = await describedCommands()
  notEqual(described.length, 0)
  for (const { path, command } of described) {
    equal(
      commands.includes(`\n     ${path.slice(1).join(' ')}`) || commands.includes(`\n   ${path.slice(1).join(' ')}`),
      true,
      path.join(' '),
    )
    for (const option of command.options) equal(commands.includes(`${option.long}`), true, option.flags)
  }
  deepEqual(
    VARIABLE_NAMES.filter((name) => !settings.includes(`${name}\n`)),
    [],
  )
})

const examples = examplesOn(PAGES['rcron-schedule.7'] ?? '')

test('rcron-schedule(7) has examples', () => equal(examples.length >= 4, true))
for (const line of examples) {
  test(`the example works: ${line}`, async (t) => {
    const rcron = new RcronCommand()
    t.after(() => rcron[Symbol.dispose]())
    const words = spawnSync('sh', ['-c', `rcron() { printf '%s\\n' "$@"; }; ${line}`], { encoding: 'utf8' }).stdout
    const { status, stdout } = await rcron.run(words.trimEnd().split('\n'))
    equal(status, 0)
    match(stdout, /\d{4}-\d\d-\d\dT\d\d:\d\d/)
  })
}
