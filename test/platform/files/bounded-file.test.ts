import { equal, notEqual, ok, rejects, throws } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import {
  type BoundedFile,
  readBoundedFile,
  readBoundedFileSync,
  stampOf,
} from '../../../src/platform/files/bounded-file.ts'

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'rcron-bounded-')))
after(() => rmSync(directory, { recursive: true }))
const at = (name: string) => join(directory, name)
execFileSync('mkfifo', [at('pipe')])
writeFileSync(at('plain'), 'x'.repeat(1000))
symlinkSync(at('plain'), at('link'))
symlinkSync('/proc/self/pagemap', at('pagemap'))
symlinkSync('/proc', at('proc'))
symlinkSync(at('loop'), at('loop'))

const WAYS: readonly (readonly [string, (path: string, maxBytes: number) => Promise<BoundedFile>])[] = [
  ['asynchronously', readBoundedFile],
  ['synchronously', async (path, maxBytes) => readBoundedFileSync(path, maxBytes)],
]

const REFUSED: readonly (readonly [string, string])[] = [
  ['/proc/self/pagemap', 'kept by the kernel'],
  ['/proc/self/environ', 'kept by the kernel'],
  [at('pagemap'), 'kept by the kernel'],
  [at('proc/self/status'), 'kept by the kernel'],
  ['/dev/zero', 'not a regular file'],
  [at('pipe'), 'not a regular file'],
  [directory, 'EISDIR'],
  [at('loop'), 'ELOOP'],
  [at('missing'), 'ENOENT'],
]
for (const [how, read] of WAYS) {
  for (const [path, code] of REFUSED) {
    test(`${path.replace(directory, '…')} is not read ${how}: ${code}`, async () => {
      await rejects(read(path, 100), { code })
    })
  }

  test(`a file is read ${how} up to its limit, through links, with what is to be judged of it`, async () => {
    for (const path of [at('plain'), at('link')]) {
      const file = await read(path, 1000)
      equal(file.content.length, 1000)
      equal(file.realPath, at('plain'))
      equal(file.uid, process.getuid?.())
      await rejects(read(path, 999), { code: 'too large' })
    }
  })

  test(`a file of the kernel's is known wherever it is mounted, read ${how}`, async (t) => {
    mkdirSync(at('mounted'), { recursive: true })
    try {
      execFileSync('mount', ['-t', 'proc', 'proc', at('mounted')], { stdio: 'ignore' })
    } catch {
      t.skip('no right to mount')
      return
    }
    t.after(() => execFileSync('umount', [at('mounted')]))
    await rejects(read(at('mounted/self/pagemap'), 100), { code: 'kept by the kernel' })
  })
}

test('the stamp of a file changes with what it holds and who may read it', async () => {
  const first = await stampOf(at('plain'))
  chmodSync(at('plain'), 0o600)
  const second = await stampOf(at('plain'))
  ok(first !== undefined && second !== undefined)
  notEqual(first, second)
  equal(await stampOf(at('missing')), undefined)
  throws(() => readBoundedFileSync(at('missing'), 10), { code: 'ENOENT' })
})
