import { deepEqual, equal, match, notEqual, ok, throws } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { after, test } from 'node:test'
import { inspect } from 'node:util'
import { OperatorError } from '../../../src/domain/errors.ts'
import type { Credential } from '../../../src/execution/credentials/credential.ts'
import { createCredentials } from '../../../src/execution/credentials/credentials.ts'
import { Scratch } from './make-keys.ts'

const PASSPHRASE = 'opens-Sesame'
const scratch = new Scratch()
after(() => scratch[Symbol.dispose]())
mkdirSync(scratch.file('systemd'))
const environment: Record<string, string> = {}
const credentials = createCredentials({
  environment,
  home: scratch.path,
  credentialsDirectory: scratch.file('systemd'),
  unseal: (sealed) => {
    if (!sealed.startsWith('sealed:good:')) throw new Error(`cannot open ${sealed}`)
    return sealed.slice('sealed:good:'.length)
  },
})
const auth = (password: string, passphrase: string | null = null) => ({ id: 7, user: 'deploy', password, passphrase })
const resolve = (password: string, passphrase: string | null = null) => credentials.resolve(auth(password, passphrase))

function typeOf(credential: Credential): string {
  return credential.kind === 'key' ? credential.key.type : credential.kind
}

function publicPartOf(path: string, passphrase = ''): string {
  return (
    execFileSync('ssh-keygen', ['-y', '-P', passphrase, '-f', path], { encoding: 'utf8' }).trim().split(' ')[1] ?? ''
  )
}

/** The error for a secret; holds it to what every such error must keep. */
function errorOf(password: string, passphrase: string | null = null): string {
  const [problem, ...others] = credentials
    .judge(auth(password, passphrase))
    .filter(({ severity }) => severity === 'error')
  let told = ''
  throws(
    () => resolve(password, passphrase),
    (error) => {
      ok(error instanceof OperatorError)
      told = `${error.message} | ${error.hint}`
      equal(error.message, `auth 7 (deploy), ${problem?.field}: ${problem?.message}`)
      ok(!inspect(error, { depth: 9 }).includes(PASSPHRASE))
      return true
    },
  )
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
    test(`${name} ${passphrase === null ? 'plain' : 'encrypted'} is the key that ssh-keygen made`, () => {
      const path = scratch.sshKey(`${name}${passphrase === null ? '' : '-locked'}`, ...options, '-N', passphrase ?? '')
      const credential = resolve(path, passphrase)
      ok(credential.kind === 'key')
      equal(credential.key.type, type)
      equal(credential.key.getPublicSSH().toString('base64'), publicPartOf(path, passphrase ?? ''))
      const signature = credential.key.sign(Buffer.from('x'), 'sha512')
      if (type === 'ssh-rsa') ok(credential.key.verify(Buffer.from('x'), signature, 'sha512'))
      if (passphrase === null) return
      match(errorOf(path), /^auth 7 \(deploy\), passphrase: .*no passphrase.*ssh-keygen -p/)
      match(errorOf(path, 'wrong'), /^auth 7 \(deploy\), passphrase: .*does not open .*ssh-keygen/)
    })
  }
}

test('A9: Ed25519 keys in PKCS#8 are read, every one of many, and encrypted ones too', () => {
  for (let round = 0; round < 12; round++) {
    const path = scratch.opensslKey(`pkcs8-${round}`, 'genpkey', '-algorithm', 'ed25519')
    const credential = resolve(path)
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
  equal(typeOf(resolve(locked, PASSPHRASE)), 'ssh-ed25519')
  match(errorOf(locked, 'wrong'), /passphrase: .*does not open/)
  match(errorOf(locked), /no passphrase/)
})

test('key contents are read however their line ends have suffered', () => {
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
  for (const variant of variants) equal(typeOf(resolve(variant)), 'ssh-ed25519', JSON.stringify(variant.slice(0, 60)))
  equal(typeOf(resolve(readFileSync(scratch.file('rsa-pem'), 'utf8').replaceAll('\n', '\r\n'))), 'ssh-rsa')
})

test('A9: what is no usable private key is refused with the command that mends it, and never sent', () => {
  const key = readFileSync(scratch.sshKey('whole', '-t', 'ed25519'), 'utf8')
  const rsa = readFileSync(scratch.file('rsa-pkcs8'), 'utf8')
  const ppk3 = 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 2\nAAAA\n'
  const chacha = scratch.sshKey('chacha', '-t', 'ed25519', '-N', PASSPHRASE, '-Z', 'chacha20-poly1305@openssh.com')
  const curve = scratch.opensslKey('curve', 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1')
  match(errorOf(scratch.write('k.ppk', ppk3)), /PuTTY key.*puttygen .*k\.ppk -O private-openssh/)
  match(errorOf(ppk3.replace('3: ssh-ed25519', '2: ssh-ed25519')), /PuTTY key.*puttygen KEY/)
  match(errorOf(`${scratch.file('whole')}.pub`), /is a public key.*without \.pub/)
  match(errorOf(readFileSync(`${scratch.file('whole')}.pub`, 'utf8')), /the stored value is a public key/)
  match(errorOf(key.slice(0, 200)), /cut short or damaged.*ssh-keygen -p -m PEM/)
  match(errorOf(key.replace(/\n[^-]{20}/, '\n')), /cut short or damaged/)
  match(errorOf(rsa.replace(/\n.{64}\n/, '\n')), /cut short or damaged/)
  match(errorOf(scratch.write('notes', 'just some text\n')), /key file .*notes holds no key/)
  match(errorOf(chacha, PASSPHRASE), /cannot be opened here.*ssh-keygen -p/)
  match(errorOf(curve), /secp256k1, expected .*ssh-keygen -t ed25519/)
  match(errorOf(scratch.write('empty', '')), /is empty/)
  match(errorOf(''), /is empty/)
})

test('A9: a key file that cannot be read names path, code and remedy', () => {
  match(errorOf('/nowhere/id'), /key file \/nowhere\/id cannot be read \(ENOENT\).*correct the path/)
  match(errorOf('~/nowhere'), new RegExp(`${scratch.path}/nowhere cannot be read \\(ENOENT\\)`))
  match(errorOf(scratch.path), /EISDIR/)
  match(errorOf('/dev/zero'), /not a regular file/)
  match(errorOf(scratch.write('huge', Buffer.alloc(200_000))), /too large/)
  execFileSync('mkfifo', [scratch.file('pipe')])
  match(errorOf(scratch.file('pipe')), /not a regular file/)
})

test('references give a password or a key, and never a second reference', () => {
  scratch.sshKey('home-key', '-t', 'ed25519')
  environment['LITERAL'] = '/not/a/path'
  environment['AGAIN'] = 'env:LITERAL'
  environment['KEY'] = readFileSync(scratch.file('home-key'), 'utf8')
  scratch.write('secret', 'pass word\n')
  scratch.write('systemd/db', 'from systemd\r\n')
  const passwords: readonly (readonly [string, string])[] = [
    ['hunter2', 'hunter2'],
    ['~user', '~user'],
    ['ENV:LITERAL', 'ENV:LITERAL'],
    ['env:LITERAL', '/not/a/path'],
    ['env:AGAIN', 'env:LITERAL'],
    [`file:${scratch.file('secret')}`, 'pass word'],
    ['file:~/secret', 'pass word'],
    ['credential:db', 'from systemd'],
    ['sealed:good:/sealed', '/sealed'],
  ]
  for (const [column, password] of passwords) {
    const credential = resolve(column)
    deepEqual([credential.kind, credential.password], ['password', password], column)
  }
  for (const column of ['~/home-key', 'env:KEY', 'file:~/home-key', `sealed:good:${environment['KEY']}`]) {
    equal(typeOf(resolve(column)), 'ssh-ed25519', column)
  }
})

test('a reference that leads nowhere says so, and is never sent as a password', () => {
  match(errorOf('env:MISSING'), /variable MISSING is not set/)
  match(errorOf('env:no-name'), /begins like a reference/)
  match(errorOf('file:relative'), /absolute path/)
  match(errorOf('file:/nowhere/x'), /the file \/nowhere\/x cannot be read \(ENOENT\)/)
  match(errorOf('credential:../../etc/passwd'), /begins like a reference/)
  match(errorOf('credential:..'), /begins like a reference/)
  match(errorOf('credential:missing'), /ENOENT.*LoadCredential=missing:/)
  match(errorOf(`sealed:bad:${PASSPHRASE}`), /cannot be opened/)
  const bare = createCredentials({ environment: {}, home: '/', credentialsDirectory: null, unseal: null })
  throws(() => bare.resolve(auth('credential:db')), /CREDENTIALS_DIRECTORY is not set/)
  throws(() => bare.resolve(auth('sealed:x')), /sealed and there is no key/)
})

test('the passphrase may be a reference too; one that the key does not need stands by as a password', () => {
  environment['PASS'] = PASSPHRASE
  const locked = scratch.sshKey('locked', '-t', 'rsa', '-m', 'PEM', '-N', PASSPHRASE)
  deepEqual(resolve(locked, 'env:PASS').password, null)
  match(errorOf(locked, 'env:NOPASS'), /^auth 7 \(deploy\), passphrase: .*NOPASS is not set/)
  deepEqual(resolve(scratch.sshKey('open', '-t', 'ed25519'), 'second').password, 'second')
})

test('a key is opened once, a rotated file is picked up, a lost one is missed', () => {
  const path = scratch.sshKey('rotating', '-t', 'ed25519')
  const first = resolve(path)
  const again = resolve(path)
  ok(first.kind === 'key' && again.kind === 'key')
  equal(first.key, again.key)
  equal(first.identity, again.identity)
  scratch.sshKey('next', '-t', 'ed25519')
  renameSync(scratch.file('next'), path)
  const rotated = resolve(path)
  ok(rotated.kind === 'key')
  equal(rotated.key.getPublicSSH().toString('base64'), publicPartOf(path))
  notEqual(rotated.identity, first.identity)
  rmSync(path)
  match(errorOf(path), /ENOENT/)
})

test('a key file open to others is a warning with its remedy, and works', () => {
  const path = scratch.sshKey('loose', '-t', 'ed25519')
  deepEqual(credentials.judge(auth(path)), [])
  chmodSync(path, 0o644)
  const [warning] = credentials.judge(auth(path))
  deepEqual([warning?.severity, warning?.hint], ['warning', `chmod 600 ${path}`])
  equal(typeOf(resolve(path)), 'ssh-ed25519')
})

test('an identity tells secrets apart and tells nothing of them', () => {
  const ours = resolve('hunter2').identity
  equal(ours, resolve('hunter2').identity)
  notEqual(ours, resolve('hunter3').identity)
  const other = createCredentials({ environment, home: '/', credentialsDirectory: null, unseal: null })
  notEqual(ours, other.resolve(auth('hunter2')).identity)
})
