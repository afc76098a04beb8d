import { deepEqual, equal, match, ok, throws } from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { loadConfig } from '../../src/config/load-config.ts'
import { thisMachine } from '../../src/config/machine.ts'
import { withDotenv } from '../../src/config/with-dotenv.ts'
import { InvalidInputError } from '../../src/domain/errors.ts'
import { aboutVariable, describeAbout, reportedOf } from '../../src/domain/problem.ts'

const machine = {
  hostname: 'cron.lab.example',
  home: '/home/x',
  timezone: 'Asia/Tokyo',
  uid: 1000,
  workingDirectory: '/srv',
}
const directory = mkdtempSync(join(tmpdir(), 'rcron-config-'))
after(() => rmSync(directory, { recursive: true }))

const PEM = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----'
const KEY = 'AB'.repeat(32)
const MYSQL = 'mysql://u@db.example/d'

function file(name: string, text: string): string {
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}

function problemsOf(environment: Record<string, string>): InvalidInputError {
  try {
    loadConfig(environment, machine)
  } catch (error) {
    ok(error instanceof InvalidInputError, String(error))
    return error
  }
  throw new Error('expected a refusal')
}

test('an empty environment gives the defaults', () => {
  const state = '/home/x/.local/state/rcron'
  deepEqual(loadConfig({}, machine), {
    database: { kind: 'sqlite', path: `${state}/rcron.db` },
    stateDirectory: state,
    lockDirectory: `${state}/locks`,
    controlDirectory: state,
    serviceControlDirectory: '/run/rcron',
    cache: { file: `${state}/cache.sealed`, key: null, keyFile: `${state}/cache.key`, staleMinutes: 5, maxAgeMs: null },
    timezone: 'Asia/Tokyo',
    hostname: 'cron.lab.example',
    hostKeys: 'accept-new',
    knownHostsFile: `${state}/known_hosts`,
    limits: { concurrentRuns: 64, concurrentRunsPerHost: 10, sessionsPerConnection: 4 },
    catchUpMinutes: 5,
    drainMs: 60_000,
    stopRuns: 'leave',
    lostAfterMs: 86_400_000,
    history: { days: 90, runs: 50, journalBytes: 268_435_456 },
    log: { level: 'info', runs: 'firings', format: 'auto', colour: null, journalStream: null },
    secretsDirectory: '/home/x/.config/rcron/secrets',
    ownSecretFiles: [`${state}/cache.key`, '/etc/rcron/rcron.env', '/srv/.env', `${state}/rcron.db`],
    credentialsDirectory: null,
    warnings: [],
  })
})

const STATE = [
  [{}, 0, '/var/lib/rcron', 'root keeps its state in /var/lib'],
  [{ STATE_DIRECTORY: '/var/lib/a:/var/lib/b' }, 1000, '/var/lib/a', "systemd's first directory wins over the default"],
  [{ STATE_DIRECTORY: '/a', RCRON_STATE_DIR: '/b' }, 1000, '/b', 'our own variable wins over systemd'],
  [{ RCRON_STATE_DIR: '~/state' }, 1000, '/home/x/state', '~ is the home directory'],
  [{ RCRON_STATE_DIR: 'state' }, 1000, '/srv/state', 'relative paths begin at the working directory'],
  [{ RCRON_STATE_DIR: '' }, 0, '/var/lib/rcron', 'set to nothing is not set'],
] as const

for (const [environment, uid, expected, sentence] of STATE) {
  test(sentence, () => equal(loadConfig(environment, { ...machine, uid }).stateDirectory, expected))
}

const CONTROL = [
  [{}, 0, '/run/rcron', null, 'root listens in /run'],
  [
    { XDG_RUNTIME_DIR: '/run/user/1000' },
    1000,
    '/run/user/1000/rcron',
    '/run/rcron',
    'a user in their runtime directory',
  ],
  [{ XDG_RUNTIME_DIR: 'odd' }, 1000, '/home/x/.local/state/rcron', '/run/rcron', 'else with the state'],
  [
    { XDG_RUNTIME_DIR: '/run/user/1000', RCRON_STATE_DIR: '/b' },
    1000,
    '/b',
    null,
    'a chosen state directory holds its sockets',
  ],
  [
    { RUNTIME_DIRECTORY: '/run/rcron:/run/b', STATE_DIRECTORY: '/a' },
    1000,
    '/run/rcron',
    null,
    'a service where systemd says',
  ],
] as const

for (const [environment, uid, own, service, sentence] of CONTROL) {
  test(`the control sockets: ${sentence}`, () => {
    const { controlDirectory, serviceControlDirectory } = loadConfig(environment, { ...machine, uid })
    deepEqual([controlDirectory, serviceControlDirectory], [own, service])
  })
}

test("rcron's own secrets are known wherever they lie: files that variables name, and those that systemd hands over", () => {
  const environment = {
    RCRON_DATABASE_URL: MYSQL,
    RCRON_DATABASE_PASSWORD_FILE: file('own-password', 'x'),
    CREDENTIALS_DIRECTORY: '/run/credentials/rcron.service',
    RCRON_SECRETS_DIR: '/run/credentials/rcron.service',
  }
  const { ownSecretFiles } = loadConfig(environment, machine)
  for (const path of [join(directory, 'own-password'), '/run/credentials/rcron.service/cache-key'])
    ok(ownSecretFiles.includes(path), path)
})

test('every problem is reported at once, warnings among them', () => {
  const { problems } = problemsOf({
    RCRON_DATABASE_URL: 'mysql://u:p@db/d?x=1',
    RCRON_DATABASE_POOL_SIZE: '0',
    RCRON_CACHE_STALE_MINUTES: '5m',
    RCRON_TIMEZONE: '+02:00',
    RCRON_HOST_KEYS: 'yes',
    RCRON_LOG_LEVL: 'debug',
    RCRON_DRAIN_SECONDS: '-1',
    RCRON_HOSTNAME: 'a b',
  })
  deepEqual(
    problems
      .map(reportedOf)
      .map(({ severity, subject }) => `${severity} ${subject}`)
      .sort(),
    [
      'error RCRON_CACHE_STALE_MINUTES',
      'error RCRON_DATABASE_POOL_SIZE',
      'error RCRON_DATABASE_URL',
      'error RCRON_DRAIN_SECONDS',
      'error RCRON_HOSTNAME',
      'error RCRON_HOST_KEYS',
      'error RCRON_TIMEZONE',
      'warning RCRON_LOG_LEVL',
    ],
  )
})

test('a problem says what was found and what was expected', () => {
  match(
    problemsOf({ RCRON_HOST_KEYS: 'yes' }).message,
    /^RCRON_HOST_KEYS: found "yes", expected one of accept-new, strict, off$/,
  )
})

const UNKNOWN = [
  ['RCRON_LOG_LEVL', 'did you mean RCRON_LOG_LEVEL?'],
  ['RCRON_DATABASE_PASWORD_FILE', 'did you mean RCRON_DATABASE_PASSWORD_FILE?'],
  ['rcron_log_level', 'did you mean RCRON_LOG_LEVEL?'],
  ['RCRON_MAX_RUNS', null],
  ['RCRON_XYZZY', null],
] as const

for (const [name, hint] of UNKNOWN) {
  test(`the unknown ${name} is a warning: ${hint}`, () => {
    const [warning] = loadConfig({ [name]: '1' }, machine).warnings
    equal(warning && reportedOf(warning).subject, name)
    if (name !== 'RCRON_MAX_RUNS') equal(warning?.hint, hint)
  })
}

test('the mark of a run is no unknown variable', () => {
  deepEqual(loadConfig({ RCRON_RUN: 'ab' }, machine).warnings, [])
})

test('unchecked host keys are a warning', () => {
  deepEqual(loadConfig({ RCRON_HOST_KEYS: 'off' }, machine).warnings[0]?.about, aboutVariable('RCRON_HOST_KEYS'))
})

test('a secret comes from the variable, a file, or a credential, in this order', () => {
  const credentials = join(directory, 'credentials')
  mkdirSync(credentials)
  writeFileSync(join(credentials, 'database-password'), 'from credential\n')
  const base = { RCRON_DATABASE_URL: MYSQL, CREDENTIALS_DIRECTORY: credentials }
  const password = (environment: Record<string, string>) => {
    const { database } = loadConfig({ ...base, ...environment }, machine)
    return database.kind === 'mysql' ? database.password : undefined
  }
  equal(password({}), 'from credential')
  equal(password({ RCRON_DATABASE_PASSWORD_FILE: file('password', 'from file\n') }), 'from file')
  equal(password({ RCRON_DATABASE_PASSWORD: 'direct' }), 'direct')
  equal(loadConfig(base, machine).credentialsDirectory, credentials)
})

test('the cache key is read without regard to case and trailing newlines, and never printed', () => {
  equal(loadConfig({ RCRON_CACHE_KEY_FILE: file('key', `${KEY}\n`) }, machine).cache.key, KEY.toLowerCase())
  const { message } = problemsOf({ RCRON_CACHE_KEY: KEY.slice(1) })
  match(message, /RCRON_CACHE_KEY: found 63 characters, expected 64 hex digits/)
  ok(!message.includes(KEY.slice(1)))
})

const BAD_FILES = [
  ['/no/such/file', /RCRON_DATABASE_PASSWORD_FILE: .*does not exist/],
  ['/dev/zero', /is not a regular file/],
  [tmpdir(), /is not a regular file/],
  [file('empty', '\n'), /is empty/],
  [file('huge', 'x'.repeat(1_100_000)), /is longer than 1048576 bytes/],
  ['/proc/self/environ', /lies in \/proc, \/sys or \/dev/],
] as const

for (const [path, expected] of BAD_FILES) {
  test(`a secret's file that cannot be used is one clear error: ${path}`, () => {
    const { problems, message } = problemsOf({ RCRON_DATABASE_URL: MYSQL, RCRON_DATABASE_PASSWORD_FILE: path })
    equal(problems.length, 1)
    match(message, expected)
  })
}

test('a value and a file for the same secret, or two passwords, are contradictions', () => {
  const both = { RCRON_DATABASE_PASSWORD: 'a', RCRON_DATABASE_PASSWORD_FILE: file('b', 'b') }
  match(problemsOf({ RCRON_DATABASE_URL: MYSQL, ...both }).message, /expected one of the two/)
  const twice = { RCRON_DATABASE_URL: 'mysql://u:p@db/d', RCRON_DATABASE_PASSWORD: 'q' }
  match(problemsOf(twice).message, /one in the URL, expected one of the two/)
})

test('TLS is taken from paths or PEM texts, and handed on as PEM', () => {
  const environment = {
    RCRON_DATABASE_URL: MYSQL,
    RCRON_DATABASE_SSL_CA: file('ca.pem', PEM),
    RCRON_DATABASE_SSL_CERT: PEM,
    RCRON_DATABASE_SSL_KEY_FILE: file('key.pem', PEM),
  }
  const { database } = loadConfig(environment, machine)
  deepEqual(database.kind === 'mysql' && database.tls, {
    isRequired: true,
    isVerified: true,
    ca: PEM,
    cert: PEM,
    key: PEM,
  })
})

test('system authorities are TLS without a CA of its own', () => {
  const { database } = loadConfig({ RCRON_DATABASE_URL: MYSQL, RCRON_DATABASE_SSL_CA: 'system' }, machine)
  deepEqual(database.kind === 'mysql' && database.tls, {
    isRequired: true,
    isVerified: true,
    ca: null,
    cert: null,
    key: null,
  })
})

const TLS_MODES = [
  [{}, { isRequired: false, isVerified: false, ca: null, cert: null, key: null }, /encrypted where the server offers/],
  [
    { RCRON_DATABASE_TLS: 'require' },
    { isRequired: true, isVerified: false, ca: null, cert: null, key: null },
    /is enc/,
  ],
  [{ RCRON_DATABASE_TLS: 'off' }, null, /is not encrypted, and the server is not verified/],
] as const

for (const [environment, tls, warning] of TLS_MODES) {
  test(`without a CA: ${JSON.stringify(environment)}, warned of beyond this machine`, () => {
    const { database, warnings } = loadConfig({ RCRON_DATABASE_URL: MYSQL, ...environment }, machine)
    deepEqual(database.kind === 'mysql' && database.tls, tls)
    deepEqual(
      warnings.map(({ about }) => describeAbout(about)),
      ['RCRON_DATABASE_TLS'],
    )
    match(warnings[0]?.message ?? '', warning)
    match(warnings[0]?.hint ?? '', /RCRON_DATABASE_SSL_CA/)
    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      deepEqual(loadConfig({ RCRON_DATABASE_URL: `mysql://u@${host}/d`, ...environment }, machine).warnings, [])
    }
  })
}

test('a verified server is warned of nowhere', () => {
  deepEqual(loadConfig({ RCRON_DATABASE_URL: MYSQL, RCRON_DATABASE_SSL_CA: 'system' }, machine).warnings, [])
})

const BAD_TLS = [
  [
    { RCRON_DATABASE_TLS: 'off', RCRON_DATABASE_SSL_CA: 'system' },
    /RCRON_DATABASE_TLS: found off together with RCRON_D/,
  ],
  [{ RCRON_DATABASE_TLS: 'on' }, /RCRON_DATABASE_TLS: found "on", expected one of prefer, require, off/],
  [{ RCRON_DATABASE_SSL_CERT: PEM }, /RCRON_DATABASE_SSL_KEY: is not set, expected both/],
  [{ RCRON_DATABASE_SSL_CA: file('not.pem', 'hello') }, /RCRON_DATABASE_SSL_CA: found text that is not PEM/],
  [{ RCRON_DATABASE_SSL_CA: '/no/ca' }, /RCRON_DATABASE_SSL_CA: \/no\/ca does not exist/],
] as const

for (const [environment, expected] of BAD_TLS) {
  test(`bad TLS settings are named: ${expected}`, () => {
    match(problemsOf({ RCRON_DATABASE_URL: MYSQL, ...environment }).message, expected)
  })
}

test('MySQL settings beside an SQLite file are a warning', () => {
  deepEqual(
    loadConfig({ RCRON_DATABASE_PASSWORD: 'x' }, machine).warnings.map(({ about }) => describeAbout(about)),
    ['RCRON_DATABASE_PASSWORD'],
  )
})

const COLOURS = [
  [{}, null],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  [{ NO_COLOR: '' }, null],
  [{ FORCE_COLOR: '1' }, true],
  [{ FORCE_COLOR: '0' }, false],
] as const

for (const [environment, expected] of COLOURS) {
  test(`colour by ${JSON.stringify(environment)}: ${expected}`, () => {
    equal(loadConfig(environment, machine).log.colour, expected)
  })
}

test('.env lies beneath the environment, and may be missing', () => {
  const path = file('.env', 'RCRON_TIMEZONE=Europe/Vienna\nRCRON_LOG_LEVEL="debug" # comment\n')
  const before = { ...process.env }
  deepEqual(withDotenv({ RCRON_LOG_LEVEL: 'error' }, path), {
    environment: { RCRON_TIMEZONE: 'Europe/Vienna', RCRON_LOG_LEVEL: 'error' },
    warnings: [],
  })
  deepEqual(withDotenv({ A: '1' }, join(directory, 'none')), { environment: { A: '1' }, warnings: [] })
  deepEqual({ ...process.env }, before)
})

test('a .env that cannot be read is an error that names it', () => {
  const path = join(directory, 'env-directory')
  mkdirSync(path)
  chmodSync(path, 0o700)
  throws(() => withDotenv({}, path), { name: 'InvalidInputError', message: /env-directory: cannot be read \(EISDIR\)/ })
})

test("the machine's domain is found in its hosts file", async () => {
  const [name = ''] = hostname().split('.')
  const hosts = file('hosts', `127.0.0.1 localhost\n127.0.1.1 ${name}.lab.example ${name} # us\n`)
  const expected = hostname() === name ? `${name}.lab.example` : hostname()
  equal((await thisMachine({}, hosts)).hostname, expected)
})
