import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { SealedDefinitionsCache } from '../../../src/definitions/cache/sealed-definitions-cache.ts'
import { OperatorError } from '../../../src/domain/errors.ts'
import { SystemClock } from '../../../src/platform/system-clock.ts'
import { someDefinitions } from './crons.ts'

const root = mkdtempSync(join(tmpdir(), 'rcron-cache-'))
after(() => rmSync(root, { recursive: true }))

const KEY = 'ab'.repeat(32)
let count = 0

function freshPath(): string {
  count += 1
  const directory = join(root, String(count))
  mkdirSync(directory)
  return join(directory, 'cache.sealed')
}

function cacheAt(path: string, identity: { hexKey?: string; database?: string } = {}): SealedDefinitionsCache {
  return new SealedDefinitionsCache({
    path,
    databaseOf: () => undefined,
    hexKey: KEY,
    database: 'mysql db1/rcron',
    clock: new SystemClock(),
    ...identity,
  })
}

async function refused(cache: SealedDefinitionsCache, path: string, expected: RegExp): Promise<void> {
  await rejects(cache.load(), (error) => {
    ok(error instanceof OperatorError, String(error))
    match(error.message, expected)
    return true
  })
  ok(!existsSync(path), 'the file was moved aside')
  equal(await cache.load(), null)
}

test('what was saved is loaded, and its plaintext is not on the disk', async () => {
  const path = freshPath()
  await cacheAt(path).save(someDefinitions(1_234))
  deepEqual(await cacheAt(path).load(), someDefinitions(1_234))
  const bytes = readFileSync(path)
  for (const text of ['PLAINTEXT-SECRET', 'backup', 'cron_name']) ok(!bytes.includes(text), text)
  equal(statSync(path).mode & 0o777, 0o600)
  deepEqual(readdirSync(join(path, '..')).sort(), ['cache.sealed', 'cache.sealed.generation'])
})

test('no file is no error, and no crons are an answer', async () => {
  const path = freshPath()
  equal(await cacheAt(path).load(), null)
  await cacheAt(path).save({ savedAt: 1, definitions: { auths: [], systems: [], crons: [] } })
  deepEqual((await cacheAt(path).load())?.definitions.crons, [])
})

test('two saves of the same thing have nothing in common but their header', async () => {
  const path = freshPath()
  await cacheAt(path).save(someDefinitions(3))
  const first = readFileSync(path)
  await cacheAt(path).save(someDefinitions(3))
  ok(!readFileSync(path).subarray(100).equals(first.subarray(100)))
})

const DAMAGES = [
  ['another key', /sealed with another key/, (path: string) => [path, { hexKey: 'cd'.repeat(32) }]],
  ["another database's", /another database/, (path: string) => [path, { database: 'mysql db2/rcron' }]],
  ['empty', /not a cache of rcron/, (path: string) => [change(path, () => Buffer.alloc(0)), {}]],
  ['foreign', /not a cache of rcron/, (path: string) => [change(path, () => Buffer.from('hello '.repeat(50))), {}]],
  [
    'torn within the header',
    /cut short within its header/,
    (path: string) => [change(path, (it) => it.subarray(0, 40)), {}],
  ],
  ['torn within the tag', /cut short before its tag/, (path: string) => [change(path, (it) => it.subarray(0, 95)), {}]],
  ['cut by a byte', /incomplete, or was tampered/, (path: string) => [change(path, (it) => it.subarray(0, -1)), {}]],
  [
    'cut to a tag of 4 bytes',
    /incomplete, or was tampered/,
    (path: string) => [change(path, (it) => it.subarray(0, -12)), {}],
  ],
  [
    'longer by a byte',
    /incomplete, or was tampered/,
    (path: string) => [change(path, (it) => Buffer.concat([it, it.subarray(0, 1)])), {}],
  ],
  [
    'of a newer format',
    /version 2, this rcron reads version 1/,
    (path: string) => [change(path, (it) => it.fill(2, 15, 16)), {}],
  ],
] as const

function change(path: string, edit: (bytes: Buffer) => Buffer): string {
  writeFileSync(path, edit(readFileSync(path)))
  return path
}

for (const [what, expected, damage] of DAMAGES) {
  test(`a file that is ${what} is refused and kept aside`, async () => {
    const path = freshPath()
    await cacheAt(path).save(someDefinitions(3))
    const [, identity] = damage(path)
    await refused(cacheAt(path, identity), path, expected)
    equal(readdirSync(join(path, '..')).filter((name) => name.includes('.bad-')).length, 1)
  })
}

test('a flipped bit anywhere is refused', async () => {
  const path = freshPath()
  await cacheAt(path).save(someDefinitions(3))
  const good = readFileSync(path)
  await fc.assert(
    fc.asyncProperty(fc.nat(good.length * 8 - 1), async (bit) => {
      const bad = Buffer.from(good)
      bad.writeUInt8(bad.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      writeFileSync(path, bad)
      await rejects(cacheAt(path).load(), OperatorError)
    }),
    { numRuns: 300 },
  )
  ok(readdirSync(join(path, '..')).filter((name) => name.includes('.bad-')).length <= 5, 'a bounded number is kept')
  writeFileSync(path, good)
  deepEqual(await cacheAt(path).load(), someDefinitions(3))
})

test('definitions are sealed as those of the database they came from, and opened for the one in force', async () => {
  const path = freshPath()
  const cached = someDefinitions(3)
  let database = 'a'
  const cache = new SealedDefinitionsCache({
    path,
    hexKey: KEY,
    clock: new SystemClock(),
    get database() {
      return database
    },
    databaseOf: (definitions) => (definitions === cached.definitions ? 'a' : undefined),
  })
  database = 'b' // A reload, after they were read and before they are kept.
  await cache.save(cached)
  await refused(cache, path, /another database/)
  await cache.save(cached)
  database = 'a'
  deepEqual(await cache.load(), cached)
  database = 'b'
  await cache.save(someDefinitions(2))
  deepEqual(await cache.load(), someDefinitions(2))
})

test('rows of an older rcron have null in the columns that it did not know', async () => {
  const path = freshPath()
  const { savedAt, definitions } = someDefinitions(1)
  const without = <Row extends object>(row: Row, name: keyof Row) =>
    Object.fromEntries(Object.entries(row).filter(([column]) => column !== name)) as Row
  await cacheAt(path).save({
    savedAt,
    definitions: {
      auths: definitions.auths.map((row) => without(row, 'hosts')),
      systems: definitions.systems.map((row) => without(row, 'login_timeout_s')),
      crons: definitions.crons.map((row) => without(row, 'timeout_s')),
    },
  })
  deepEqual((await cacheAt(path).load())?.definitions, definitions)
})

test('an older copy put back is refused', async () => {
  const path = freshPath()
  await cacheAt(path).save(someDefinitions(1))
  copyFileSync(path, `${path}.copy`)
  await cacheAt(path).save(someDefinitions(2))
  copyFileSync(`${path}.copy`, path)
  await refused(cacheAt(path), path, /older copy: generation 1, newest 2/)
})

test('a lost or forged counter does not cost the cache', async () => {
  const path = freshPath()
  await cacheAt(path).save(someDefinitions(1))
  writeFileSync(`${path}.generation`, `999 ${'0'.repeat(64)}\n`)
  deepEqual(await cacheAt(path).load(), someDefinitions(1))
  rmSync(`${path}.generation`)
  deepEqual(await cacheAt(path).load(), someDefinitions(1))
})

test('C2: a SIGKILL while it is written leaves the old or the new one, a hundred times, and no litter', async () => {
  const path = freshPath()
  await cacheAt(path).save(someDefinitions(2_000, 0))
  let savedAt = 0
  for (let round = 0; round < 100; round += 5) {
    const children = await Promise.all(
      Array.from({ length: 5 }, (_, index) => startWriter(freshPath(), path, 1 + (index % 3))),
    )
    for (const writer of children) savedAt = await killAndCheck(writer, savedAt)
  }
  ok(savedAt > 0, 'the writers wrote')
})

type Writer = { readonly child: ChildProcess; readonly path: string }

async function startWriter(path: string, seed: string, announced: number): Promise<Writer> {
  copyFileSync(seed, path)
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./cache-writer.ts', import.meta.url)), path, KEY, String(announced)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  await once(child.stdout, 'data')
  return { child, path }
}

async function killAndCheck({ child, path }: Writer, newest: number): Promise<number> {
  child.kill('SIGKILL')
  await once(child, 'exit')
  const loaded = await cacheAt(path).load()
  equal(loaded?.definitions.crons.length, 2_000)
  deepEqual(
    readdirSync(join(path, '..')).filter((name) => name.endsWith('.tmp')),
    [],
  )
  return Math.max(newest, loaded?.savedAt ?? 0)
}

test('a full disk is an error, and the old cache stays', {
  skip: process.getuid?.() === 0 ? false : 'mounting needs root',
}, async () => {
  const mountPoint = join(root, 'tmpfs')
  mkdirSync(mountPoint)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'rcron-test', mountPoint])
  try {
    const path = join(mountPoint, 'cache.sealed')
    await cacheAt(path).save(someDefinitions(10))
    await rejects(cacheAt(path).save(someDefinitions(5_000)), /cannot be written \(ENOSPC\)/)
    deepEqual(await cacheAt(path).load(), someDefinitions(10))
    deepEqual(readdirSync(mountPoint).sort(), ['cache.sealed', 'cache.sealed.generation'])
    execFileSync('mount', ['-o', 'remount,ro', mountPoint])
    await rejects(cacheAt(path).save(someDefinitions(10)), /cannot be written \(EROFS\)/)
    deepEqual(await cacheAt(path).load(), someDefinitions(10))
  } finally {
    execFileSync('umount', [mountPoint])
  }
})

test('100,000 crons are sealed and opened in many turns of the event loop, not in one', async () => {
  const path = freshPath()
  const cached = someDefinitions(100_000)
  let turns = 0
  const counting = setInterval(() => {
    turns += 1
  }, 1)
  await cacheAt(path).save(cached)
  equal((await cacheAt(path).load())?.definitions.crons.length, 100_000)
  clearInterval(counting)
  ok(turns > 20, `others had ${turns} turns`)
})
