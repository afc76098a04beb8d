import { equal, match, notEqual, throws } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createSecretSeal } from '../../src/cache/seal-secret.ts'
import { OperatorError } from '../../src/domain/errors.ts'

const seal = createSecretSeal('ab'.repeat(32))

test('a sealed secret opens to itself and tells nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (secret) => {
      const sealed = seal.seal(secret)
      match(sealed, /^sealed:1:[\w-]+$/)
      notEqual(sealed, seal.seal(secret))
      equal(seal.unseal(sealed), secret)
    }),
  )
})

test('any changed, missing or added character is refused', () => {
  const sealed = seal.seal('secret')
  for (let at = 0; at < sealed.length; at += 1) {
    const other = sealed[at] === 'A' ? 'B' : 'A'
    throws(() => seal.unseal(sealed.slice(0, at) + other + sealed.slice(at + 1)), OperatorError)
    throws(() => seal.unseal(sealed.slice(0, at)), OperatorError)
  }
  throws(() => seal.unseal(`${sealed}A`), OperatorError)
  throws(() => seal.unseal(`${sealed}\n`), OperatorError)
})

test('another key is refused', () => {
  throws(() => createSecretSeal('cd'.repeat(32)).unseal(seal.seal('x')), /sealed with another key, or damaged/)
})
