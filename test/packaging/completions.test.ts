import { deepEqual, equal } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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

/** Each asks its shell what it offers for a command line, with no other programs on its path: so Node is not started. */
const SHELLS: Readonly<Record<string, (line: string) => readonly string[]>> = {
  bash: (line) => {
    const script = `
      source "$1"; COMP_WORDS=($2); [[ $2 == *" " ]] && COMP_WORDS+=(''); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      compopt() { echo FILES; }
      _rcron; printf '%s\\n' "\${COMPREPLY[@]}"`
    return ask('/bin/bash', ['--norc', '-c', script, 'ask', files['bash-completion'] ?? '', line])
  },
  zsh: (line) => {
    const script = `
      setopt no_global_rcs
      _describe() { print -rl -- \${(@P)2%%:*} }
      _files() { print FILES }
      words=(\${=2}); [[ $2 == *" " ]] && words+=(''); CURRENT=$#words
      typed=$words[CURRENT]; source "$1" | while read -r it; do [[ $it == $typed* || $it == FILES ]] && print -r -- $it; done; true`
    return ask('/bin/zsh', ['-f', '-c', script, 'ask', files['zsh'] ?? '', line])
  },
  fish: (line) => {
    const script = 'source $argv[1]; complete --do-complete $argv[2] | string replace --regex "\\t.*" ""; true'
    return ask('/usr/bin/fish', ['--no-config', '-c', script, files['fish'] ?? '', line])
  },
}

function ask(shell: string, args: readonly string[]): readonly string[] {
  const said = execFileSync(shell, args, {
    encoding: 'utf8',
    cwd: directory,
    env: { PATH: '/nonexistent', HOME: directory },
  })
  return said.split('\n').filter((it) => it !== '')
}

const ROWS: readonly (readonly [string, readonly string[]])[] = [
  ['rcron da', ['daemon']],
  ['rcron cron e', ['edit', 'enable']],
  ['rcron cron --json e', ['edit', 'enable']],
  ['rcron system add --host-k', ['--host-key']],
  ['rcron tick --dry', ['--dry-run']],
  ['rcron tick --at ', []],
  ['rcron nothing', []],
]

for (const [shell, offers] of Object.entries(SHELLS)) {
  for (const [line, expected] of ROWS) {
    test(`${shell} offers for "${line}": ${expected.join(', ') || 'nothing'}`, () => {
      deepEqual([...offers(line)].sort(), expected)
    })
  }

  test(`${shell} offers files where an option wants one`, () => {
    writeFileSync(join(directory, 'a-key'), '')
    const [first] = offers('rcron auth add --password-file a-k')
    equal(['FILES', 'a-key'].includes(first ?? ''), true)
  })
}
