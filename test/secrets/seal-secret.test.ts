import { deepEqual, match, notEqual, throws } from 'node:assert/strict'
import { createCipheriv } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { OperatorError } from '../../src/domain/errors.ts'
import { createSecretSeal, type SealBound } from '../../src/secrets/seal-secret.ts'
import { deriveKey } from '../../src/secrets/sealing-keys.ts'

const KEY = 'ab'.repeat(32)
const seal = createSecretSeal(KEY)
const ROW: SealBound = { id: 7, user: 'root', hosts: 'db1', field: 'password' }

test('a sealed secret opens to itself and tells nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (secret) => {
      const sealed = seal.seal(secret, ROW)
      match(sealed, /^sealed:2:[\w-]+$/)
      notEqual(sealed, seal.seal(secret, ROW))
      deepEqual(seal.unseal(sealed, ROW), { text: secret, isBound: true })
    }),
  )
})

test('any changed, missing or added character is refused', () => {
  const sealed = seal.seal('secret', ROW)
  for (let at = 0; at < sealed.length; at += 1) {
    const other = sealed[at] === 'A' ? 'B' : 'A'
    throws(() => seal.unseal(sealed.slice(0, at) + other + sealed.slice(at + 1), ROW), OperatorError)
    throws(() => seal.unseal(sealed.slice(0, at), ROW), OperatorError)
  }
  throws(() => seal.unseal(`${sealed}A`, ROW), OperatorError)
  throws(() => seal.unseal(`${sealed}\n`, ROW), OperatorError)
  throws(() => seal.unseal(sealed.replace(':2:', ':1:'), ROW), OperatorError)
})

test('another key is refused', () => {
  throws(
    () => createSecretSeal('cd'.repeat(32)).unseal(seal.seal('x', ROW), ROW),
    /sealed for another auth, user or hosts, or with another key, or is damaged/,
  )
})

/** What somebody who can write rows may change around a copied value. */
const ELSEWHERE: readonly Partial<SealBound>[] = [
  { id: 8 },
  { user: 'mallory' },
  { hosts: null },
  { hosts: 'db1,evil' },
  { hosts: '' },
  { field: 'passphrase' },
]
for (const change of ELSEWHERE) {
  test(`a value copied to where ${JSON.stringify(change)} does not open`, () => {
    throws(() => seal.unseal(seal.seal('x', ROW), { ...ROW, ...change }), OperatorError)
  })
}

test('what was sealed before seals were bound opens, and is known for it', () => {
  const nonce = Buffer.alloc(12, 1)
  const key = deriveKey(KEY, 'stored secret 1', Buffer.alloc(0))
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from('sealed:1:'))
  const bytes = Buffer.concat([nonce, cipher.update('old one', 'utf8'), cipher.final(), cipher.getAuthTag()])
  deepEqual(seal.unseal(`sealed:1:${bytes.toString('base64url')}`, ROW), { text: 'old one', isBound: false })
})
