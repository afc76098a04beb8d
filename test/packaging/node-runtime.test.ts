import { equal, throws } from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readLockFile } from '../../packaging/lock-file.ts'
import { provideNode } from '../../packaging/node-runtime.ts'

/** A small package of the registry stands in for Node's: it is fetched and judged in the same way. */
const NAME = 'split2'
const lock = readLockFile()
const directory = mkdtempSync(join(tmpdir(), 'rcron-node-'))
after(() => rmSync(directory, { recursive: true }))

test('a package whose hash is that of the lock file is unpacked', () => {
  const { license, version } = provideNode(NAME, lock, directory)
  equal(existsSync(license), true)
  equal(version, lock[`node_modules/${NAME}`]?.version)
})

test('a package with any other hash is refused, and nothing of it is left', () => {
  const integrity = `sha512-${'A'.repeat(86)}==`
  const altered = { ...lock, [`node_modules/${NAME}`]: { ...lock[`node_modules/${NAME}`], integrity } }
  const place = join(directory, 'refused')
  throws(() => provideNode(NAME, altered, place), /split2: found sha512-.*, expected sha512-A+== of package-lock\.json/)
  equal(readdirSync(place).length, 0)
})

test('a package that the lock file does not name is not asked for', () => {
  throws(() => provideNode('node-linux-vax', lock, directory), /has no hash for node-linux-vax/)
})
