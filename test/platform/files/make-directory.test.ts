import { equal, match, throws } from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { makeDirectory } from '../../../src/platform/files/make-directory.ts'
import { RcronCommand } from '../../support/rcron-command.ts'

const root = mkdtempSync(join(tmpdir(), 'rcron-directories-'))
after(() => rmSync(root, { recursive: true }))
const rcron = new RcronCommand()
after(() => rcron[Symbol.dispose]())

test('a directory is made with those above it, all of mode 0700; one that is there is left as it is', () => {
  makeDirectory(join(root, 'a', 'b', 'c'))
  for (const path of ['a', 'a/b', 'a/b/c']) equal(statSync(join(root, path)).mode & 0o777, 0o700, path)
  symlinkSync(join(root, 'a'), join(root, 'link'))
  for (const path of [join(root, 'a', 'b'), join(root, 'link'), '/', root]) makeDirectory(path)
})

/** Where none can be made, and the code of the error. */
const impossible: readonly (readonly [string, RegExp])[] = [
  ['/proc/nope', /ENOENT/],
  ['/proc/nope/deeper', /ENOENT/],
  ['/dev/null/state', /ENOTDIR/],
  [join(root, 'file'), /EEXIST/],
]
for (const [path, code] of impossible) {
  test(`${path} cannot be made, which is said at once`, () => {
    writeFileSync(join(root, 'file'), '')
    throws(() => makeDirectory(path), code)
  })
}

test('a state directory on a file system that makes none ends a command and the daemon, at once', async () => {
  const env = { RCRON_STATE_DIR: '/proc/nope', RCRON_LOG_FORMAT: 'text' }
  for (const word of ['init', 'daemon', 'tick']) {
    const { status, signal, stdout, stderr } = await rcron.run([word], { env })
    match(stdout + stderr, /\/proc\/nope/)
    equal(signal, null, word)
    equal(status, 1, word)
  }
})
