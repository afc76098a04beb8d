import { deepEqual, equal, match, rejects } from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Log } from '../../src/platform/log/log.ts'
import { obtainCacheKey } from '../../src/secrets/cache-key.ts'

const directory = mkdtempSync(join(tmpdir(), 'rcron-key-'))
after(() => rmSync(directory, { recursive: true }))

function listening(): { log: Log; said: string[] } {
  const said: string[] = []
  const say = (_fields: unknown, message: string) => said.push(message)
  return { said, log: { debug: say, info: say, warn: say, error: say, alarm: say, written: async () => undefined } }
}

test('a key is made once, mode 0600, and said once', async () => {
  const keyFile = join(directory, 'deep', 'cache.key')
  const { log, said } = listening()
  const keys = await Promise.all([1, 2, 3].map(() => obtainCacheKey({ key: null, keyFile }, log)))
  match(keys[0] ?? '', /^[0-9a-f]{64}$/)
  deepEqual(new Set([...keys, readFileSync(keyFile, 'utf8').trim()]).size, 1)
  equal(statSync(keyFile).mode & 0o777, 0o600)
  equal(said.length, 1)
})

test("the operator's own key needs no file", async () => {
  equal(await obtainCacheKey({ key: 'k', keyFile: '/no/where/key' }, listening().log), 'k')
})

test('a file that holds something else is refused and left alone', async () => {
  const keyFile = join(directory, 'bad.key')
  writeFileSync(keyFile, 'hello')
  await rejects(obtainCacheKey({ key: null, keyFile }, listening().log), /expected 64 hex digits/)
  equal(readFileSync(keyFile, 'utf8'), 'hello')
})

test('where no key can be had, the error says which file', async () => {
  await rejects(
    obtainCacheKey({ key: null, keyFile: '/dev/null/cache.key' }, listening().log),
    /\/dev\/null\/cache.key: cannot be read/,
  )
})
