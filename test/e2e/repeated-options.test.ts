import { deepEqual, match, ok } from 'node:assert/strict'
import { after, test } from 'node:test'
import { ResidentRcron } from '../support/resident-rcron.ts'

const rcron = new ResidentRcron()
after(() => rcron[Symbol.dispose]())

const VERBS = ['add', 'list', 'show', 'edit', 'remove']
const COMMANDS: readonly (readonly string[])[] = [
  ...['tick', 'test', 'check', 'next', 'failed', 'history', 'init', 'settings'].map((name) => [name]),
  ...['auth', 'system', 'cron'].flatMap((noun) => VERBS.map((verb) => [noun, verb])),
  ['cron', 'enable'],
  ['cron', 'disable'],
]

/** Each option of `rcron WORDS` twice, in both spellings where it has two, with a value where it takes one; lists take several. */
async function twiceEach(words: readonly string[]): Promise<readonly (readonly string[])[]> {
  const help = await rcron.ok(...words, '--help')
  const found = [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)(?:, (--[\w-]+))?( [<[].*?[>\]])?/gm)]
  const single = found.filter(([, flag, , value]) => flag !== '--help' && value?.includes('...') !== true)
  return single.map(([, flag = '', other = flag, value]) =>
    value === undefined ? [flag, other] : [flag, '1', other, '1'],
  )
}

test('every option of every command is refused where it is given twice', async () => {
  let options = 0
  for (const words of COMMANDS) {
    for (const twice of await twiceEach(words)) {
      const { status, stdout, stderr } = await rcron.run([...words, ...twice])
      deepEqual([status, stdout], [2, ''], stderr)
      match(stderr, new RegExp(`option '(?:-\\w, )?${twice[0]}\\b.*' is given more than once, expected once`))
      match(stderr, twice[0] === '--json' ? /^\{"error":/ : /^error: /)
      options += 1
    }
  }
  ok(options > 60, `${options} options`)
})

const repeated: readonly (readonly [string, readonly string[]])[] = [
  ['two hosts', ['cron', 'add', '--host', '3', '--host', '4']],
  ['twice the same, apart and in another form', ['cron', 'add', '--host=3', '--cron-min', '5', '--host=3']],
  ['a secret that should not be there, which is not quoted', ['auth', 'add', '--password', 'h2', '--password', 'h2']],
]
for (const [what, words] of repeated) {
  test(`${what}: the way on is told`, async () => {
    const { status, stderr } = await rcron.run(words)
    deepEqual([status, stderr.includes('h2')], [2, false])
    match(
      stderr,
      /^error: option '--(host <system>|password \[value\])' is given more.*\n"rcron (cron|auth) add --help" shows how\.\n$/,
    )
  })
}
