import { deepEqual, equal } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { completions } from '../../packaging/completion/completions.ts'

const directory = mkdtempSync(join(tmpdir(), 'rcron-completion-'))
after(() => rmSync(directory, { recursive: true }))
const made = await completions()
const files = Object.fromEntries(
  Object.entries(made).map(([path, content]) => {
    const file = join(directory, path.replaceAll('/', '_'))
    writeFileSync(file, content)
    return [path.split('/')[2], file] as const
  }),
)

mkdirSync(join(directory, 'state'))
const HOSTILE = ['$(echo>ran)', '`echo>ran`', "it's", 'a"b', 'a\\b', '*', 'x;y', '!!', '-n', 'host:x', '#']
const NAMES: readonly (readonly [string, readonly string[]])[] = [
  ['cron', ['dump', 'dump all', ...HOSTILE]],
  ['host', ['db1', 'db2.example.com', '::1']],
  ['user', ['backup', 'root']],
]
writeFileSync(
  join(directory, 'state', 'names'),
  NAMES.flatMap(([kind, names]) => names.map((name) => `${kind}\t${name}\n`)).join(''),
)

/** Each asks its shell what it offers for the words of a command line, with no other programs on its path: so Node is not started. */
const SHELLS: Readonly<Record<string, (words: readonly string[]) => readonly string[]>> = {
  // What is offered is read as bash reads it once it stands in the line: that must be the name again, and run nothing.
  bash: (words) => {
    const script = `
      source "$1"; COMP_WORDS=("\${@:2}"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      compopt() { echo FILES; }
      _rcron
      quote=''; if [[ \${COMP_WORDS[COMP_CWORD]} == [\\'\\"]* ]]; then quote=\${COMP_WORDS[COMP_CWORD]:0:1}; fi
      for it in "\${COMPREPLY[@]}"; do eval "read=$quote$it$quote"; printf '%s\\n' "$read"; done`
    return ask('/bin/bash', [
      '--norc',
      '-c',
      script,
      'ask',
      files['bash-completion'] ?? '',
      ...words.flatMap(brokenAtColons),
    ])
  },
  // What compadd is given it quotes itself.
  zsh: (words) => {
    const script = `
      setopt no_global_rcs
      offer() { local it; for it; do if [[ $it == "$typed"* ]]; then print -r -- $it; fi; done }
      _describe() { offer \${(@P)2%%:*} }
      compadd() { offer "\${(@P)2}" }
      compset() { [[ $typed == $2* ]] && typed=\${typed#$2} }
      _files() { print FILES }
      words=("\${@:2}"); CURRENT=$#words
      typed=\${words[CURRENT]#[\\'\\"]}; source "$1"; true`
    return ask('/bin/zsh', ['-f', '-c', script, 'ask', files['zsh'] ?? '', ...words])
  },
  fish: (words) => {
    const script = 'source $argv[1]; complete --do-complete $argv[2] | string replace --regex "\\t.*" ""; true'
    return ask('/usr/bin/fish', ['--no-config', '-c', script, files['fish'] ?? '', words.join(' ')])
  },
}

/** As bash breaks a word that is not quoted. */
function brokenAtColons(word: string): readonly string[] {
  return /^['"]/.test(word) || word === '' ? [word] : word.split(/(:)/).filter((part) => part !== '')
}

function ask(shell: string, args: readonly string[]): readonly string[] {
  const said = execFileSync(shell, args, {
    encoding: 'utf8',
    cwd: directory,
    env: { PATH: '/nonexistent', HOME: directory, RCRON_STATE_DIR: join(directory, 'state') },
  })
  return said.split('\n').filter((it) => it !== '')
}

const [CRONS = [], HOSTS = [], USERS = []] = NAMES.map(([, names]) => names)

const ROWS: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [['da'], ['daemon']],
  [
    ['cron', 'e'],
    ['edit', 'enable'],
  ],
  [
    ['cron', '--json', 'e'],
    ['edit', 'enable'],
  ],
  [['system', 'add', '--host-k'], ['--host-key']],
  [
    ['cron', 'add', '--time'],
    ['--timeout', '--timeout-s', '--timezone'],
  ],
  [['tick', '--dry'], ['--dry-run']],
  [['tick', '--at', ''], []],
  [['nothing'], []],
  [['cron', 'edit', ''], CRONS],
  [['run', ''], CRONS],
  [['kill', 'it'], ["it's"]],
  [['history', ''], CRONS],
  [['logs', ''], CRONS],
  [['run', 'dump', '--host', ''], HOSTS],
  [
    ['cron', 'edit', 'du'],
    ['dump', 'dump all'],
  ],
  [['cron', 'show', 'dump', 'it'], ["it's"]],
  [['cron', 'edit', "'dump "], ['dump all']],
  [['cron', 'edit', 'dump', '--yes', '--dry'], ['--dry-run']],
  [
    ['next', 'dum'],
    ['dump', 'dump all'],
  ],
  [
    ['tick', 'dum'],
    ['dump', 'dump all'],
  ],
  [['cron', 'add', '--host', ''], HOSTS],
  [['cron', 'edit', 'dump', '--user', 'b'], ['backup']],
  [['system', 'add', '--host', ''], []],
  [['system', 'show', 'db2'], ['db2.example.com']],
  [
    ['system', 'list', 'db'],
    ['db1', 'db2.example.com'],
  ],
  [['auth', 'remove', ''], USERS],
  [['test', 'db1', 'db2'], ['db2.example.com']],
  [
    ['cron', 'list', 'dum'],
    ['dump', 'dump all'],
  ],
]

test('bash offers nothing between double quotes that means something there', () => {
  deepEqual(SHELLS['bash']?.(['rcron', 'cron', 'edit', '"$(']), [])
})

for (const [shell, offers] of Object.entries(SHELLS)) {
  for (const [words, expected] of ROWS) {
    test(`${shell} offers for "rcron ${words.join(' ')}": ${expected.join(', ') || 'nothing'}`, () => {
      deepEqual([...offers(['rcron', ...words])].sort(), [...expected].sort())
    })
  }

  for (const typed of ['host:db', "'host:db"]) {
    test(`${shell} offers hosts for "rcron cron list ${typed}"`, () => {
      const offered = offers(['rcron', 'cron', 'list', typed]).map((it) => it.replace('host:', ''))
      deepEqual(offered, ['db1', 'db2.example.com'])
    })
  }

  test(`${shell} runs nothing that a name says`, () => {
    offers(['rcron', 'cron', 'edit', ''])
    equal(existsSync(join(directory, 'ran')), false)
  })

  test(`${shell} offers files where an option wants one`, () => {
    writeFileSync(join(directory, 'a-key'), '')
    const [first] = offers(['rcron', 'auth', 'add', '--password-file', 'a-k'])
    equal(['FILES', 'a-key'].includes(first ?? ''), true)
  })
}
