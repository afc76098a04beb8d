import { deepEqual, equal, match, rejects, throws } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setAside } from '../../../src/platform/files/set-aside.ts'
import {
  createFile,
  createFileSync,
  replaceFile,
  replaceFileSync,
  sweepTemporaries,
  sweepTemporary,
  takesFiles,
} from '../../../src/platform/files/whole-file.ts'
import { localBootId } from '../../../src/platform/process-identity.ts'
import { SystemClock } from '../../../src/platform/system-clock.ts'

const root = mkdtempSync(join(tmpdir(), 'rcron-files-'))
after(() => rmSync(root, { recursive: true }))

test('a file is replaced as a whole, mode 0600, or not at all', async () => {
  const path = join(root, 'replaced')
  await replaceFile(path, (file) => file.writeFile('one'))
  await rejects(
    replaceFile(path, async (file) => {
      await file.writeFile('half')
      throw new Error('stopped')
    }),
    /stopped/,
  )
  equal(readFileSync(path, 'utf8'), 'one')
  equal(statSync(path).mode & 0o777, 0o600)
  deepEqual(
    readdirSync(root).filter((name) => name.endsWith('.tmp')),
    [],
  )
})

test('of many who make the same file, exactly one wins', async () => {
  const path = join(root, 'created')
  const won = await Promise.all(Array.from({ length: 20 }, (_, index) => createFile(path, String(index))))
  deepEqual(won.filter(Boolean).length, 1)
  equal(readFileSync(path, 'utf8'), String(won.indexOf(true)))
})

test('what dead writers of one file have left is swept, one of the same number included, and nothing else', async () => {
  const { pid: dead } = spawnSync('true')
  const living = `a.${process.ppid}-0123456789ab.tmp`
  const leftovers = [dead, process.pid].flatMap((writer) =>
    ['.a', 'a'].map((name) => `${name}.${writer}-0123456789ab.tmp`),
  )
  for (const name of [...leftovers, 'a.tmp', `ab.${dead}-0123456789ab.tmp`, living]) writeFileSync(join(root, name), '')
  await replaceFile(join(root, 'a'), () => sweepTemporaries(join(root, 'a')))
  equal(existsSync(join(root, 'a')), true, 'what is being written stays')
  deepEqual(
    readdirSync(root)
      .filter((name) => name.endsWith('.tmp'))
      .sort(),
    [living, 'a.tmp', `ab.${dead}-0123456789ab.tmp`].sort(),
  )
  await sweepTemporaries('/no/such/directory/a')
})

test('a small file is replaced and made without waiting, by the same rules', async () => {
  const path = join(root, 'small')
  deepEqual(
    [createFileSync(path, 'one'), createFileSync(path, 'two'), readFileSync(path, 'utf8')],
    [true, false, 'one'],
  )
  replaceFileSync(path, 'three')
  deepEqual([readFileSync(path, 'utf8'), statSync(path).mode & 0o777], ['three', 0o600])
  throws(() => replaceFileSync(root, 'a directory'), { code: /EISDIR|EEXIST|ENOTEMPTY/ })
  deepEqual([takesFiles(root), takesFiles('/proc')], [true, false])
  deepEqual(
    readdirSync(root).filter((name) => name.includes('small') && name !== 'small'),
    [],
  )
})

test('a file of a directory is removed only if a dead writer has left it', () => {
  const { pid: dead } = spawnSync('true')
  const names = [`.b.${dead}-0123456789ab.tmp`, `.b.${process.ppid}-0123456789ab.tmp`, 'b.rcron']
  for (const name of names) writeFileSync(join(root, name), '')
  for (const name of names) sweepTemporary(join(root, name))
  deepEqual(
    names.map((name) => existsSync(join(root, name))),
    [false, true, true],
  )
})

test('of the files moved aside the newest five are kept', async () => {
  const path = join(root, 'bad')
  for (let day = 1; day <= 8; day += 1) {
    writeFileSync(path, String(day))
    setAside(path, Date.UTC(2026, 0, day))
  }
  const kept = readdirSync(root)
    .filter((name) => name.startsWith('bad.bad-'))
    .sort()
  equal(kept.length, 5)
  equal(kept[0], 'bad.bad-2026-01-04T000000.000Z')
  throws(() => setAside(path, 0), { code: 'ENOENT' })
})

test("the boot id is the kernel's, and something steady where that is hidden", () => {
  match(localBootId() ?? '', /^[0-9a-f-]{36}$/)
  // A tmpfs, as /run is: other file systems may not know when a directory was made.
  const hidden = { bootId: '/proc/hidden', run: '/dev/shm' }
  match(localBootId(hidden) ?? '', /^run-\d+-\d+$/)
  equal(localBootId(hidden), localBootId(hidden))
  equal(localBootId({ bootId: '/proc/hidden', run: '/hidden' }), null)
})

test('a sleep ends by itself, or as soon as it is aborted, and never rejects', async () => {
  const clock = new SystemClock()
  await clock.sleep(1)
  await clock.sleep(-5)
  const abort = new AbortController()
  const asleep = clock.sleep(2 ** 40, abort.signal)
  abort.abort()
  await asleep
  await clock.sleep(60_000, AbortSignal.abort())
})
