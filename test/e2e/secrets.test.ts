import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { statSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { composeStore } from '../../src/app/parts.ts'
import { ResidentRcron } from '../support/resident-rcron.ts'
import { makeKey } from '../support/sshd.ts'

const rcron = new ResidentRcron()
after(() => rcron[Symbol.dispose]())
await rcron.prepare(async () => {})
const key = makeKey(join(rcron.directory, 'id'), 'ed25519', 'open sesame')
const SECRETS = /hunter2|open sesame|BEGIN OPENSSH/

async function storedPasswords(): Promise<
  ReadonlyMap<string, readonly [string | undefined, string | null | undefined]>
> {
  const store = await composeStore({ database: { kind: 'sqlite', path: join(rcron.stateDirectory, 'rcron.db') } })
  try {
    const rows = (await store.editor.auths.list()).map(({ row }) => row)
    return new Map(rows.map((row) => [row?.user ?? '', [row?.password, row?.passphrase] as const]))
  } finally {
    await store.close()
  }
}

test('a secret comes from standard input, a file or by reference, and one line end at its end is not part of it', async () => {
  await rcron.fed('hunter2\n', 'auth', 'add', '--user', 'stdin', '--password-stdin')
  writeFileSync(join(rcron.directory, 'secret'), 'hunter2\r\n')
  await rcron.ok('auth', 'add', '--user', 'file', '--password-file', 'secret')
  await rcron.fed('open sesame\n', 'auth', 'add', '--user', 'key', '--password-file', key.path, '--passphrase-stdin')
  await rcron.ok('auth', 'add', '--user', 'reference', '--password-reference', 'credential:ssh-key')
  const stored = await storedPasswords()
  deepEqual(
    ['stdin', 'file', 'key', 'reference'].map((user) => stored.get(user)),
    [
      ['hunter2', null],
      ['hunter2', null],
      [key.contents, 'open sesame'],
      ['credential:ssh-key', null],
    ],
  )
})

test('a sealed secret is not in the store as it is', async () => {
  await rcron.fed('hunter2', 'auth', 'add', '--user', 'sealed', '--hosts', '*', '--password-stdin', '--seal')
  const [password] = (await storedPasswords()).get('sealed') ?? []
  match(password ?? '', /^sealed:/)
  doesNotMatch(password ?? '', SECRETS)
  equal((await rcron.run(['check'])).stderr.includes('(sealed)'), false)
})

/** Problems that `check` tells of one auth. */
async function told(id: number): Promise<string> {
  const { stderr } = await rcron.run(['check'])
  return stderr
    .split('\n')
    .filter((line) => line.includes(`auth ${id} `))
    .join('\n')
}

test('a seal follows its row through edits, and opens in no other row', async () => {
  const { id } = JSON.parse(
    await rcron.fed(
      'hunter2',
      'auth',
      'add',
      '--user',
      'bound',
      '--hosts',
      'db1',
      '--password-stdin',
      '--seal',
      '--json',
    ),
  ) as { readonly id: number }
  equal(await told(id), '')
  await rcron.ok('auth', 'edit', String(id), '--hosts', 'db1, *.web.example')
  await rcron.ok('auth', 'edit', String(id), '--user', 'renamed')
  equal(await told(id), '')
  match(await rcron.ok('auth', 'list'), /renamed +\(sealed\) +db1, \*\.web\.example/)

  const store = await composeStore({ database: { kind: 'sqlite', path: join(rcron.stateDirectory, 'rcron.db') } })
  try {
    const [password = ''] = (await storedPasswords()).get('renamed') ?? []
    const copy = await store.editor.auths.add({ user: 'mallory', password, hosts: 'db1, *.web.example' })
    match(await told(copy), /error: .*the sealed value cannot be opened: it was sealed for another auth, user or hosts/)
    await store.editor.auths.edit(id, { hosts: 'evil.example' })
    match(await told(id), /error: .*the sealed value cannot be opened/)
    const { status, stderr } = await rcron.run(['auth', 'edit', String(id), '--hosts', 'db1'])
    match(stderr, /sealed for another auth, user or hosts/)
    equal(status, 1)
    await store.editor.auths.remove(copy)
    await store.editor.auths.remove(id)
  } finally {
    await store.close()
  }
})

test('--seal alone seals what is stored; what only names a place stays as it is', async () => {
  await rcron.fed('hunter2', 'auth', 'add', '--user', 'later', '--hosts', 'db1', '--password-stdin')
  await rcron.ok('auth', 'edit', 'later', '--seal')
  match((await storedPasswords()).get('later')?.[0] ?? '', /^sealed:2:/)
  const { status } = await rcron.run(['auth', 'edit', 'reference', '--seal'])
  deepEqual([status, (await storedPasswords()).get('reference')?.[0]], [2, 'credential:ssh-key'])
})

test('neither list nor show, dry run nor JSON shows a secret', async () => {
  const said = [
    await rcron.ok('auth', 'list'),
    await rcron.ok('auth', 'show', 'stdin', 'file', 'key', 'reference', 'sealed'),
    await rcron.ok('auth', 'list', '--json'),
    await rcron.fed('hunter2', 'auth', 'add', '--user', 'dry', '--password-stdin', '--dry-run'),
    await rcron.fed('hunter2', 'auth', 'edit', 'key', '--password-stdin', '--dry-run'),
    (await rcron.run(['check'])).stderr,
  ].join('\n')
  doesNotMatch(said, SECRETS)
  match(said, /\(private key\)[\s\S]*credential:ssh-key[\s\S]*\(sealed\)/)
})

/** What is refused with 2, and without repeating the secret. */
const refused: readonly (readonly [string, readonly string[], string, RegExp])[] = [
  [
    'a password as an argument',
    ['auth', 'add', '--user', 'x', '--password', 'hunter2'],
    '',
    /--password: every user of this machine can read a secret on a command line/,
  ],
  [
    'a password as part of an argument',
    ['auth', 'add', '--user', 'x', '--password=hunter2'],
    '',
    /--password: every user of this machine can read a secret on a command line/,
  ],
  [
    'a passphrase as an argument',
    ['auth', 'edit', 'key', '--passphrase', 'hunter2'],
    '',
    /--passphrase: every user of this machine can read a secret on a command line/,
  ],
  [
    'a reference that is a secret',
    ['auth', 'add', '--user', 'x', '--password-reference', 'hunter2'],
    '',
    /is not a reference to a secret/,
  ],
  [
    'a variable that is no secret of a row',
    ['auth', 'add', '--user', 'x', '--password-reference', 'env:RCRON_CACHE_KEY'],
    '',
    /--password-reference: env: expects a variable whose name begins with RCRON_SECRET_/,
  ],
  [
    "rcron's own credential",
    ['auth', 'edit', 'key', '--passphrase-reference', 'credential:cache-key'],
    '',
    /--passphrase-reference: credential:cache-key unlocks rcron itself/,
  ],
  [
    'hosts that are none',
    ['auth', 'add', '--user', 'x', '--password-stdin', '--hosts', 'root@db1'],
    'hunter2',
    /new auth, hosts: "root@db1" does not name a host/,
  ],
  ['nobody to ask', ['auth', 'add', '--user', 'x'], '', /password: is needed, but standard input is not a terminal/],
  ['an empty secret', ['auth', 'add', '--user', 'x', '--password-stdin'], '\n', /password: is empty/],
  [
    'two ways for one secret',
    ['auth', 'add', '--user', 'x', '--password-stdin', '--password-file', 'y'],
    'hunter2',
    /cannot be used with/,
  ],
  [
    'one standard input for two secrets',
    ['auth', 'add', '--user', 'x', '--password-stdin', '--passphrase-stdin'],
    'hunter2',
    /cannot be used with/,
  ],
  [
    'a key that is torn',
    ['auth', 'add', '--user', 'x', '--password-stdin'],
    '-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n',
    /new auth \(x\), password: /,
  ],
  [
    'a key without its passphrase',
    ['auth', 'add', '--user', 'x', '--password-file', key.path],
    '',
    /new auth \(x\), pass(word|phrase): /,
  ],
]
for (const [what, words, input, message] of refused) {
  test(`${what} is refused`, async () => {
    const { status, stdout, stderr } = await rcron.run(words, { input })
    match(stderr, message)
    doesNotMatch(stdout + stderr, SECRETS)
    equal(status, 2)
  })
}

/** Passwords that would be stored as the name of a place, and be shown. */
for (const secret of ['/hunter2', '~/hunter2', 'env:hunter2', 'file:/hunter2', 'credential:hunter2']) {
  test(`a password such as ${secret.replace('hunter2', '…')} is refused unless it is sealed, and is not shown`, async () => {
    writeFileSync(join(rcron.directory, 'looks-like-a-place'), `${secret}\n`)
    for (const words of [
      ['add', '--user', 'x', '--password-stdin'],
      ['edit', 'stdin', '--password-file', 'looks-like-a-place'],
    ]) {
      const { status, stdout, stderr } = await rcron.run(['auth', ...words], { input: secret })
      match(stderr, /password: .*would be read as the place.*--seal as well .*--password-reference/)
      doesNotMatch(stdout + stderr, SECRETS)
      equal(status, 2)
    }
    const user = `sealed ${secret.length}`
    const said = await rcron.fed(secret, 'auth', 'add', '--user', user, '--password-stdin', '--seal')
    doesNotMatch(said + (await rcron.ok('auth', 'show', user)), SECRETS)
    match((await storedPasswords()).get(user)?.[0] ?? '', /^sealed:/)
  })
}

test('a passphrase that begins like a path is one; one that would be read as a reference is refused unless it is sealed', async () => {
  const paths = makeKey(join(rcron.directory, 'path-like'), 'ed25519', '/open sesame')
  await rcron.fed('/open sesame', 'auth', 'add', '--user', 'path', '--password-file', paths.path, '--passphrase-stdin')
  deepEqual((await storedPasswords()).get('path')?.[1], '/open sesame')
  const input = 'env:open sesame'
  const { status, stderr } = await rcron.run(['auth', 'edit', 'path', '--passphrase-stdin'], { input })
  match(stderr, /passphrase: .*--seal .*--passphrase-reference/)
  doesNotMatch(stderr, SECRETS)
  equal(status, 2)
})

/** What is given as a reference to a passphrase, and what is stored. */
const passphraseReferences: readonly (readonly [string, string])[] = [
  ['/etc/hosts', 'file:/etc/hosts'],
  ['~/pass', 'file:~/pass'],
  ['file:/etc/hosts', 'file:/etc/hosts'],
  ['env:RCRON_SECRET_PASS', 'env:RCRON_SECRET_PASS'],
  ['credential:pass', 'credential:pass'],
]
for (const [given, stored] of passphraseReferences) {
  test(`a passphrase that is kept in ${given} is stored as ${stored}`, async () => {
    await rcron.ok('auth', 'edit', 'reference', '--passphrase-reference', given)
    equal((await storedPasswords()).get('reference')?.[1], stored)
  })
}

test('the help tells what each reference may be', async () => {
  const help = (await rcron.ok('auth', 'add', '--help')).replace(/\s+/g, ' ')
  match(
    help,
    /--password-reference <where> store a reference to it: \/key\/file, ~\/key\/file, env:RCRON_SECRET_NAME, file:\/path/,
  )
  match(
    help,
    /--passphrase-reference <where> store a reference to it: file:\/path, env:RCRON_SECRET_NAME, credential:NAME; a path alone is file:/,
  )
})

test('a file that is not there is named', async () => {
  const { status, stderr } = await rcron.run(['auth', 'add', '--user', 'x', '--password-file', '/no/such/file'])
  equal(status, 1)
  match(stderr, /the password cannot be read from \/no\/such\/file: ENOENT/)
})

test('a secret is read from a pipe as well, and no further than its column goes', async () => {
  const shell = (line: string) => rcron.run(['auth', 'add', '--user', 'long', '--password-file', line])
  match((await shell('/dev/zero')).stderr, /password: is longer than 65535 bytes, expected a secret/)
  const piped = await rcron.run(['auth', 'add', '--user', 'long', '--password-stdin'], { input: 'x'.repeat(70_000) })
  deepEqual([piped.status, /is longer than 65535 bytes/.test(piped.stderr)], [2, true])
  const pipe = join(rcron.directory, 'pipe')
  execFileSync('mkfifo', [pipe])
  const writing = writeFile(pipe, 'from a pipe\n')
  await rcron.ok('auth', 'add', '--user', 'piped', '--password-file', pipe)
  await writing
  deepEqual((await storedPasswords()).get('piped'), ['from a pipe', null])
})

/** Runs it below a terminal on which `secret` is typed when it is asked for. */
function typing(secret: string, ...words: readonly string[]) {
  const typed = `import fcntl, os, pty, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
seen, answered = b'', False
while True:
    try:
        seen += os.read(terminal, 4096)
    except OSError:
        break
    if not answered and b'not shown' in seen:
        os.write(terminal, b'${secret}\\r')
        answered = True
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))`
  return rcron.inTerminal(typed, words)
}

test('on a terminal it is asked for, and not shown', async () => {
  const { status, stdout } = await typing('hunter2', 'auth', 'add', '--user', 'asked')
  deepEqual([status, stdout.includes('hunter2'), /added auth \d+/.test(stdout)], [0, false, true])
  deepEqual((await storedPasswords()).get('asked'), ['hunter2', null])
})

test('on a terminal as well, what would be read as the place is refused unless it is sealed', async () => {
  const refused = await typing('/hunter2', 'auth', 'add', '--user', 'typed')
  match(refused.stdout.replace(/\s+/g, ' '), /would be read as the place.*--password-ask .*--seal/)
  const sealed = await typing('/hunter2', 'auth', 'add', '--user', 'typed', '--password-ask', '--seal')
  deepEqual([refused.status, sealed.status], [2, 0])
  doesNotMatch(refused.stdout + sealed.stdout, SECRETS)
  match((await storedPasswords()).get('typed')?.[0] ?? '', /^sealed:/)
})

test('the store is for its owner alone', () => {
  equal(statSync(join(rcron.stateDirectory, 'rcron.db')).mode & 0o777, 0o600)
})
