import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { RcronCommand } from '../support/rcron-command.ts'

const rcron = new RcronCommand()
after(() => rcron[Symbol.dispose]())
await rcron.prepare(async ({ systems }) => {
  for (let number = 0; number < 500; number++) await systems.add({ host: `host${number}.example.com` })
})

const NOUNS = ['auth', 'system', 'cron']
const VERBS = ['add', 'list', 'show', 'edit', 'remove']
const COMMANDS: readonly (readonly string[])[] = [
  ...[
    'daemon',
    'tick',
    'status',
    'ps',
    'hosts',
    'run',
    'kill',
    'reload',
    'test',
    'check',
    'next',
    'show',
    'load',
    'failed',
    'history',
    'why',
    'audit',
    'init',
    'settings',
    ...NOUNS,
  ].map((name) => [name]),
  ...NOUNS.flatMap((noun) => VERBS.map((verb) => [noun, verb])),
  ['cron', 'enable'],
  ['cron', 'disable'],
]

for (const words of COMMANDS) {
  test(`rcron ${words.join(' ')} --help says what it does, with examples and exit statuses`, async () => {
    const { status, stdout, stderr } = await rcron.run([...words, '--help'])
    deepEqual([status, stderr], [0, ''])
    match(stdout, new RegExp(`^Usage: rcron ${words.join(' ')}`))
    match(stdout, /\nExamples:\n {2}\S/)
    match(stdout, /\nExit status:\n {2}0 +.*\n(.*\n)* {2}2 +invalid input\n/)
  })
}

test('the help names every command and says where settings come from', async () => {
  const asked = await rcron.ok('--help')
  for (const [name] of COMMANDS) match(asked, new RegExp(`^ {2}${name} `, 'm'))
  match(asked, /^ {2}cron +add, list, show, edit, remove, enable\s+and disable what runs/m)
  match(asked, /"rcron settings" lists them all/)
  equal(await rcron.ok('help', 'cron', 'add'), await rcron.ok('cron', 'add', '--help'))
  equal(await rcron.ok('help', 'next', 'dump'), await rcron.ok('next', '--help'))
})

test('the version is the one of package.json', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  equal(await rcron.ok('--version'), `${version}\n`)
})

/** Words, what the message says, and the way on. All end with 2. */
const mistakes: readonly (readonly [readonly string[], RegExp])[] = [
  [['frobnicate'], /unknown command 'frobnicate'\n"rcron --help" shows how/],
  [['cro'], /unknown command 'cro'\n\(Did you mean cron\?\)/],
  [['cron'], /Usage: rcron cron/],
  [['cron', 'ad'], /unknown command 'ad'\n\(Did you mean add\?\)\n"rcron cron --help" shows how/],
  [['cron', 'show'], /missing required argument 'cron'\n"rcron cron show --help" shows how/],
  [['cron', 'add', '--hots', 'x'], /unknown option '--hots'\n\(Did you mean --host\?\)\n"rcron cron add --help"/],
  [['cron', 'edit', '1', '--schedule'], /'--schedule <fields>' argument missing/],
  [['init', 'now'], /too many arguments for 'init'/],
  [['--verbose'], /unknown option '--verbose'/],
  [
    ['auth', 'edit', '1', '--no-passphrase', '--passphrase-ask'],
    /'--no-passphrase' cannot be used with option '--passphrase-ask'/,
  ],
  [['help', 'nosuch'], /unknown command 'nosuch'\n"rcron --help" shows how/],
  [['nosuch', '--help'], /unknown command 'nosuch'/],
  [['help', 'cron', 'ad'], /unknown command 'ad'\n\(Did you mean add\?\)/],
  [['cron', 'nosuch', '-h'], /unknown command 'nosuch'/],
]
for (const [words, message] of mistakes) {
  test(`rcron ${words.join(' ')} ends with 2 and a hint`, async () => {
    const { status, stdout, stderr } = await rcron.run(words)
    match(stderr, message)
    deepEqual([status, stdout], [2, ''])
  })
}

test('a Node that is not suitable, with no other one beside rcron, is told which one is needed, before anything else is loaded', async () => {
  for (const version of ['18.20.0', '20.20.2', '22.19.0', '24.15.0', '25.0.0', '26.0.0']) {
    const pretend = `Object.defineProperty(process,'versions',{value:{...process.versions,node:'${version}'}})`
    const node = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`]
    const { status, stdout, stderr } = await rcron.run(['cron', 'list'], { node })
    deepEqual([status, stdout], [1, ''])
    match(
      stderr,
      new RegExp(`^rcron needs Node \\^24\\.16 or >=26\\.1; this is ${version} \\(.*\\), and none lies beside it\\.\n`),
    )
  }
})

const shell = (script: string) => {
  const { stdout } = spawnIn(script)
  return stdout
}

/** Runs a shell in which `rcron` is the command. */
function spawnIn(script: string): { readonly stdout: Promise<string> } {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
  const child = spawn('bash', ['-c', `rcron() { "$NODE" "$MAIN" "$@"; }; ${script}`], {
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE: process.execPath,
      MAIN: main,
      RCRON_STATE_DIR: rcron.stateDirectory,
      HOME: rcron.directory,
    },
    cwd: rcron.directory,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return { stdout: text(child.stdout) }
}

const streams: readonly (readonly [string, string, string])[] = [
  ['a reader that stops reading', 'rcron system list 2>&1 | head -n 1 | cut -c1-2; echo $PIPESTATUS', 'id\n0\n'],
  ['a reader that was never there', '{ rcron system list 2>err; echo $? >status; } | true; cat err status', '0\n'],
  ['a full disk', 'rcron system list 2>&1 >/dev/full; echo $?', 'rcron: cannot write to standard output: ENOSPC\n1\n'],
  ['a closed standard input', 'rcron next --stdin <&-; echo $?', '0\n'],
  ['a closed standard output', 'rcron system list >&- 2>err; echo $?; cat err', '0\n'],
  ['a closed standard error', 'rcron system show 9999 2>&-; echo $?', '4\n'],
  [
    'a secret wanted from a closed input',
    'rcron auth add --user x --password-stdin <&- 2>&1; echo $?',
    'rcron: password: is empty, expected a secret\n2\n',
  ],
]
for (const [what, script, expected] of streams) {
  test(`${what} does no harm`, async () => {
    equal(await shell(script), expected)
  })
}

test('errors reach a file and a pipe whole, whatever was logged before them', async () => {
  const script = 'cd /; rcron system show nothing 2>"$HOME/said"; rcron system show nothing 2>&1 | cat'
  const piped = await shell(script)
  match(piped, /^rcron: system "nothing": there is no such system; "rcron system list" shows them\n$/)
  equal(readFileSync(`${rcron.directory}/said`, 'utf8'), piped)
})

const colours: readonly (readonly [Readonly<Record<string, string>>, boolean])[] = [
  [{}, false],
  [{ FORCE_COLOR: '1' }, true],
  [{ NO_COLOR: '1' }, false],
  [{ FORCE_COLOR: '0' }, false],
  [{ FORCE_COLOR: '' }, false],
  [{ FORCE_COLOR: 'yes' }, true],
  [{ NO_COLOR: '', FORCE_COLOR: '1' }, true],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, false],
]
for (const [env, isColoured] of colours) {
  test(`with ${JSON.stringify(env)} a pipe gets ${isColoured ? 'colours' : 'none'}`, async () => {
    const { stdout } = await rcron.run(['system', 'show', '1'], { env })
    const { stdout: list } = await rcron.run(['system', 'list'], { env })
    const { stderr } = await rcron.run(['system', 'show', 'x'], { env })
    deepEqual(
      [list, stderr].map((it) => it.includes('\u001b[')),
      [isColoured, isColoured],
    )
    equal(stdout.includes('\u001b'), false)
    doesNotMatch(stderr, /Warning/)
  })
}

test('JSON is never coloured', async () => {
  const { stdout } = await rcron.run(['system', 'list', '--json'], { env: { FORCE_COLOR: '1' } })
  equal((JSON.parse(stdout) as { items: readonly unknown[] }).items.length, 500)
})

test('help comes quickly: it loads nothing of the store, of SSH or of the settings', async () => {
  const child = rcron.start(['--help'], { env: { NODE_DEBUG: 'esm,module' } })
  const [said] = await Promise.all([text(child.stderr), once(child, 'close')])
  match(said, /node_modules\/commander\//)
  for (const part of ['ssh2', 'mysql2', 'kysely', 'pino', '@clack', 'app']) {
    doesNotMatch(said, new RegExp(`node_modules/${part}/|/src/${part}`))
  }
})

test('on a terminal NO_COLOR wins, and Node has nothing to warn of', async () => {
  const script = `import os, pty, sys
os.environ.update(NO_COLOR="1", FORCE_COLOR="1")
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))`
  const { status, stdout } = await rcron.inTerminal(script, ['system', 'show', 'x'])
  equal(status, 4)
  equal(stdout, 'rcron: system "x": there is no such system; "rcron system list" shows them\r\n')
})
