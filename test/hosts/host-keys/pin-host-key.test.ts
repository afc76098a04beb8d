import { equal, match, rejects, throws } from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createHostKeys } from '../../../src/hosts/host-keys/host-keys.ts'
import { parsePublicKey, pinHostKey } from '../../../src/hosts/host-keys/pin-host-key.ts'
import { RecordingLog } from '../../support/builders.ts'
import { realClock as clock } from '../../support/real-clock.ts'
import { makeKey } from '../../support/sshd.ts'

const directory = mkdtempSync(join(tmpdir(), 'rcron-pins-'))
after(() => rmSync(directory, { recursive: true }))
const [own, other] = ['own', 'other'].map((name) => {
  makeKey(join(directory, name))
  return readFileSync(join(directory, `${name}.pub`), 'utf8')
})

test('a pinned key is known under strict for its port, and another one has changed', async () => {
  const file = join(directory, 'state', 'known_hosts')
  const pin = { file, host: 'db1', port: 2222, key: parsePublicKey(own ?? ''), clock }
  await pinHostKey(pin)
  await pinHostKey(pin)
  equal(readFileSync(file, 'utf8').split('\n').length, 2)
  const hostKeys = createHostKeys({ file, policy: 'strict', clock, log: new RecordingLog() })
  equal((await hostKeys.verify('db1', 2222, parsePublicKey(own ?? ''))).kind, 'known')
  equal((await hostKeys.verify('db1', 2222, parsePublicKey(other ?? ''))).kind, 'changed')
  equal((await hostKeys.verify('db1', 22, parsePublicKey(own ?? ''))).kind, 'unknown')
})

test('where another key is known, nothing is pinned, and it says how to forget it', async () => {
  const file = join(directory, 'other_hosts')
  const pin = { file, host: 'db1', port: 22, clock }
  await pinHostKey({ ...pin, key: parsePublicKey(own ?? '') })
  const before = readFileSync(file, 'utf8')
  await rejects(() => pinHostKey({ ...pin, key: parsePublicKey(other ?? '') }), /holds another key for db1: line 1/)
  equal(readFileSync(file, 'utf8'), before)
})

const bad: readonly (readonly [string, string, RegExp])[] = [
  ['a fingerprint', 'SHA256:AAAA', /known_hosts cannot hold a fingerprint/],
  ['half a key', (own ?? '').slice(0, 40), /expected a public key such as/],
  ['another type than the key has', (own ?? '').replace('ssh-ed25519', 'ssh-rsa'), /expected a public key such as/],
  ['nothing', '', /expected a public key such as/],
]
for (const [what, text, expected] of bad) {
  test(`${what} is no key to pin`, () => throws(() => parsePublicKey(text), expected))
}

test('a comment behind the key does not matter', () => {
  match(parsePublicKey(`${own?.trim()} root@db1`).toString('latin1'), /ssh-ed25519/)
})
