import { ok } from 'node:assert/strict'
import { test } from 'node:test'
import ssh2 from 'ssh2'
import { aKeyPair } from './key-pair.ts'

test('each of a thousand keys can be read back', () => {
  for (let count = 0; count < 1000; count++) ok(!(ssh2.utils.parseKey(aKeyPair().private) instanceof Error))
})
