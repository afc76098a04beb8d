import { deepEqual, equal, match, notEqual, ok, rejects } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { after, test } from 'node:test'
import { inspect } from 'node:util'
import { OperatorError } from '../../src/domain/errors.ts'
import type { Credential } from '../../src/secrets/credential.ts'
import { createCredentials } from '../../src/secrets/credentials.ts'
import { anAuth, somePlaces } from '../support/builders.ts'
import { Scratch } from './make-keys.ts'

const PASSPHRASE = 'opens-Sesame'
const scratch = new Scratch()
after(() => scratch[Symbol.dispose]())
mkdirSync(scratch.file('systemd'))
mkdirSync(scratch.file('secrets'))
const environment: Record<string, string> = {}
const credentials = createCredentials(
  somePlaces({
    environment,
    home: scratch.path,
    credentialsDirectory: scratch.file('systemd'),
    secretsDirectory: scratch.file('secrets'),
    own: { credentials: ['cache-key', 'database-url'], files: [scratch.file('secrets/own')] },
    unseal: (sealed, bound) => {
      const [, kind, text = ''] = /^sealed:(good|old):(.*)$/s.exec(sealed) ?? []
      if (kind === undefined || bound.id !== 7) throw new Error(`cannot open ${sealed}`)
      return { text, isBound: kind === 'good' }
    },
  }),
)
const HOST = 'db1.example.com'
const auth = (password: string, passphrase: string | null = null) =>
  anAuth({ id: 7, user: 'deploy', password, passphrase })
const resolve = (password: string, passphrase: string | null = null) =>
  credentials.resolve(auth(password, passphrase), HOST)

function typeOf(credential: Credential): string {
  return credential.kind === 'key' ? credential.key.type : credential.kind
}

function publicPartOf(path: string, passphrase = ''): string {
  return (
    execFileSync('ssh-keygen', ['-y', '-P', passphrase, '-f', path], { encoding: 'utf8' }).trim().split(' ')[1] ?? ''
  )
}

/** The error for a secret; holds it to what every such error must keep. */
async function errorOf(password: string, passphrase: string | null = null): Promise<string> {
  const judged = await credentials.judge(auth(password, passphrase))
  const [problem, ...others] = judged.filter(({ severity }) => severity === 'error')
  let told = ''
  await rejects(resolve(password, passphrase), (error) => {
    ok(error instanceof OperatorError)
    told = `${error.message} | ${error.hint}`
    equal(error.message, `auth 7 (deploy), ${problem?.field}: ${problem?.message}`)
    ok(!inspect(error, { depth: 9 }).includes(PASSPHRASE))
    return true
  })
  deepEqual(others, [])
  return told
}

const KEYS: readonly (readonly [string, readonly string[], string])[] = [
  ['ed25519', ['-t', 'ed25519'], 'ssh-ed25519'],
  ['rsa', ['-t', 'rsa', '-b', '2048'], 'ssh-rsa'],
  ['rsa-pem', ['-t', 'rsa', '-b', '2048', '-m', 'PEM'], 'ssh-rsa'],
  ['rsa-pkcs8', ['-t', 'rsa', '-b', '2048', '-m', 'PKCS8'], 'ssh-rsa'],
  ['ec256', ['-t', 'ecdsa', '-b', '256'], 'ecdsa-sha2-nistp256'],
  ['ec384-pem', ['-t', 'ecdsa', '-b', '384', '-m', 'PEM'], 'ecdsa-sha2-nistp384'],
  ['ec521-pkcs8', ['-t', 'ecdsa', '-b', '521', '-m', 'PKCS8'], 'ecdsa-sha2-nistp521'],
]

for (const [name, options, type] of KEYS) {
  for (const passphrase of [null, PASSPHRASE]) {
    test(`${name} ${passphrase === null ? 'plain' : 'encrypted'} is the key that ssh-keygen made`, async () => {
      const path = scratch.sshKey(`${name}${passphrase === null ? '' : '-locked'}`, ...options, '-N', passphrase ?? '')
      const credential = await resolve(path, passphrase)
      ok(credential.kind === 'key')
      equal(credential.key.type, type)
      equal(credential.key.getPublicSSH().toString('base64'), publicPartOf(path, passphrase ?? ''))
      const signature = credential.key.sign(Buffer.from('x'), 'sha512')
      if (type === 'ssh-rsa') ok(credential.key.verify(Buffer.from('x'), signature, 'sha512'))
      if (passphrase === null) return
      match(await errorOf(path), /^auth 7 \(deploy\), passphrase: .*no passphrase.*ssh-keygen -p/)
      match(await errorOf(path, 'wrong'), /^auth 7 \(deploy\), passphrase: .*does not open .*ssh-keygen/)
    })
  }
}

test('A9: Ed25519 keys in PKCS#8 are read, every one of many, and encrypted ones too', async () => {
  for (let round = 0; round < 12; round++) {
    const path = scratch.opensslKey(`pkcs8-${round}`, 'genpkey', '-algorithm', 'ed25519')
    const credential = await resolve(path)
    ok(credential.kind === 'key')
    const der = execFileSync('openssl', ['pkey', '-in', path, '-pubout', '-outform', 'DER'])
    ok(credential.key.getPublicSSH().subarray(-32).equals(der.subarray(-32)))
  }
  const locked = scratch.opensslKey(
    'pkcs8-locked',
    'pkcs8',
    '-topk8',
    '-in',
    scratch.file('pkcs8-0'),
    '-passout',
    `pass:${PASSPHRASE}`,
  )
  equal(typeOf(await resolve(locked, PASSPHRASE)), 'ssh-ed25519')
  match(await errorOf(locked, 'wrong'), /passphrase: .*does not open/)
  match(await errorOf(locked), /no passphrase/)
})

test('key contents are read however their line ends have suffered', async () => {
  const text = readFileSync(scratch.sshKey('lines', '-t', 'ed25519'), 'utf8')
  const variants = [
    text,
    text.trimEnd(),
    text.replaceAll('\n', '\r\n'),
    `\n  ${text}\n\n`,
    `\uFEFF${text}`,
    text.replaceAll('\n', '\\n'),
    text.trim().replaceAll('\n', ' '),
    text.replaceAll('\n', '\n    '),
  ]
  for (const variant of variants)
    equal(typeOf(await resolve(variant)), 'ssh-ed25519', JSON.stringify(variant.slice(0, 60)))
  equal(typeOf(await resolve(readFileSync(scratch.file('rsa-pem'), 'utf8').replaceAll('\n', '\r\n'))), 'ssh-rsa')
})

test('A9: what is no usable private key is refused with the command that mends it, and never sent', async () => {
  const key = readFileSync(scratch.sshKey('whole', '-t', 'ed25519'), 'utf8')
  const rsa = readFileSync(scratch.file('rsa-pkcs8'), 'utf8')
  const ppk3 = 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 2\nAAAA\n'
  const chacha = scratch.sshKey('chacha', '-t', 'ed25519', '-N', PASSPHRASE, '-Z', 'chacha20-poly1305@openssh.com')
  const curve = scratch.opensslKey('curve', 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1')
  match(await errorOf(scratch.write('k.ppk', ppk3)), /PuTTY key.*puttygen .*k\.ppk -O private-openssh/)
  match(await errorOf(ppk3.replace('3: ssh-ed25519', '2: ssh-ed25519')), /PuTTY key.*puttygen KEY/)
  match(await errorOf(`${scratch.file('whole')}.pub`), /is a public key.*without \.pub/)
  match(await errorOf(readFileSync(`${scratch.file('whole')}.pub`, 'utf8')), /the stored value is a public key/)
  match(await errorOf(key.slice(0, 200)), /cut short or damaged.*ssh-keygen -p -m PEM/)
  match(await errorOf(key.replace(/\n[^-]{20}/, '\n')), /cut short or damaged/)
  match(await errorOf(rsa.replace(/\n.{64}\n/, '\n')), /cut short or damaged/)
  match(await errorOf(scratch.write('notes', 'just some text\n')), /key file .*notes contains no key/)
  match(await errorOf(chacha, PASSPHRASE), /that rcron cannot open.*ssh-keygen -p/)
  match(await errorOf(curve), /secp256k1, expected .*ssh-keygen -t ed25519/)
  match(await errorOf(scratch.write('empty', '')), /is empty/)
  match(await errorOf(''), /is empty/)
})

test('A9: a key file that cannot be read names path, code and remedy', async () => {
  match(await errorOf('/nowhere/id'), /key file \/nowhere\/id cannot be read \(ENOENT\).*correct the path/)
  match(await errorOf('~/nowhere'), new RegExp(`${scratch.path}/nowhere cannot be read \\(ENOENT\\)`))
  match(await errorOf(scratch.path), /EISDIR/)
  match(await errorOf('/dev/zero'), /not a regular file/)
  match(await errorOf(scratch.write('huge', Buffer.alloc(200_000))), /too large/)
  execFileSync('mkfifo', [scratch.file('pipe')])
  match(await errorOf(scratch.file('pipe')), /not a regular file/)
})

test('references give a password or a key, and never a second reference', async () => {
  scratch.sshKey('home-key', '-t', 'ed25519')
  scratch.sshKey('secrets/key', '-t', 'ed25519')
  environment['RCRON_SECRET_LITERAL'] = '/not/a/path'
  environment['RCRON_SECRET_AGAIN'] = 'env:RCRON_SECRET_LITERAL'
  environment['RCRON_SECRET_KEY'] = readFileSync(scratch.file('home-key'), 'utf8')
  scratch.write('secrets/secret', 'pass word\n')
  scratch.write('systemd/db', 'from systemd\r\n')
  const passwords: readonly (readonly [string, string])[] = [
    ['hunter2', 'hunter2'],
    ['~user', '~user'],
    ['ENV:LITERAL', 'ENV:LITERAL'],
    ['env:RCRON_SECRET_LITERAL', '/not/a/path'],
    ['env:RCRON_SECRET_AGAIN', 'env:RCRON_SECRET_LITERAL'],
    [`file:${scratch.file('secrets/secret')}`, 'pass word'],
    ['file:~/secrets/secret', 'pass word'],
    ['credential:db', 'from systemd'],
    ['sealed:good:/sealed', '/sealed'],
  ]
  for (const [column, password] of passwords) {
    const credential = await resolve(column)
    deepEqual([credential.kind, credential.password], ['password', password], column)
  }
  for (const column of [
    '~/home-key',
    'env:RCRON_SECRET_KEY',
    'file:~/secrets/key',
    `sealed:good:${environment['RCRON_SECRET_KEY']}`,
  ]) {
    equal(typeOf(await resolve(column)), 'ssh-ed25519', column)
  }
})

test('a reference that leads nowhere says so, and is never sent as a password', async () => {
  match(await errorOf('env:RCRON_SECRET_MISSING'), /variable RCRON_SECRET_MISSING is not set/)
  match(await errorOf('env:no-name'), /begins like a reference/)
  match(await errorOf('file:relative'), /absolute path/)
  match(await errorOf('file:~/secrets/x'), /the file .*\/secrets\/x cannot be read \(ENOENT\)/)
  match(await errorOf('credential:../../etc/passwd'), /begins like a reference/)
  match(await errorOf('credential:..'), /begins like a reference/)
  match(await errorOf('credential:missing'), /ENOENT.*LoadCredential=missing:/)
  match(await errorOf(`sealed:bad:${PASSPHRASE}`), /cannot be opened/)
  const bare = createCredentials(somePlaces())
  await rejects(bare.resolve(auth('credential:db'), HOST), /CREDENTIALS_DIRECTORY is not set/)
  await rejects(bare.resolve(auth('sealed:x'), HOST), /sealed and there is no cache key/)
})

test('the passphrase may be a reference too; one that the key does not need stands by as a password', async () => {
  environment['RCRON_SECRET_PASS'] = PASSPHRASE
  const locked = scratch.sshKey('locked', '-t', 'rsa', '-m', 'PEM', '-N', PASSPHRASE)
  deepEqual((await resolve(locked, 'env:RCRON_SECRET_PASS')).password, null)
  match(
    await errorOf(locked, 'env:RCRON_SECRET_NOPASS'),
    /^auth 7 \(deploy\), passphrase: .*RCRON_SECRET_NOPASS is not set/,
  )
  deepEqual((await resolve(scratch.sshKey('open', '-t', 'ed25519'), 'second')).password, 'second')
})

test('a key is opened once, a rotated file is picked up, a lost one is missed', async () => {
  const path = scratch.sshKey('rotating', '-t', 'ed25519')
  const first = await resolve(path)
  const again = await resolve(path)
  ok(first.kind === 'key' && again.kind === 'key')
  equal(first.key, again.key)
  equal(first.identity, again.identity)
  scratch.sshKey('next', '-t', 'ed25519')
  renameSync(scratch.file('next'), path)
  const rotated = await resolve(path)
  ok(rotated.kind === 'key')
  equal(rotated.key.getPublicSSH().toString('base64'), publicPartOf(path))
  notEqual(rotated.identity, first.identity)
  rmSync(path)
  match(await errorOf(path), /ENOENT/)
})

test('a key file that others can read is refused as OpenSSH refuses it, and chmod is advised for a key alone', async () => {
  const path = scratch.sshKey('loose', '-t', 'ed25519')
  deepEqual(await credentials.judge(auth(path)), [])
  for (const mode of [0o640, 0o604, 0o620]) {
    chmodSync(path, mode)
    match(await errorOf(path), /key file .*loose has mode 06.. and is open to other users.*\| chmod 600 .*loose;/)
  }
  chmodSync(path, 0o400)
  equal(typeOf(await resolve(path)), 'ssh-ed25519')
  chmodSync(scratch.write('no-key', 'ordinary\n'), 0o644)
  for (const other of [scratch.file('no-key'), '/etc/passwd', '/nowhere', '/tmp', `${path}.pub`]) {
    ok(!(await errorOf(other)).includes('chmod'), other)
  }
})

test('a file of somebody else is refused, whatever its mode', { skip: process.getuid?.() !== 0 }, async () => {
  const key = scratch.sshKey('foreign', '-t', 'ed25519')
  const password = scratch.write('secrets/foreign', 'x')
  for (const path of [key, password]) chownSync(path, 12_345, 12_345)
  match(await errorOf(key), /foreign belongs to user id 12345, expected rcron's user/)
  match(await errorOf(`file:${password}`), /foreign belongs to user id 12345/)
})

/** What a row may not name, by what is said of it. */
const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['env:RCRON_CACHE_KEY', /begins with RCRON_SECRET_ .*RCRON_SECRET_CACHE_KEY/],
  ['env:RCRON_DATABASE_URL', /may not be used/],
  ['env:HOME', /may not be used/],
  ['env:RCRON_SECRET_', /may not be used/],
  ['credential:cache-key', /it unlocks rcron itself/],
  ['credential:database-url', /it unlocks rcron itself/],
  ['file:/etc/shadow', /may not be used, expected one below .*\/secrets .*RCRON_SECRETS_DIR/],
  ['file:~/secrets/../outside', /may not be used, expected one below/],
  ['file:~/secrets', /may not be used, expected one below/],
  ['file:~/secrets/link', /may not be used, expected one below/],
  ['file:~/secrets/own', /it unlocks rcron itself/],
  ['file:~/secrets/other-name', /it unlocks rcron itself/],
  ['/proc/self/pagemap', /kept by the kernel/],
  ['/proc/self/environ', /kept by the kernel/],
  ['/sys/kernel/notes', /kept by the kernel|ENOENT/],
  ['~/by-link', /kept by the kernel/],
]
for (const [column, told] of REFUSED) {
  test(`F8: a row may not name ${column}, neither as password nor as passphrase`, async () => {
    environment['RCRON_CACHE_KEY'] = 'ab'.repeat(32)
    for (const [name, target] of [
      ['secrets/link', '/etc/passwd'],
      ['secrets/other-name', scratch.file('secrets/own')],
      ['by-link', '/proc/self/pagemap'],
    ] as const) {
      rmSync(scratch.file(name), { force: true })
      symlinkSync(target, scratch.file(name))
    }
    scratch.write('secrets/own', 'the cache key')
    scratch.write('outside', 'x')
    match(await errorOf(column), told)
    if (/^[/~]/.test(column)) return
    match(
      await errorOf(scratch.sshKey(`with-${REFUSED.findIndex(([it]) => it === column)}`, '-t', 'ed25519'), column),
      told,
    )
  })
}

test('a secret is for the hosts of its auth, a key and a passphrase as well', async () => {
  const key = scratch.sshKey('bound', '-t', 'ed25519')
  for (const bound of [auth('hunter2'), auth(key), auth(key, 'second')]) {
    const limited = { ...bound, hosts: 'DB1.example.com., *.web.example.com 10.0.0.?' }
    for (const host of ['db1.example.com', 'Db1.Example.COM', 'a.web.example.com', '10.0.0.7']) {
      ok(await credentials.resolve(limited, host))
    }
    for (const host of ['db2.example.com', 'web.example.com', '10.0.0.17', 'db1.example.com.evil.example', '']) {
      await rejects(credentials.resolve(limited, host), /auth 7 \(deploy\), hosts: may not be used on/)
    }
  }
})

test('who asks is told of passwords that may go anywhere, and of seals that belong to no row', async () => {
  const advice = async (column: string, hosts: string | null) =>
    (await credentials.advise({ ...auth(column), hosts })).map(({ field }) => field)
  deepEqual(await advice('hunter2', null), ['hosts'])
  deepEqual(await advice('hunter2', '*'), [])
  deepEqual(await advice(scratch.sshKey('advised', '-t', 'ed25519'), null), [])
  const [warning] = await credentials.judge(auth('sealed:old:x'))
  deepEqual([warning?.severity, warning?.hint], ['warning', 'seal it again: rcron auth edit 7 --seal'])
  deepEqual(await credentials.judge(auth('sealed:good:x')), [])
  await rejects(
    credentials.resolve({ ...auth('sealed:good:x'), id: 8 }, HOST),
    /cannot be opened: it was sealed for another auth/,
  )
})

test('an identity tells secrets apart and tells nothing of them', async () => {
  const ours = (await resolve('hunter2')).identity
  equal(ours, (await resolve('hunter2')).identity)
  notEqual(ours, (await resolve('hunter3')).identity)
  const other = createCredentials(somePlaces())
  notEqual(ours, (await other.resolve(auth('hunter2'), HOST)).identity)
})
